/** An edge on ports that stay the same over a restart, which is what its peers remember. */
import type { TestContext } from "node:test";
import { type EdgeProcess, startEdgeProcess, temporaryFolder } from "../../support/edge-process.ts";
import { freePort } from "../../support/free-port.ts";

export interface Place {
  readonly keeper: string;
  readonly mqttPort: number;
  start(): Promise<EdgeProcess>;
}

export async function choosePlace(t: TestContext): Promise<Place> {
  const data = temporaryFolder(t);
  const ports = new Map<string, number>();
  for (const name of ["CORE_KEEPER", "CORE_METADATA", "CORE_DATA", "CORE_COMMAND", "MQTT"]) {
    ports.set(name, await freePort());
  }
  const env = Object.fromEntries([...ports].map(([name, port]) => [`${name}_SERVICE_PORT`, String(port)]));
  const mqttPort = ports.get("MQTT") ?? 0;
  return {
    keeper: `http://127.0.0.1:${ports.get("CORE_KEEPER")}`,
    mqttPort,
    start: () => startEdgeProcess(t, { data, env, args: ["--mqtt-port", String(mqttPort)] }),
  };
}
