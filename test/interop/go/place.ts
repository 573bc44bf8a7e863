/** An edge on ports that stay the same over a restart, which is what its peers remember. */
import type { TestContext } from "node:test";
import { type EdgeProcess, startEdgeProcess, temporaryFolder } from "../../support/edge-process.ts";
import { freePort } from "../../support/free-port.ts";

export interface Shape {
  /** Somebody else's broker; our own when left out. */
  readonly brokerPort?: number;
  /** EdgeX's Service.EnableNameFieldEscape. */
  readonly escapeNames?: boolean;
}

export interface Place {
  readonly keeper: string;
  readonly mqttPort: number;
  start(): Promise<EdgeProcess>;
}

const CORE = ["CORE_KEEPER", "CORE_METADATA", "CORE_DATA", "CORE_COMMAND"];

export async function choosePlace(t: TestContext, { brokerPort, escapeNames = false }: Shape): Promise<Place> {
  const data = temporaryFolder(t);
  const env: Record<string, string> = {};
  for (const name of CORE) {
    env[`${name}_SERVICE_PORT`] = String(await freePort());
    env[`${name}_SERVICE_ENABLENAMEFIELDESCAPE`] = String(escapeNames);
  }
  const mqttPort = brokerPort ?? (await freePort());
  const door =
    brokerPort === undefined ? ["--mqtt-port", String(mqttPort)] : ["--mqtt-broker", `127.0.0.1:${mqttPort}`];
  return {
    keeper: `http://127.0.0.1:${env["CORE_KEEPER_SERVICE_PORT"]}`,
    mqttPort,
    start: () => startEdgeProcess(t, { data, env, args: door }),
  };
}
