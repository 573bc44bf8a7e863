/** An edge on ports that stay the same over a restart, which is what its peers remember. */

import type { TestContext } from "node:test";
import { type Apart, planApart, type ServiceProcess } from "../../support/apart.ts";
import { type EdgeProcess, startEdgeProcess, temporaryFolder } from "../../support/edge-process.ts";
import { freePort } from "../../support/free-port.ts";

export interface Shape {
  /** Somebody else's broker; our own when left out. */
  readonly brokerPort?: number;
  /** EdgeX's Service.EnableNameFieldEscape. */
  readonly escapeNames?: boolean;
  /** Every service in a process of its own; needs an outside broker. */
  readonly apart?: boolean;
  /** "postgres://…", for services apart; files of their own when left out. */
  readonly store?: string;
}

type Edge = Pick<EdgeProcess, "api" | "stop" | "crash">;

export interface Place {
  readonly keeper: string;
  readonly mqttPort: number;
  start(): Promise<Edge>;
}

const SERVICES = ["core-keeper", "core-metadata", "core-data", "core-command", "device-virtual"];

export async function choosePlace(t: TestContext, shape: Shape): Promise<Place> {
  const { brokerPort, escapeNames = false } = shape;
  const mqttPort = brokerPort ?? (await freePort());
  const env: Record<string, string> = {
    CORE_COMMAND_EXTERNALMQTT_ENABLED: "true",
    CORE_COMMAND_EXTERNALMQTT_URL: `tcp://127.0.0.1:${mqttPort}`,
  };
  for (const prefix of SERVICES.map(prefixOf)) {
    env[`${prefix}_SERVICE_ENABLENAMEFIELDESCAPE`] = String(escapeNames);
  }
  if (shape.apart === true) {
    const store = shape.store === undefined ? {} : { store: shape.store };
    const apart = await planApart(t, { brokerPort: mqttPort, services: SERVICES, env, ...store });
    return { keeper: new URL(apart.api("core-keeper")).origin, mqttPort, start: () => startApart(apart) };
  }
  const data = temporaryFolder(t);
  for (const prefix of SERVICES.map(prefixOf)) env[`${prefix}_SERVICE_PORT`] = String(await freePort());
  const args =
    brokerPort === undefined ? ["--mqtt-port", String(mqttPort)] : ["--mqtt-broker", `127.0.0.1:${mqttPort}`];
  const keeper = `http://127.0.0.1:${env["CORE_KEEPER_SERVICE_PORT"]}`;
  return { keeper, mqttPort, start: () => startEdgeProcess(t, { data, env, args }) };
}

function prefixOf(service: string): string {
  return service.replace("-", "_").toUpperCase();
}

async function startApart({ services, start, api }: Apart): Promise<Edge> {
  const started: ServiceProcess[] = [];
  for (const service of services) started.push(await start(service));
  return {
    api,
    async stop() {
      for (const service of started.reverse()) await service.stop();
      return "";
    },
    crash: async () => void (await Promise.all(started.map((service) => service.crash()))),
  };
}
