import { type Device, dataOperations, filters, metadataOperations } from "@jx/contracts";
import { AppError } from "@jx/kit";
import { defineService } from "@jx/runtime";
import { CoreDataConfig } from "./config.ts";
import { dataHandlers } from "./handlers.ts";
import { Ingest } from "./ingest.ts";
import { countedAppend, persistedCounters } from "./persisted.ts";
import { purgeWithDevices } from "./purge.ts";
import { allDevices } from "./retention/devices.ts";
import { runRetention } from "./retention/retention.ts";
import { openEventStore } from "./store/open.ts";

/** Keeps events: from the bus and over REST, in SQLite behind its own threads or on PostgreSQL. */
export const coreData = defineService({
  key: "core-data",
  port: 59880,
  operations: dataOperations,
  config: CoreDataConfig,
  maxBodyKb: (config) => config.MaxEventSize,
  async start(context) {
    const { config, log, bus, clock, metrics, telemetry, clients, signal } = context;
    await using opened = new AsyncDisposableStack();
    const store = opened.use(await openEventStore(context));
    const append = countedAppend(store, persistedCounters(metrics, telemetry));
    log.info({ ...store.report }, "event store opened");
    metrics.observe("jx_core_data_pending_readings", "Readings not yet on disk", () => store.stats().pendingReadings);
    const devices = (): Promise<readonly Device[]> => allDevices(clients.of("core-metadata", metadataOperations));
    const ended = new AbortController();
    const retention = runRetention({
      store,
      clock,
      log,
      signal: AbortSignal.any([signal, ended.signal]),
      settings: () => config.current.Retention,
      devices,
    });
    opened.defer(() => {
      ended.abort(new AppError("Aborted", "core data is stopping"));
      return retention;
    });
    const purging = opened.use(
      purgeWithDevices({ bus, store, log, devices, isOn: () => config.current.Writable.EventPurge }),
    );
    const persist = (): boolean => config.current.Writable.PersistData;
    const ingest = new Ingest({ append, log, metrics, signal, persist });
    const subscription = opened.use(
      bus.subscribe(filters.deviceEvents, { name: "core-data", policy: "block", capacity: 4_096 }, (message) =>
        ingest.take(message),
      ),
    );
    // What was collected before the end is kept: the publishers have stopped, the queue and then the batches run dry.
    opened.defer(async () => {
      await subscription.drained();
      await ingest.drained();
    });
    const running = opened.move();
    const maxResults = (): number => config.current.Service.MaxResultCount;
    return {
      refresh: purging.notice,
      handlers: dataHandlers({ store, append, bus, clock, log, persist, maxResults }),
      [Symbol.asyncDispose]: () => running.disposeAsync(),
    };
  },
});
