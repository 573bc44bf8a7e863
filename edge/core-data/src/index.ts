import { join } from "node:path";
import { dataOperations, filters } from "@jx/contracts";
import { defineService } from "@jx/runtime";
import { CoreDataConfig } from "./config.ts";
import { dataHandlers } from "./handlers.ts";
import { Ingest } from "./ingest.ts";
import { runRetention } from "./retention.ts";
import { openSqliteEventStore } from "./store/sqlite.ts";

/** Keeps events: from the bus and over REST, in SQLite behind its own threads. */
export const coreData = defineService({
  key: "core-data",
  port: 59880,
  operations: dataOperations,
  config: CoreDataConfig,
  async start({ config, log, bus, clock, metrics, dataDir, signal }) {
    const store = await openSqliteEventStore({ file: join(dataDir, "events.db") });
    log.info({ ...store.report }, "event store opened");
    const persist = (): boolean => config.current.Writable.PersistData;
    const ingest = new Ingest({ store, clock, log, metrics, signal, persist });
    const subscription = bus.subscribe(
      filters.deviceEvents,
      { name: "core-data", policy: "block", capacity: 4_096 },
      (message) => ingest.take(message),
    );
    const retention = runRetention({ store, clock, log, signal, settings: () => config.current.Retention });
    metrics.observe("jx_core_data_pending_readings", "Readings not yet on disk", () => store.stats().pendingReadings);
    const maxResults = (): number => config.current.Service.MaxResultCount;
    return {
      handlers: dataHandlers({ store, bus, clock, log, persist, maxResults }),
      async [Symbol.asyncDispose]() {
        await subscription.drained();
        subscription[Symbol.dispose]();
        await ingest.drained();
        await retention;
        await store[Symbol.asyncDispose]();
      },
    };
  },
});
