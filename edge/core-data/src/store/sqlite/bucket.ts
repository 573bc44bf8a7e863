import type { DatabaseSync } from "node:sqlite";
import { intToSql, sqlToInt64 } from "@jx/stores";

/**
 * Rows are indexed by key in buckets of 65,536 numbers. Over one index of all rows each series would have a page of its
 * own that every commit changes; inside a bucket many series share a page, and commits write a tenth of the pages.
 */
const BUCKET_BITS = 16;
export const BUCKET_ROWS = 2 ** BUCKET_BITS;

/** The SQL of a row's bucket, spelled as in the indexes. */
export const BUCKET_SQL = `seq >> ${BUCKET_BITS}`;

export function bucketOf(seq: number): number {
  return Math.floor(seq / BUCKET_ROWS);
}

/** The lowest number that a bucket may hold. */
export function firstOf(bucket: bigint): bigint {
  return bucket << BigInt(BUCKET_BITS);
}

export interface Bucket {
  readonly id: bigint;
  /** Bounds of the origins of its events and readings; deleting rows does not narrow them. */
  readonly oldest: bigint;
  readonly newest: bigint;
}

/** Widens the bounds of the buckets that hold the numbers `first` to `last`. */
export function bucketWriter(db: DatabaseSync): (first: number, last: number, oldest: bigint, newest: bigint) => void {
  const widen = db.prepare(
    `INSERT INTO bucket(id, oldest, newest) VALUES(?, ?, ?)
     ON CONFLICT(id) DO UPDATE SET oldest = min(oldest, excluded.oldest), newest = max(newest, excluded.newest)`,
  );
  return (first, last, oldest, newest) => {
    for (let id = bucketOf(first); id <= bucketOf(last); id += 1) widen.run(intToSql(id), oldest, newest);
  };
}

/** Gives the buckets that may hold origins in [start, end], the one with the newest origin first. */
export function bucketReader(db: DatabaseSync): (start: bigint, end: bigint) => readonly Bucket[] {
  const within = db.prepare(
    "SELECT id, oldest, newest FROM bucket WHERE newest >= ? AND oldest <= ? ORDER BY newest DESC, id DESC",
  );
  return (start, end) =>
    within.all(start, end).map((row) => ({
      id: sqlToInt64(row.id),
      oldest: sqlToInt64(row.oldest),
      newest: sqlToInt64(row.newest),
    }));
}

/** Gives every bucket's id, the latest first. */
export function bucketIds(db: DatabaseSync): () => readonly bigint[] {
  const ids = db.prepare("SELECT id FROM bucket ORDER BY id DESC");
  return () => ids.all().map((row) => sqlToInt64(row.id));
}

/** Forgets buckets without rows, and names that were last used before the oldest bucket that is left. */
export function tidyBuckets(db: DatabaseSync): void {
  const rows = (table: string): string =>
    `SELECT 1 FROM ${table} WHERE seq >= bucket.id << ${BUCKET_BITS} AND seq < (bucket.id + 1) << ${BUCKET_BITS}`;
  db.exec(`DELETE FROM bucket WHERE NOT EXISTS (${rows("event")}) AND NOT EXISTS (${rows("reading")})`);
  const oldest = `(SELECT coalesce((SELECT min(id) FROM bucket), (SELECT next >> ${BUCKET_BITS} FROM counter)))`;
  for (const table of ["source", "series"]) db.exec(`DELETE FROM ${table} WHERE last_bucket < ${oldest}`);
}
