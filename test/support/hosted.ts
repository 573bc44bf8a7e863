/** A real Host in this process: the services on free ports, their stores in a folder of the test or on PostgreSQL. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Table } from "@jx/contracts";
import { coreCommand } from "@jx/core-command";
import { coreData } from "@jx/core-data";
import { coreKeeper } from "@jx/core-keeper";
import { coreMetadata } from "@jx/core-metadata";
import { deviceModbus } from "@jx/device-modbus";
import { deviceVirtual } from "@jx/device-virtual";
import type { Clock } from "@jx/kit";
import { rules } from "@jx/rules";
import {
  type Bus,
  createBus,
  createLogger,
  createMetrics,
  createSystemClock,
  Host,
  type ServiceDefinition,
} from "@jx/runtime";
import type { PostgresAddress } from "@jx/stores";
import { FREE_PORTS } from "./edge-process.ts";

const SERVICES = {
  "core-keeper": coreKeeper,
  "core-metadata": coreMetadata,
  "core-data": coreData,
  "core-command": coreCommand,
  rules,
  "device-virtual": deviceVirtual,
  "device-modbus": deviceModbus,
};
export type ServiceKey = keyof typeof SERVICES;

export interface HostedOptions {
  /** In the order of their start. */
  readonly services: readonly ServiceKey[];
  readonly clock?: Clock;
  readonly dataDir?: string;
  /** Where services that can keep their tables there do so; left out: SQLite in dataDir. */
  readonly database?: PostgresAddress | undefined;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Hosted extends AsyncDisposable {
  readonly host: Host;
  readonly bus: Bus;
  readonly clock: Clock;
  /** Everything logged so far, as JSON lines. */
  readonly log: readonly string[];
  /** "http://127.0.0.1:40001/api/v3" of a service. */
  url(key: ServiceKey): string;
}

export async function startHosted(options: HostedOptions): Promise<Hosted> {
  await using stack = new AsyncDisposableStack();
  const dataDir = options.dataDir ?? temporary(stack);
  const log: string[] = [];
  const bus = createBus({
    onError: (error) => {
      throw error;
    },
    freeze: true,
  });
  const clock = options.clock ?? createSystemClock();
  const host = stack.use(
    new Host(
      {
        dataDir,
        database: options.database,
        jxVersion: "0.0.0-test",
        environment: { ...FREE_PORTS, ...options.environment },
        file: {},
        flags: {},
        remote: {},
        alone: false,
        overwriteConfig: false,
      },
      { log: createLogger({ level: "INFO", write: (line) => log.push(line) }), bus, clock, metrics: createMetrics() },
    ),
  );
  for (const key of options.services) await host.start(SERVICES[key] as unknown as ServiceDefinition<Table, never>);
  const ports = new Map(host.services.map(({ key, port }) => [key, port]));
  const running = stack.move();
  return {
    host,
    bus,
    clock,
    log,
    url: (key) => `http://127.0.0.1:${ports.get(key)}/api/v3`,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function temporary(stack: AsyncDisposableStack): string {
  const folder = mkdtempSync(join(tmpdir(), "jx-hosted-"));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
