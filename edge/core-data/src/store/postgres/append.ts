import {
  bigintArray,
  byteaArray,
  doubleArray,
  type Sql,
  sqlToInt64,
  textArray,
  textToPostgres,
  uuidArray,
  type Write,
} from "@jx/stores";
import { type EventColumns, KIND, type ValueColumns } from "../columns.ts";
import type { FreshEntries } from "../dictionary.ts";
import type { Entries } from "./entries.ts";

/** One statement a batch, its columns as arrays: one way to the server and back, however many rows. */
const APPEND = `WITH events AS (
    INSERT INTO event(seq, id, source, origin, readings)
    SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[])
  ), readings AS (
    INSERT INTO reading(seq, series, origin, int, float, text, bytes)
    SELECT * FROM unnest($6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::float8[], $11::text[], $12::bytea[])
  ) UPDATE counter SET next = $13::bigint`;

export async function readNext(sql: Sql): Promise<number> {
  const [row] = await sql("SELECT next FROM counter");
  return Number(sqlToInt64(row?.["next"]));
}

/** Makes the writes that append batches; only one store appends, so the numbers are counted here. */
export class Appender {
  readonly #entries: Entries;
  #next: number;

  constructor(entries: Entries, next: number) {
    this.#entries = entries;
    this.#next = next;
  }

  /** Gives the number of the batch's first event. What was numbered and then undone leaves a gap. */
  append(fresh: FreshEntries, events: EventColumns): Write<number> {
    this.#entries.learn(fresh);
    const sourceSlots = this.#entries.sources.slots(events.sources);
    const seriesSlots = this.#entries.series.slots(events.readings.series);
    const numbers = numberRows(events.counts, this.#next);
    const first = this.#next;
    this.#next = numbers.next;
    return {
      run: async (sql) => {
        const { readings } = events;
        const sources = await this.#entries.sources.rows(sql, sourceSlots);
        const series = await this.#entries.series.rows(sql, seriesSlots);
        await sql(APPEND, [
          bigintArray(numbers.events),
          uuidArray(events.ids),
          bigintArray(sources),
          bigintArray(events.origins),
          bigintArray(Array.from(events.counts, BigInt)),
          bigintArray(numbers.readings),
          bigintArray(series),
          bigintArray(readings.origins),
          ...valueArrays(readings.values),
          numbers.next,
        ]);
        return first;
      },
      async undo(sql) {
        await sql("DELETE FROM event WHERE seq >= $1::bigint AND seq < $2::bigint", [first, numbers.next]);
        await sql("DELETE FROM reading WHERE seq >= $1::bigint AND seq < $2::bigint", [first, numbers.next]);
      },
    };
  }
}

function numberRows(counts: Uint32Array, first: number) {
  const events: bigint[] = [];
  const readings: bigint[] = [];
  let next = first;
  for (const count of counts) {
    events.push(BigInt(next));
    for (let i = 0; i < count; i += 1) readings.push(BigInt(next + i));
    // An event without readings takes a number too.
    next += Math.max(1, count);
  }
  return { events, readings, next };
}

/** The columns int, float, text and bytes. */
function valueArrays({ kinds, slots, texts, bytes, byteEnds }: ValueColumns): Buffer[] {
  const { length } = kinds;
  const wide = new BigInt64Array(slots.buffer);
  const ints = new Array<bigint | undefined>(length);
  const floats = new Array<number | undefined>(length);
  const strings = new Array<string | undefined>(length);
  const blobs = new Array<Uint8Array | undefined>(length);
  let text = 0;
  let blob = 0;
  for (let i = 0; i < length; i += 1) {
    const kind = kinds[i];
    if (kind === KIND.small) ints[i] = BigInt(slots[i] ?? 0);
    else if (kind === KIND.wide) ints[i] = wide[i];
    else if (kind === KIND.real) floats[i] = slots[i];
    else if (kind === KIND.text) strings[i] = textToPostgres(texts[text++] ?? "");
    else if (kind === KIND.bytes) blobs[i] = bytes.subarray(byteEnds[blob - 1] ?? 0, byteEnds[blob++]);
  }
  return [bigintArray(ints), doubleArray(floats), textArray(strings), byteaArray(blobs)];
}
