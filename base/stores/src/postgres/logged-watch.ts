import type { PostgresWatch } from "./store.ts";

/** What a logger of the runtime does, as far as it is needed here. */
interface Log {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** What the runtime's metrics do, likewise. */
interface Metrics {
  gauge(name: string, help: string, labels: { readonly service: string }): { set(value: number): void };
}

/** 1 while the server that keeps a service's tables is away. */
export const STORE_AWAY = "jx_store_away";

export interface LoggedWatchParts {
  /** Of the service: "core-data". */
  readonly key: string;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Writes to a service's log what happens to its connection, and keeps for others whether it is there. */
export function loggedWatch({ key, log, metrics }: LoggedWatchParts): PostgresWatch {
  const away = metrics.gauge(STORE_AWAY, "1 while the server that keeps a service's tables is away", { service: key });
  away.set(0);
  return {
    waiting: ({ message }) => log.warn({}, message),
    lost(reason) {
      away.set(1);
      log.error({ reason }, "the store's server is away; writes are refused until it is back");
    },
    back(downMs) {
      away.set(0);
      log.info({ downMs }, "the store's server is back");
    },
  };
}
