import type { PostgresWatch } from "./store.ts";

/** What a logger of the runtime does, as far as it is needed here. */
interface Log {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** Writes to a service's log what happens to its connection. */
export function loggedWatch(log: Log): PostgresWatch {
  return {
    waiting: (text) => log.warn({}, text),
    lost: (reason) => log.error({ reason }, "the store's server is away; writes are refused until it is back"),
    back: (downMs) => log.info({ downMs }, "the store's server is back"),
  };
}
