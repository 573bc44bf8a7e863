import type { DatabaseSync } from "node:sqlite";
import { sqlToInt64, sqlToText } from "@jx/stores";
import type { SourceName } from "../event-store.ts";
import { BUCKET_SQL, bucketReader } from "./bucket.ts";
import type { Selection } from "./newest.ts";

/** Which sources have events in a range: a look into the index for each, and only in buckets that reach into the range. */
export function sourceFinder(db: DatabaseSync): (range: Omit<Selection, "keys">) => readonly SourceName[] {
  const buckets = bucketReader(db);
  const all = db.prepare("SELECT id, device, name FROM source ORDER BY device, name");
  const anyEvent = db.prepare(
    `SELECT 1 FROM event WHERE ${BUCKET_SQL} = ? AND source = ? AND origin BETWEEN ? AND ? LIMIT 1`,
  );
  return ({ start, end }) => {
    const where = buckets(start, end);
    const found: SourceName[] = [];
    if (where.length === 0) return found;
    for (const row of all.all()) {
      const deviceName = sqlToText(row.device);
      const sourceName = sqlToText(row.name);
      // Sources that differ in profile or tags alone follow one another.
      const last = found.at(-1);
      if (last?.deviceName === deviceName && last.sourceName === sourceName) continue;
      const key = sqlToInt64(row.id);
      if (where.some(({ id }) => anyEvent.get(id, key, start, end) !== undefined))
        found.push({ deviceName, sourceName });
    }
    return found;
  };
}
