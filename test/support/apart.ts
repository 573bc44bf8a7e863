/**
 * The apart shape as plain processes: each service of deploy/compose.yaml with the arguments and variables that stand
 * there, its hosts and ports replaced by free ones of loopback. The broker and the database are the test's.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { ourServices, readCompose } from "./compose.ts";
import { startServiceProcess, temporaryFolder } from "./edge-process.ts";
import { freePort } from "./free-port.ts";

export interface ApartSetup {
  readonly brokerPort: number;
  /** "postgres://…"; each service keeps its data in files of its own when left out. */
  readonly store?: string;
  /** Those of the compose file that the test needs. */
  readonly services: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export type ServiceProcess = Awaited<ReturnType<typeof startServiceProcess>>;

export interface Apart {
  readonly services: readonly string[];
  /** "http://127.0.0.1:40001/api/v3". */
  api(service: string): string;
  /** Its data folder of this name. */
  folder(service: string, name?: string): string;
  /** Starts a service alone, on the port that is its own, with the data folder of this name. */
  start(service: string, folder?: string): Promise<ServiceProcess>;
}

export async function planApart(t: TestContext, setup: ApartSetup): Promise<Apart> {
  const compose = new Map(ourServices(readCompose()));
  const data = temporaryFolder(t, "jx-apart-");
  const ports = new Map<string, number>();
  for (const key of compose.keys()) ports.set(key, await freePort());
  const dataFolder = (key: string, name = "first"): string => join(data, name, key);
  const here = (text: string): string =>
    text
      .replace("mosquitto:1883", `127.0.0.1:${setup.brokerPort}`)
      .replace("0.0.0.0", "127.0.0.1")
      .replace(/http:\/\/([\w-]+):\d+/, (_, key: string) => `http://127.0.0.1:${ports.get(key)}`);
  return {
    services: [...compose.keys()].filter((key) => setup.services.includes(key)),
    api: (key) => `http://127.0.0.1:${ports.get(key)}/api/v3`,
    folder: dataFolder,
    start(key, folder) {
      const { command = [], environment = {} } = compose.get(key) ?? assert.fail(`compose.yaml has no ${key}`);
      const prefix = key.replaceAll("-", "_").toUpperCase();
      const env: Record<string, string> = {
        ...setup.env,
        SERVICE_HOST: "127.0.0.1",
        [`${prefix}_SERVICE_PORT`]: String(ports.get(key)),
      };
      if (setup.store !== undefined && environment["JX_STORE"] !== undefined) env["JX_STORE"] = setup.store;
      const args = command.filter((arg) => arg !== `--only=${key}`).map(here);
      const door = key === "gateway" ? [`--port=${ports.get(key)}`] : [];
      return startServiceProcess(t, key, { data: dataFolder(key, folder), env, args: [...args, ...door] });
    },
  };
}
