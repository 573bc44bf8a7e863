import { openPostgresStore, type PostgresAddress, type PostgresReport, type PostgresWatch } from "@jx/stores";
import { AppendQueue } from "./append-queue.ts";
import type { EventStore } from "./event-store.ts";
import { aggregate } from "./postgres/aggregate.ts";
import { Appender, readNext } from "./postgres/append.ts";
import { collectEvents, collectReadings } from "./postgres/collect.ts";
import { Entries } from "./postgres/entries.ts";
import { removeById, removeStep, tidy } from "./postgres/remove.ts";
import { migrations } from "./postgres/schema.ts";
import { countOf, pageOf, selectEvents, selectReadings, sourcesIn } from "./postgres/selection.ts";
import { Removal } from "./removal.ts";
import { MAX_PENDING, writing } from "./writing.ts";

export interface PostgresEventStoreOptions {
  readonly address: PostgresAddress;
  readonly service: string;
  /** Default 100,000. */
  readonly maxPendingReadings?: number;
  /** Bytes of texts and blobs; default 64 MB. */
  readonly maxPendingBytes?: number;
  readonly signal?: AbortSignal;
  readonly watch?: PostgresWatch;
  /** See PostgresStoreOptions. */
  readonly lockWaitMs?: number;
}

/** As EdgeX's Database/MaxConns. */
const READERS = 4;

/** Opens the event store on PostgreSQL: columns in arrays to one connection that writes, rows from up to four that read. */
export async function openPostgresEventStore(
  options: PostgresEventStoreOptions,
): Promise<EventStore & { readonly report: PostgresReport }> {
  const { maxPendingReadings = MAX_PENDING.readings, maxPendingBytes = MAX_PENDING.bytes, ...rest } = options;
  // Appends are bounded by readings and bytes; the bound on writes must not come first.
  const maxPending = Math.max(1_024, maxPendingReadings);
  const store = await openPostgresStore({ ...rest, migrations, readers: READERS, maxPending });
  const entries = new Entries();
  store.onRollback(() => entries.forgetRows());
  const appender = new Appender(entries, await store.read(readNext));
  const queue = new AppendQueue({ maxPendingReadings, maxPendingBytes }, (fresh, events, patient) =>
    store.write(appender.append(fresh, events), { patient }),
  );

  const removal = new Removal({
    step: (policy) => store.write(removeStep(policy), { patient: true }),
    tidy: () => store.write(tidy(entries)),
  });

  return {
    report: store.report,
    ...writing({
      queue,
      removal,
      removeById: (id) => store.write(removeById(id)),
      refusedQueries: () => store.stats().refused,
      close: () => store[Symbol.asyncDispose](),
    }),
    events: (filter, page) =>
      store.read(async (sql) => {
        const selection = await selectEvents(sql, filter);
        const totalCount = page.offset < 0 ? 0 : await countOf(sql, selection);
        const seqs = await pageOf(sql, selection, Math.max(0, page.offset), page.limit);
        return { items: await collectEvents(sql, seqs), totalCount };
      }),
    readings: (filter, page) =>
      store.read(async (sql) => {
        const selection = await selectReadings(sql, filter);
        const totalCount = page.offset < 0 ? 0 : await countOf(sql, selection);
        const seqs = await pageOf(sql, selection, Math.max(0, page.offset), page.limit);
        return { items: await collectReadings(sql, seqs), totalCount };
      }),
    aggregate: (filter, func, page) =>
      store.read(async (sql) => aggregate(sql, await selectReadings(sql, filter), func, page)),
    countEvents: (filter) => store.read(async (sql) => countOf(sql, await selectEvents(sql, filter))),
    countReadings: (filter) => store.read(async (sql) => countOf(sql, await selectReadings(sql, filter))),
    sources: (range) => store.read((sql) => sourcesIn(sql, range)),
    eventById: (id) =>
      store.read(async (sql) => {
        const rows = await sql("SELECT seq FROM event WHERE id = $1::uuid ORDER BY seq DESC LIMIT 1", [id]);
        const [found] = await collectEvents(
          sql,
          rows.map((row) => row["seq"] as bigint),
        );
        return found;
      }),
  };
}
