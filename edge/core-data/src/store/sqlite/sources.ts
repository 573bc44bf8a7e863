import type { DatabaseSync } from "node:sqlite";
import { sqlToInt64, sqlToText } from "@jx/stores";
import type { SourceName } from "../event-store.ts";
import { MAX_INT64, MIN_INT64, type Span } from "../time-range.ts";
import { BUCKET_SQL, bucketReader } from "./bucket.ts";

/**
 * Which sources have events in a range. What is old is little where retention runs, so its events are walked by their
 * time; of all time each source is looked for by itself, and most are found in the bucket with the newest events.
 */
export function sourceFinder(db: DatabaseSync): (range: Span) => readonly SourceName[] {
  const buckets = bucketReader(db);
  const within = db.prepare(
    `SELECT DISTINCT device, name FROM source
     WHERE id IN (SELECT source FROM event INDEXED BY event_origin WHERE origin BETWEEN ? AND ?)`,
  );
  const all = db.prepare("SELECT id, device, name FROM source ORDER BY device, name");
  const anyEvent = db.prepare(`SELECT 1 FROM event WHERE ${BUCKET_SQL} = ? AND source = ? LIMIT 1`);

  const ofAllTime = (): readonly SourceName[] => {
    const where = buckets(MIN_INT64, MAX_INT64);
    const found: SourceName[] = [];
    for (const row of all.all()) {
      const source = nameOf(row);
      // Sources that differ in profile or tags alone follow one another.
      const last = found.at(-1);
      if (last?.deviceName === source.deviceName && last.sourceName === source.sourceName) continue;
      const key = sqlToInt64(row.id);
      if (where.some(({ id }) => anyEvent.get(id, key) !== undefined)) found.push(source);
    }
    return found;
  };
  return ({ start, end }) =>
    start === MIN_INT64 && end === MAX_INT64 ? ofAllTime() : within.all(start, end).map(nameOf);
}

function nameOf(row: Record<string, unknown>): SourceName {
  return { deviceName: sqlToText(row.device), sourceName: sqlToText(row.name) };
}
