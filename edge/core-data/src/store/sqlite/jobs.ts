/** What the event store does in its threads; the main thread names these jobs and moves columns. */
import { defineStore, sqlToInt64 } from "@jx/stores";
import type { EventFilter, Page, ReadingFilter, TimeRange } from "../event-store.ts";
import { spanOf } from "../time-range.ts";
import { type AggregateArgs, aggregator } from "./aggregate.ts";
import { appendJob } from "./append.ts";
import { BUCKET_SQL, bucketIds } from "./bucket.ts";
import { collector } from "./collect.ts";
import { Entries } from "./entries.ts";
import { Newest } from "./newest.ts";
import { removeJobs } from "./remove.ts";
import { schema } from "./schema.ts";
import { selector } from "./selection.ts";
import { sourceFinder } from "./sources.ts";

export const store = defineStore({
  schema,
  writes: (db, hooks) => {
    const entries = new Entries(db);
    const { removeById, removeStep, tidy } = removeJobs(db, entries);
    return { append: appendJob(db, entries, hooks), removeById, removeStep, tidy };
  },
  reads: (db) => {
    const newestEvents = new Newest(db, "event", "source");
    const newestReadings = new Newest(db, "reading", "series");
    const select = selector(db);
    const collect = collector(db);
    const aggregate = aggregator(db);
    const sources = sourceFinder(db);
    const buckets = bucketIds(db);
    const lastOfId = db.prepare(`SELECT seq FROM event WHERE ${BUCKET_SQL} = ? AND id = ? ORDER BY seq DESC LIMIT 1`);
    return {
      events({ filter, page }: { readonly filter: EventFilter; readonly page: Page }) {
        const selection = select.events(filter);
        const total = page.offset < 0 ? 0 : newestEvents.count(selection);
        return collect.events(total, newestEvents.page(selection, Math.max(0, page.offset), page.limit));
      },
      readings({ filter, page }: { readonly filter: ReadingFilter; readonly page: Page }) {
        const selection = select.readings(filter);
        const total = page.offset < 0 ? 0 : newestReadings.count(selection);
        return collect.readings(total, newestReadings.page(selection, Math.max(0, page.offset), page.limit));
      },
      *aggregate({ filter, ...rest }: { readonly filter: ReadingFilter } & Omit<AggregateArgs, "selection">) {
        return yield* aggregate({ selection: select.readings(filter), ...rest });
      },
      countEvents: (filter: EventFilter) => newestEvents.count(select.events(filter)),
      countReadings: (filter: ReadingFilter) => newestReadings.count(select.readings(filter)),
      sources: (range: TimeRange) => sources(spanOf(range)),
      eventById(id: Uint8Array) {
        for (const bucket of buckets()) {
          const row = lastOfId.get(bucket, id);
          if (row !== undefined) return collect.events(0, [sqlToInt64(row.seq)]);
        }
        return collect.events(0, []);
      },
    };
  },
});

export type EventStoreModule = typeof store;
