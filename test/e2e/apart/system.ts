/** A running apart system: PostgreSQL, Mosquitto and every service in a process of its own, with one counting device. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type Mosquitto, startMosquitto, missing as withoutMosquitto } from "../../integration/mqtt/mosquitto.ts";
import { type Apart, planApart, type ServiceProcess } from "../../support/apart.ts";
import { addOwnDevice } from "../../support/own-device.ts";
import { missingPostgres, type PostgresServer, postgresUrl, startPostgres } from "../../support/postgres.ts";

export const SERVICES = ["core-keeper", "core-metadata", "core-data", "core-command", "device-virtual"] as const;
export type Service = (typeof SERVICES)[number];

/** For `test(…, { skip })`. */
export function missing(): string | false {
  return withoutMosquitto() || missingPostgres();
}

/** ms of performance.now(): what is lost in between, a restart is excused for. */
export interface Window {
  readonly service: Service;
  readonly from: number;
  readonly to: number;
}

export interface System {
  readonly api: Apart["api"];
  readonly brokerPort: number;
  readonly postgres: PostgresServer;
  /** Ends a service, or lets it crash, and starts it again; on the data folder of another name, it is another installation. */
  restart(service: Service, how?: { readonly crash?: boolean; readonly folder?: string }): Promise<Window>;
  stop(service: Service): Promise<void>;
  start(service: Service, folder?: string): Promise<void>;
  /** Ends Mosquitto, and starts it again after `work`. */
  withoutBroker(work: () => Promise<void>): Promise<void>;
}

export async function startSystem(t: TestContext): Promise<System> {
  let broker: Mosquitto = await startMosquitto();
  t.after(() => broker[Symbol.asyncDispose]());
  const postgres = await startPostgres();
  t.after(() => postgres[Symbol.asyncDispose]());
  const store = postgresUrl(await postgres.createDatabase());
  const apart = await planApart(t, { brokerPort: broker.port, store, services: SERVICES });
  const running = new Map<Service, ServiceProcess>();
  const start = async (service: Service, folder?: string): Promise<void> => {
    running.set(service, await apart.start(service, folder));
  };
  const end = async (service: Service, crash = false): Promise<void> => {
    const process = running.get(service) ?? assert.fail(`${service} does not run`);
    running.delete(service);
    await (crash ? process.crash() : process.stop());
  };
  for (const service of SERVICES) await start(service);
  await addOwnDevice(apart);
  return {
    api: apart.api,
    brokerPort: broker.port,
    postgres,
    start,
    stop: (service) => end(service),
    async restart(service, { crash = false, folder } = {}) {
      const from = performance.now();
      await end(service, crash);
      await start(service, folder);
      return { service, from, to: performance.now() };
    },
    async withoutBroker(work) {
      const { port: same } = broker;
      await broker[Symbol.asyncDispose]();
      await work();
      broker = await startMosquitto({ port: same });
    },
  };
}
