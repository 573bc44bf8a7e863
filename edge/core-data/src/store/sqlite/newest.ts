import type { DatabaseSync, StatementSync } from "node:sqlite";
import { intToSql, sqlToInt, sqlToInt64 } from "@jx/stores";

/** Rows of these keys (sources or series; all rows when undefined) with origin in [start, end]. */
export interface Selection {
  readonly keys: readonly bigint[] | undefined;
  readonly start: bigint;
  readonly end: bigint;
}

interface Row {
  readonly origin: bigint;
  readonly seq: bigint;
}

const MIN_INT64 = -(1n << 63n);
const MAX_INT64 = (1n << 63n) - 1n;

/**
 * Finds rows of `event` or `reading`, newest first, over an index. SQLite would sort all rows of several keys to give
 * the newest few; here each key's index is read in small pieces and the pieces are merged, so that a page costs what it
 * shows, not what is stored.
 */
export class Newest {
  readonly #ofAll: StatementSync;
  readonly #ofKey: StatementSync;
  readonly #countAll: StatementSync;
  readonly #countEverything: StatementSync;
  readonly #countKey: StatementSync;

  constructor(db: DatabaseSync, table: "event" | "reading", key: "source" | "series") {
    const order = "ORDER BY origin DESC, seq DESC LIMIT ?";
    this.#ofAll = db.prepare(`SELECT seq FROM ${table} WHERE origin BETWEEN ? AND ? ${order} OFFSET ?`);
    // Bounds: key, start, the last piece's end (origin twice, seq), length.
    this.#ofKey = db.prepare(
      `SELECT origin, seq FROM ${table} WHERE ${key} = ? AND origin >= ? AND origin <= ? AND (origin < ? OR seq < ?) ${order}`,
    );
    this.#countEverything = db.prepare(`SELECT count(*) AS n FROM ${table}`);
    this.#countAll = db.prepare(`SELECT count(*) AS n FROM ${table} WHERE origin BETWEEN ? AND ?`);
    this.#countKey = db.prepare(`SELECT count(*) AS n FROM ${table} WHERE ${key} = ? AND origin BETWEEN ? AND ?`);
  }

  count({ keys, start, end }: Selection): number {
    if (keys !== undefined) {
      return keys.reduce((sum, key) => sum + sqlToInt(this.#countKey.get(key, start, end)?.n), 0);
    }
    const everything = start === MIN_INT64 && end === MAX_INT64;
    return sqlToInt((everything ? this.#countEverything.get() : this.#countAll.get(start, end))?.n);
  }

  /** Numbers of the rows from `offset` on, at most `limit`. */
  page({ keys, start, end }: Selection, offset: number, limit: number): readonly bigint[] {
    if (keys === undefined) {
      return this.#ofAll.all(start, end, intToSql(limit), intToSql(offset)).map((row) => sqlToInt64(row.seq));
    }
    const piece = Math.min(1_024, Math.max(4, Math.ceil((2 * (offset + limit)) / Math.max(1, keys.length))));
    const cursors = keys
      .map((key) => new Cursor(this.#ofKey, key, start, end, piece))
      .filter((cursor) => cursor.head !== undefined)
      .sort(byNewest);
    const seqs: bigint[] = [];
    for (let skip = offset; seqs.length < limit; skip -= 1) {
      const newest = cursors.shift();
      if (newest?.head === undefined) break;
      if (skip <= 0) seqs.push(newest.head.seq);
      newest.advance();
      if (newest.head !== undefined) cursors.splice(placeOf(newest, cursors), 0, newest);
    }
    return seqs;
  }
}

/** Walks one key's rows from the newest to the oldest, a piece at a time. */
class Cursor {
  readonly #statement: StatementSync;
  readonly #key: bigint;
  readonly #start: bigint;
  readonly #piece: number;
  #rows: readonly Row[];
  #at = 0;

  constructor(statement: StatementSync, key: bigint, start: bigint, end: bigint, piece: number) {
    this.#statement = statement;
    this.#key = key;
    this.#start = start;
    this.#piece = piece;
    this.#rows = this.#fetch({ origin: end, seq: MAX_INT64 });
  }

  get head(): Row | undefined {
    return this.#rows[this.#at];
  }

  advance(): void {
    const last = this.#rows[this.#at];
    this.#at += 1;
    if (this.#at < this.#rows.length || last === undefined || this.#rows.length < this.#piece) return;
    this.#rows = this.#fetch(last);
    this.#at = 0;
  }

  #fetch(before: Row): readonly Row[] {
    const { origin, seq } = before;
    return this.#statement
      .all(this.#key, this.#start, origin, origin, seq, intToSql(this.#piece))
      .map((row) => ({ origin: sqlToInt64(row.origin), seq: sqlToInt64(row.seq) }));
  }
}

function byNewest(a: Cursor, b: Cursor): number {
  return isNewer(a.head, b.head) ? -1 : 1;
}

function isNewer(a: Row | undefined, b: Row | undefined): boolean {
  if (a === undefined || b === undefined) return a !== undefined;
  return a.origin === b.origin ? a.seq > b.seq : a.origin > b.origin;
}

/** Where `cursor` belongs among sorted cursors, by halving. */
function placeOf(cursor: Cursor, sorted: readonly Cursor[]): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isNewer(cursor.head, sorted[middle]?.head)) high = middle;
    else low = middle + 1;
  }
  return low;
}
