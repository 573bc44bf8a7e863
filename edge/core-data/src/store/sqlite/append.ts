import type { DatabaseSync } from "node:sqlite";
import { floatToSql, intToSql, type SqlValue, sqlToInt, type WriterHooks } from "@jx/stores";
import { type EventColumns, KIND, type ValueColumns } from "../columns.ts";
import type { FreshEntries } from "../dictionary.ts";
import { bucketOf, bucketWriter } from "./bucket.ts";
import type { Entries } from "./entries.ts";

export interface AppendArgs {
  readonly fresh: FreshEntries;
  readonly events: EventColumns;
}

/** The append job: a batch of columns to rows. Gives the number of its first event. */
export function appendJob(db: DatabaseSync, entries: Entries, hooks: WriterHooks): (args: AppendArgs) => number {
  const insertEvent = db.prepare("INSERT INTO event(seq, id, source, origin, readings) VALUES(?, ?, ?, ?, ?)");
  const insertReading = db.prepare("INSERT INTO reading(seq, series, origin, value) VALUES(?, ?, ?, ?)");
  const widenBuckets = bucketWriter(db);
  const setNext = db.prepare("UPDATE counter SET next = ?");
  const readNext = (): number => sqlToInt(db.prepare("SELECT next FROM counter").get()?.next);
  let next = readNext();
  hooks.onRollback(() => {
    next = readNext();
    entries.forgetRows();
  });

  return ({ fresh, events }) => {
    entries.learn(fresh);
    const { ids, sources, origins, counts, readings } = events;
    const values = new SqlValues(readings.values);
    const first = next;
    let at = 0;
    for (let i = 0; i < sources.length; i += 1) {
      const count = counts[i] ?? 0;
      const source = entries.source(sources[i] ?? -1, bucketOf(next));
      insertEvent.run(intToSql(next), ids.subarray(i * 16, i * 16 + 16), source, origins[i] ?? 0n, intToSql(count));
      for (const end = at + count; at < end; at += 1) {
        const series = entries.series(readings.series[at] ?? -1, bucketOf(next));
        insertReading.run(intToSql(next), series, readings.origins[at] ?? 0n, values.next());
        next += 1;
      }
      // An event without readings takes a number too.
      if (count === 0) next += 1;
    }
    const { oldest, newest } = span(origins, readings.origins);
    widenBuckets(first, next, oldest, newest);
    setNext.run(intToSql(next));
    return first;
  };
}

function span(...columns: readonly BigInt64Array[]): { readonly oldest: bigint; readonly newest: bigint } {
  let oldest = columns[0]?.[0] ?? 0n;
  let newest = oldest;
  for (const column of columns) {
    for (const origin of column) {
      if (origin < oldest) oldest = origin;
      if (origin > newest) newest = origin;
    }
  }
  return { oldest, newest };
}

class SqlValues {
  readonly #columns: ValueColumns;
  readonly #wide: BigInt64Array;
  #at = 0;
  #text = 0;
  #blob = 0;

  constructor(columns: ValueColumns) {
    this.#columns = columns;
    this.#wide = new BigInt64Array(columns.slots.buffer);
  }

  next(): SqlValue {
    const { kinds, slots, texts, bytes, byteEnds } = this.#columns;
    const at = this.#at;
    this.#at += 1;
    switch (kinds[at]) {
      case KIND.small:
        return intToSql(slots[at] ?? 0);
      case KIND.wide:
        return this.#wide[at] ?? 0n;
      case KIND.real:
        return floatToSql(slots[at] ?? 0);
      case KIND.text:
        return texts[this.#text++] ?? "";
      case KIND.bytes: {
        const start = byteEnds[this.#blob - 1] ?? 0;
        return bytes.subarray(start, byteEnds[this.#blob++]);
      }
      default:
        return null;
    }
  }
}
