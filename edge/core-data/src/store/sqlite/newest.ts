import type { DatabaseSync, StatementSync } from "node:sqlite";
import { intToSql, sqlToInt, sqlToInt64 } from "@jx/stores";
import { MAX_INT64, MIN_INT64, type Span } from "../time-range.ts";
import { BUCKET_SQL, type Bucket, bucketReader } from "./bucket.ts";

/** Rows of these keys (sources or series; all rows when undefined) with origin in the span. */
export interface Selection extends Span {
  readonly keys: readonly bigint[] | undefined;
}

interface Row {
  readonly origin: bigint;
  readonly seq: bigint;
}

/**
 * Finds rows of `event` or `reading`, newest first, over an index. SQLite would sort all rows of several keys to give
 * the newest few; here the index of each bucket and key is read in small pieces and the pieces are merged, so that a
 * page costs what it shows, not what is stored.
 */
export class Newest {
  readonly #buckets: (start: bigint, end: bigint) => readonly Bucket[];
  readonly #ofAll: StatementSync;
  readonly #ofKey: StatementSync;
  readonly #countEverything: StatementSync;
  readonly #countAll: StatementSync;
  readonly #countKey: StatementSync;

  constructor(db: DatabaseSync, table: "event" | "reading", key: "source" | "series") {
    this.#buckets = bucketReader(db);
    const order = "ORDER BY origin DESC, seq DESC LIMIT ?";
    const inBucket = `${BUCKET_SQL} = ? AND ${key} = ?`;
    this.#ofAll = db.prepare(`SELECT seq FROM ${table} WHERE origin BETWEEN ? AND ? ${order} OFFSET ?`);
    // Bound: bucket, key, start, the row before (origin twice, seq), length.
    this.#ofKey = db.prepare(
      `SELECT origin, seq FROM ${table} WHERE ${inBucket} AND origin >= ? AND origin <= ? AND (origin < ? OR seq < ?) ${order}`,
    );
    this.#countEverything = db.prepare(`SELECT count(*) AS n FROM ${table}`);
    this.#countAll = db.prepare(`SELECT count(*) AS n FROM ${table} WHERE origin BETWEEN ? AND ?`);
    this.#countKey = db.prepare(`SELECT count(*) AS n FROM ${table} WHERE ${inBucket} AND origin BETWEEN ? AND ?`);
  }

  count({ keys, start, end }: Selection): number {
    if (keys === undefined) {
      const everything = start === MIN_INT64 && end === MAX_INT64;
      return sqlToInt((everything ? this.#countEverything.get() : this.#countAll.get(start, end))?.n);
    }
    let count = 0;
    for (const { id } of this.#buckets(start, end)) {
      for (const key of keys) count += sqlToInt(this.#countKey.get(id, key, start, end)?.n);
    }
    return count;
  }

  /** Numbers of the rows from `offset` on, at most `limit`. */
  page(selection: Selection, offset: number, limit: number): readonly bigint[] {
    const { keys, start, end } = selection;
    if (keys === undefined) {
      return this.#ofAll.all(start, end, intToSql(limit), intToSql(offset)).map((row) => sqlToInt64(row.seq));
    }
    const piece = Math.min(1_024, Math.max(4, Math.ceil((2 * (offset + limit)) / Math.max(1, keys.length))));
    const closed = [...this.#buckets(start, end)].reverse();
    const cursors: Cursor[] = [];
    const seqs: bigint[] = [];
    for (let skip = offset; seqs.length < limit; skip -= 1) {
      // A bucket is opened once the next row may be in it.
      for (let next = closed.at(-1); next !== undefined && mayHoldNext(next, cursors[0]?.head); next = closed.at(-1)) {
        closed.pop();
        for (const key of keys) insert(new Cursor(this.#ofKey, next.id, key, selection, piece), cursors);
      }
      const newest = cursors.shift();
      if (newest?.head === undefined) break;
      if (skip <= 0) seqs.push(newest.head.seq);
      newest.advance();
      insert(newest, cursors);
    }
    return seqs;
  }
}

/** Walks the rows of one key in one bucket from the newest to the oldest, a piece at a time. */
class Cursor {
  readonly #fetch: (before: Row) => readonly Row[];
  readonly #piece: number;
  #rows: readonly Row[];
  #at = 0;

  constructor(statement: StatementSync, bucket: bigint, key: bigint, { start, end }: Selection, piece: number) {
    this.#piece = piece;
    this.#fetch = ({ origin, seq }) =>
      statement
        .all(bucket, key, start, origin, origin, seq, intToSql(piece))
        .map((row) => ({ origin: sqlToInt64(row.origin), seq: sqlToInt64(row.seq) }));
    this.#rows = this.#fetch({ origin: end, seq: MAX_INT64 });
  }

  /** The newest row not passed yet. */
  get head(): Row | undefined {
    return this.#rows[this.#at];
  }

  advance(): void {
    const passed = this.head;
    this.#at += 1;
    if (passed === undefined || this.head !== undefined || this.#rows.length < this.#piece) return;
    this.#rows = this.#fetch(passed);
    this.#at = 0;
  }
}

function mayHoldNext(bucket: Bucket, head: Row | undefined): boolean {
  return head === undefined || bucket.newest >= head.origin;
}

function isNewer(a: Row, b: Row | undefined): boolean {
  return b === undefined || (a.origin === b.origin ? a.seq > b.seq : a.origin > b.origin);
}

/** Puts a cursor where it belongs among others sorted by their heads, by halving; one at its end is left out. */
function insert(cursor: Cursor, sorted: Cursor[]): void {
  const { head } = cursor;
  if (head === undefined) return;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isNewer(head, sorted[middle]?.head)) high = middle;
    else low = middle + 1;
  }
  sorted.splice(low, 0, cursor);
}
