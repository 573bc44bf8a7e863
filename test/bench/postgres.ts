import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { EventStore } from "../../edge/core-data/src/store/event-store.ts";
import { openPostgresEventStore } from "../../edge/core-data/src/store/postgres.ts";
import { openSqliteEventStore } from "../../edge/core-data/src/store/sqlite.ts";
import { missingPostgres, startPostgres } from "../support/postgres.ts";
import { nextEvent } from "./parts/events.ts";
import { type BenchOptions, figure, median, type Print, shown } from "./parts/report.ts";

export const name = "postgres: five-reading events stored and acknowledged, PostgreSQL on this machine against SQLite";

const READINGS = 5;
const ROUNDS = 5;

interface Way {
  readonly name: string;
  /** Events of one append, and appends under way. */
  readonly batch: number;
  readonly callers: number;
}

const WAYS: readonly Way[] = [
  { name: "one caller", batch: 1, callers: 1 },
  { name: "32 callers", batch: 1, callers: 32 },
  { name: "batches of 200, as from the bus", batch: 200, callers: 4 },
];

export async function run(print: Print, { quick }: BenchOptions): Promise<void> {
  const missing = missingPostgres();
  if (missing !== false) return print(missing);
  const folder = mkdtempSync(join(tmpdir(), "jx-bench-"));
  try {
    await using server = await startPostgres();
    const address = await server.createDatabase();
    await using sqlite = await openSqliteEventStore({ file: join(folder, "events.db") });
    await using postgres = await openPostgresEventStore({ address, service: "core-data" });
    const seconds = quick ? 0.3 : 3;
    for (const way of WAYS) {
      const rates = { sqlite: [] as number[], postgres: [] as number[] };
      const delays = { sqlite: [] as number[], postgres: [] as number[] };
      // In turns, so that what else the machine does meets both.
      for (let round = 0; round < (quick ? 1 : ROUNDS); round += 1) {
        for (const [key, store] of [["sqlite", sqlite] as const, ["postgres", postgres] as const]) {
          const { rate, delayMs } = await measure(store, way, seconds);
          rates[key].push(rate);
          delays[key].push(delayMs);
        }
      }
      const [ours, theirs] = [median(rates.sqlite), median(rates.postgres)];
      print(
        `${way.name}: PostgreSQL ${shown(theirs)} events/s (loop delay p99 ${shown(median(delays.postgres))} ms), ` +
          `SQLite ${shown(ours)} events/s (${shown(median(delays.sqlite))} ms), ratio ${shown(theirs / ours)}`,
        figure(`${way.name}, PostgreSQL`, theirs, "events/s"),
        figure(`${way.name}, SQLite`, ours, "events/s"),
        figure(`${way.name}, PostgreSQL : SQLite`, theirs / ours, "×"),
      );
    }
    const stored = Number(server.psql("SELECT count(*) FROM jx_core_data.reading", address.database));
    const bytes = Number(
      server.psql(
        "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'jx_core_data' AND relkind = 'r'",
        address.database,
      ),
    );
    print(`${stored.toLocaleString("en")} readings on PostgreSQL, ${shown(bytes / stored)} bytes each with indexes`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(store: EventStore, { batch, callers }: Way, seconds: number) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const start = performance.now();
  const end = start + seconds * 1_000;
  let count = 0;
  const call = async (): Promise<void> => {
    while (performance.now() < end) {
      const events = Array.from({ length: batch }, (_, i) => nextEvent(count + i, READINGS));
      count += batch;
      await store.append(events);
    }
  };
  delay.enable();
  await Promise.all(Array.from({ length: callers }, call));
  delay.disable();
  return { rate: count / ((performance.now() - start) / 1_000), delayMs: delay.percentile(99) / 1e6 };
}
