import { type OpenReport, openStore } from "@jx/stores";
import { AppendQueue } from "./append-queue.ts";
import { buffersOf } from "./columns.ts";
import { decodeEvents, decodeReadings } from "./decode.ts";
import type { EventStore } from "./event-store.ts";
import { Removal } from "./removal.ts";
import type { EventStoreModule } from "./sqlite/jobs.ts";
import { uuidToBytes } from "./uuid.ts";
import { MAX_PENDING, writing } from "./writing.ts";

export interface SqliteEventStoreOptions {
  /** Path of the database; its folder must exist. */
  readonly file: string;
  /** OFF is for the crash tests, which must fail with it; see DatabaseOptions. */
  readonly synchronous?: "FULL" | "OFF";
  /**
   * At most one sync in this many ms for appends that nobody waits for; default and most 10 (DESIGN §8.1). An idle store
   * syncs at once, and so does one that somebody waits for.
   */
  readonly commitIntervalMs?: number;
  /** Default 100,000. */
  readonly maxPendingReadings?: number;
  /** Bytes of texts and blobs; default 64 MB. */
  readonly maxPendingBytes?: number;
  /** Readings that one aggregate may go through; default 10 million, some seconds. */
  readonly maxAggregateRows?: number;
}

/** Opens the event store on SQLite: a writer thread, a reader thread, and columns between them and this thread. */
export async function openSqliteEventStore(
  options: SqliteEventStoreOptions,
): Promise<EventStore & { readonly report: OpenReport }> {
  const { file, synchronous = "FULL", commitIntervalMs = 10 } = options;
  const {
    maxPendingReadings = MAX_PENDING.readings,
    maxPendingBytes = MAX_PENDING.bytes,
    maxAggregateRows = 10_000_000,
  } = options;
  const module = new URL("./sqlite/jobs.ts", import.meta.url);
  // Appends are bounded by readings and bytes; the bound on jobs must not come first.
  const maxPending = Math.max(1_024, maxPendingReadings);
  const store = await openStore<EventStoreModule>({
    file,
    module,
    reader: true,
    synchronous,
    commitIntervalMs,
    maxPending,
  });
  const queue = new AppendQueue({ maxPendingReadings, maxPendingBytes }, (fresh, events, patient) =>
    store.write("append", { fresh, events }, { transfer: buffersOf(events.readings, events), patient }),
  );

  const removal = new Removal({
    step: (policy) => store.write("removeStep", policy, { patient: true }),
    tidy: () => store.write("tidy", undefined),
  });

  return {
    report: store.report,
    ...writing({
      queue,
      removal,
      removeById: (id) => store.write("removeById", uuidToBytes(id)),
      refusedQueries: () => store.stats().refused,
      close: () => store[Symbol.asyncDispose](),
    }),
    async events(filter, page) {
      const { total, events, sources, series } = await store.read("events", { filter, page });
      return { items: decodeEvents(events, sources, series), totalCount: total };
    },
    async readings(filter, page) {
      const { total, readings, series } = await store.read("readings", { filter, page });
      return { items: decodeReadings(readings, series), totalCount: total };
    },
    aggregate: (filter, func, page) => store.read("aggregate", { filter, func, page, maxRows: maxAggregateRows }),
    countEvents: (filter) => store.read("countEvents", filter),
    countReadings: (filter) => store.read("countReadings", filter),
    sources: (range) => store.read("sources", range),
    async eventById(id) {
      const { events, sources, series } = await store.read("eventById", uuidToBytes(id));
      return decodeEvents(events, sources, series)[0];
    },
  };
}
