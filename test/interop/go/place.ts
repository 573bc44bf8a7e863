/** An edge on ports that stay the same over a restart, which is what its peers remember. */

import { join } from "node:path";
import type { TestContext } from "node:test";
import {
  type EdgeProcess,
  startEdgeProcess,
  startServiceProcess,
  temporaryFolder,
} from "../../support/edge-process.ts";
import { freePort } from "../../support/free-port.ts";

export interface Shape {
  /** Somebody else's broker; our own when left out. */
  readonly brokerPort?: number;
  /** EdgeX's Service.EnableNameFieldEscape. */
  readonly escapeNames?: boolean;
  /** Every service in a process of its own; needs an outside broker. */
  readonly apart?: boolean;
}

type Edge = Pick<EdgeProcess, "api" | "stop" | "crash">;

export interface Place {
  readonly keeper: string;
  readonly mqttPort: number;
  start(): Promise<Edge>;
}

const SERVICES = ["core-keeper", "core-metadata", "core-data", "core-command", "device-virtual"];

export async function choosePlace(t: TestContext, shape: Shape): Promise<Place> {
  const { brokerPort, escapeNames = false, apart = false } = shape;
  const data = temporaryFolder(t);
  const ports = new Map<string, number>();
  const env: Record<string, string> = {};
  for (const service of SERVICES) {
    const prefix = service.replace("-", "_").toUpperCase();
    ports.set(service, await freePort());
    env[`${prefix}_SERVICE_PORT`] = String(ports.get(service));
    env[`${prefix}_SERVICE_ENABLENAMEFIELDESCAPE`] = String(escapeNames);
  }
  const mqttPort = brokerPort ?? (await freePort());
  env["CORE_COMMAND_EXTERNALMQTT_ENABLED"] = "true";
  env["CORE_COMMAND_EXTERNALMQTT_URL"] = `tcp://127.0.0.1:${mqttPort}`;
  const door =
    brokerPort === undefined ? ["--mqtt-port", String(mqttPort)] : ["--mqtt-broker", `127.0.0.1:${mqttPort}`];
  return {
    keeper: `http://127.0.0.1:${ports.get("core-keeper")}`,
    mqttPort,
    start: () =>
      apart ? startApart(t, { data, env, args: door }, ports) : startEdgeProcess(t, { data, env, args: door }),
  };
}

interface Setup {
  readonly data: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

async function startApart(t: TestContext, setup: Setup, ports: ReadonlyMap<string, number>): Promise<Edge> {
  const started: Pick<Edge, "stop" | "crash">[] = [];
  for (const service of SERVICES) {
    const others = [...ports].filter(([key]) => key !== service);
    const remote = others.flatMap(([key, port]) => ["--remote", `${key}=http://127.0.0.1:${port}`]);
    const own = { ...setup, data: join(setup.data, service), args: [...setup.args, ...remote] };
    started.push(await startServiceProcess(t, service, own));
  }
  return {
    api: (service) => `http://127.0.0.1:${ports.get(service)}/api/v3`,
    async stop() {
      for (const service of started.reverse()) await service.stop();
      return "";
    },
    crash: async () => void (await Promise.all(started.map((service) => service.crash()))),
  };
}
