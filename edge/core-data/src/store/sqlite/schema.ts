import type { Schema } from "@jx/stores";
import { BUCKET_SQL } from "./bucket.ts";

/**
 * One counter numbers events and readings: an event has the number of its first reading, and its other readings follow
 * without a gap. So an event finds its readings, and readings need no column for their event.
 * `reading.value` is ANY, which keeps every value as it was bound.
 */
export const schema: Schema = {
  name: "events",
  applicationId: 0x4a584556, // "JXEV"
  // Rows are short and a commit writes whole pages: docs/adr/0004.
  pageSize: 4_096,
  migrations: [
    `CREATE TABLE counter(next INTEGER NOT NULL) STRICT;
    INSERT INTO counter VALUES(1);
    CREATE TABLE bucket(id INTEGER PRIMARY KEY, oldest INTEGER NOT NULL, newest INTEGER NOT NULL) STRICT;
    CREATE TABLE source(
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      device TEXT NOT NULL, name TEXT NOT NULL, profile TEXT NOT NULL, tags TEXT NOT NULL, last_bucket INTEGER NOT NULL,
      UNIQUE(device, name, profile, tags)
    ) STRICT;
    CREATE TABLE series(
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      device TEXT NOT NULL, resource TEXT NOT NULL, profile TEXT NOT NULL,
      value_type TEXT NOT NULL, units TEXT NOT NULL, media_type TEXT NOT NULL, tags TEXT NOT NULL,
      last_bucket INTEGER NOT NULL,
      UNIQUE(device, resource, profile, value_type, units, media_type, tags)
    ) STRICT;
    CREATE INDEX series_resource ON series(resource);
    CREATE TABLE event(
      seq INTEGER PRIMARY KEY,
      id BLOB NOT NULL, source INTEGER NOT NULL, origin INTEGER NOT NULL, readings INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX event_id ON event(${BUCKET_SQL}, id);
    CREATE INDEX event_origin ON event(origin);
    CREATE INDEX event_source ON event(${BUCKET_SQL}, source, origin);
    CREATE TABLE reading(
      seq INTEGER PRIMARY KEY,
      series INTEGER NOT NULL, origin INTEGER NOT NULL, value ANY
    ) STRICT;
    CREATE INDEX reading_origin ON reading(origin);
    CREATE INDEX reading_series ON reading(${BUCKET_SQL}, series, origin);`,
  ],
};
