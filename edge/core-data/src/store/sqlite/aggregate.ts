import type { DatabaseSync } from "node:sqlite";
import type { Reading } from "@jx/contracts";
import { requireValueType } from "@jx/contracts/value-type";
import { AppError } from "@jx/kit";
import { sqlToInt, sqlToInt64, sqlToText } from "@jx/stores";
import { type AggregateFunction, aggregated } from "../aggregate.ts";
import type { Page } from "../event-store.ts";
import { type GroupedSeries, groupsOf, type Member } from "../groups.ts";
import { type Tally, tallyOf } from "../tally.ts";
import { BUCKET_ROWS, BUCKET_SQL, type Bucket, bucketReader, firstOf } from "./bucket.ts";
import type { Selection } from "./newest.ts";

/** A group of the page, with what has been added up of it. */
interface Shown {
  readonly group: Member;
  /** undefined: readings of this type have no result. */
  readonly tally: Tally | undefined;
}

/**
 * Rows of a few series are found over the index of buckets and series; each is then a look into the table, which costs
 * about eight times what a row costs that is read in passing. Beyond this part of all rows, all are read in their order.
 */
const SCAN_SHARE = 1 / 8;

/** Others wait for a slice at most; each costs a turn of the thread's loop, far below a millisecond. */
const SLICE_MS = 10;
/** Rows read in passing at once, about a millisecond's work. A power of two below BUCKET_ROWS. */
const SLICE_ROWS = 4_096n;

export interface AggregateArgs {
  readonly selection: Selection;
  readonly func: AggregateFunction;
  readonly page: Page;
  /** More rows than this hold up other aggregates for too long, and are refused. */
  readonly maxRows: number;
}

/**
 * Aggregates the groups that the page shows, and reads no others. It yields every few milliseconds (SlicedJob).
 * @throws AppError LimitExceeded beyond `maxRows`; ServerError when a result does not fit.
 */
export function aggregator(db: DatabaseSync): (args: AggregateArgs) => Generator<undefined, readonly Reading[], void> {
  const buckets = bucketReader(db);
  const allSeries = db.prepare("SELECT id, device, profile, resource, value_type FROM series");
  const within = `FROM reading WHERE ${BUCKET_SQL} = ? AND series = ? AND origin BETWEEN ? AND ?`;
  const countRows = db.prepare(`SELECT count(*) AS n ${within}`);
  // SQL's own sum() overflows, and rounds; it also knows nothing of the text forms of NaN and the shifted Uint64. Those
  // of the aggregate under way: a connection has one at a time (SlicedJob).
  let tallies: ReadonlyMap<number, Tally> = new Map();
  db.aggregate("jx_tally", {
    start: 0,
    useBigIntArguments: true,
    step(zero: number, series: unknown, value: unknown) {
      tallies.get(series as number)?.add(value);
      return zero;
    },
  });
  const tally = "SELECT jx_tally(CAST(series AS REAL), value)";
  const tallySeries = db.prepare(`${tally} ${within}`);
  const tallyBucket = db.prepare(`${tally} FROM reading WHERE seq >= ? AND seq < ? AND origin BETWEEN ? AND ?`);

  const rowsOf = ({ ids }: Member, where: readonly Bucket[], { start, end }: Selection): number => {
    let rows = 0;
    for (const { id } of where) for (const key of ids) rows += sqlToInt(countRows.get(id, key, start, end)?.n);
    return rows;
  };

  return function* ({ selection, func, page, maxRows }) {
    const due = everySlice();
    const { keys, start, end } = selection;
    const where = buckets(start, end);
    const shown: Shown[] = [];
    let skip = Math.max(0, page.offset);
    let rows = 0;
    for (const group of groupsOf(seriesOf(allSeries.all(), keys))) {
      if (shown.length >= page.limit) break;
      if (due()) yield;
      const count = rowsOf(group, where, selection);
      if (count === 0) continue;
      if (skip > 0) skip -= 1;
      else {
        const its = tallyOf(func, group.valueType);
        shown.push({ group, tally: its });
        if (its !== undefined) rows += count;
        if (rows > maxRows) throw tooMany(maxRows);
      }
    }
    const of = ({ group, tally: its }: Shown) =>
      its === undefined ? [] : group.ids.map((key) => [Number(key), its] as const);
    tallies = new Map(shown.flatMap(of));
    const scans = rows > SCAN_SHARE * where.length * BUCKET_ROWS;
    for (const { id } of where) {
      if (scans) {
        for (let from = firstOf(id); from < firstOf(id + 1n); from += SLICE_ROWS) {
          tallyBucket.get(from, from + SLICE_ROWS, start, end);
          if (due()) yield;
        }
      } else {
        for (const key of tallies.keys()) {
          tallySeries.get(id, BigInt(key), start, end);
          if (due()) yield;
        }
      }
    }
    return shown.map(({ group: { ids: _, ...facts }, tally: its }) => aggregated(facts, func, its?.result()));
  };
}

/** Says when the slice under way has lasted long enough. */
function everySlice(): () => boolean {
  let end = performance.now() + SLICE_MS;
  return () => {
    const now = performance.now();
    if (now < end) return false;
    end = now + SLICE_MS;
    return true;
  };
}

function tooMany(maxRows: number): AppError {
  const text = `the aggregate would read more than ${maxRows.toLocaleString("en")} readings; ask for a shorter time range, for a device or resource, or for fewer groups by limit`;
  return new AppError("LimitExceeded", text, { code: "aggregate-size" });
}

function seriesOf(rows: readonly Record<string, unknown>[], keys: readonly bigint[] | undefined): GroupedSeries[] {
  const wanted = keys === undefined ? undefined : new Set(keys);
  return rows
    .filter((row) => wanted?.has(sqlToInt64(row.id)) !== false)
    .map((row) => {
      const deviceName = sqlToText(row.device);
      const resourceName = sqlToText(row.resource);
      const valueType = requireValueType(sqlToText(row.value_type), `series ${deviceName}/${resourceName}`);
      return { id: sqlToInt64(row.id), deviceName, profileName: sqlToText(row.profile), resourceName, valueType };
    });
}
