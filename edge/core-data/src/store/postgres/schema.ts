/**
 * As in SQLite one counter numbers events and readings: an event has the number of its first reading, and its other
 * readings follow without a gap (sqlite/schema.ts). A reading's value is in the column of its kind, all others are NULL,
 * which takes no room: whole numbers and Bool in `int` (Uint64 less 2^63, which keeps their order), `float`, `text` (JSON
 * for objects and lists of texts), and `bytes`.
 * `key` is the SHA-256 of all names of a row, because an index takes no text of more than 2,700 bytes.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE counter(next bigint NOT NULL);
  INSERT INTO counter VALUES(1);
  CREATE TABLE source(
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key bytea NOT NULL UNIQUE,
    device text NOT NULL, name text NOT NULL, profile text NOT NULL, tags text NOT NULL
  );
  CREATE INDEX source_device ON source USING hash(device);
  CREATE INDEX source_name ON source USING hash(name);
  CREATE TABLE series(
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key bytea NOT NULL UNIQUE,
    device text NOT NULL, resource text NOT NULL, profile text NOT NULL,
    value_type text NOT NULL, units text NOT NULL, media_type text NOT NULL, tags text NOT NULL
  );
  CREATE INDEX series_device ON series USING hash(device);
  CREATE INDEX series_resource ON series USING hash(resource);
  CREATE TABLE event(
    seq bigint PRIMARY KEY, id uuid NOT NULL, source bigint NOT NULL, origin bigint NOT NULL, readings int NOT NULL
  );
  CREATE INDEX event_id ON event(id);
  CREATE INDEX event_origin ON event(origin, seq);
  CREATE INDEX event_source ON event(source, origin, seq);
  CREATE TABLE reading(
    seq bigint PRIMARY KEY, series bigint NOT NULL, origin bigint NOT NULL,
    int bigint, float double precision, text text, bytes bytea
  );
  CREATE INDEX reading_origin ON reading(origin, seq);
  CREATE INDEX reading_series ON reading(series, origin, seq)`,
];
