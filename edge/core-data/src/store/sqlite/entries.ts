import type { DatabaseSync } from "node:sqlite";
import { intToSql, sqlToInt64 } from "@jx/stores";
import type { SeriesEntry, SourceEntry } from "../columns.ts";
import type { FreshEntries } from "../dictionary.ts";

interface Slot {
  readonly fields: readonly string[];
  /** Row id; undefined until first used, and again after a rollback or a clean-up of unused rows. */
  row: bigint | undefined;
  /** The bucket that the row names as its last, as long as `row` is known. */
  lastBucket: number;
}

/** The main thread's dictionary numbers of one table, mapped to rows. */
class EntryTable {
  readonly #insert: (fields: readonly string[], bucket: bigint) => void;
  readonly #find: (fields: readonly string[]) => unknown;
  readonly #touch: (row: bigint, bucket: bigint) => void;
  readonly slots: Slot[] = [];

  constructor(db: DatabaseSync, table: string, columns: readonly string[]) {
    const insert = db.prepare(
      `INSERT INTO ${table}(${columns.join(", ")}, last_bucket) VALUES(${columns.map(() => "?").join(", ")}, ?)
       ON CONFLICT DO NOTHING`,
    );
    const find = db.prepare(`SELECT id FROM ${table} WHERE ${columns.map((column) => `${column} = ?`).join(" AND ")}`);
    const touch = db.prepare(`UPDATE ${table} SET last_bucket = ? WHERE id = ?`);
    this.#insert = (fields, bucket) => void insert.run(...fields, bucket);
    this.#touch = (row, bucket) => void touch.run(bucket, row);
    this.#find = (fields) => find.get(...fields)?.id;
  }

  /** The row of a dictionary number, made or found, and marked as used in `bucket`. */
  row(id: number, bucket: number): bigint {
    const slot = this.slots[id];
    if (slot === undefined) throw new Error(`dictionary number ${id} was never sent`);
    if (slot.row === undefined) {
      this.#insert(slot.fields, intToSql(bucket));
      slot.row = sqlToInt64(this.#find(slot.fields));
      slot.lastBucket = -1;
    }
    if (slot.lastBucket !== bucket) {
      this.#touch(slot.row, intToSql(bucket));
      slot.lastBucket = bucket;
    }
    return slot.row;
  }
}

export class Entries {
  readonly #sources: EntryTable;
  readonly #series: EntryTable;
  #epoch = 0;

  constructor(db: DatabaseSync) {
    this.#sources = new EntryTable(db, "source", ["device", "name", "profile", "tags"]);
    this.#series = new EntryTable(db, "series", [
      "device",
      "resource",
      "profile",
      "value_type",
      "units",
      "media_type",
      "tags",
    ]);
  }

  learn({ epoch, sources, series }: FreshEntries): void {
    if (epoch !== this.#epoch) {
      this.#sources.slots.length = 0;
      this.#series.slots.length = 0;
      this.#epoch = epoch;
    }
    for (const entry of sources)
      this.#sources.slots[entry.id] = { fields: sourceFields(entry), row: undefined, lastBucket: -1 };
    for (const entry of series)
      this.#series.slots[entry.id] = { fields: seriesFields(entry), row: undefined, lastBucket: -1 };
  }

  source(id: number, bucket: number): bigint {
    return this.#sources.row(id, bucket);
  }

  series(id: number, bucket: number): bigint {
    return this.#series.row(id, bucket);
  }

  /** Rows may have gone; the entries themselves stay known. */
  forgetRows(): void {
    for (const { slots } of [this.#sources, this.#series]) {
      for (const slot of slots) slot.row = undefined;
    }
  }
}

function sourceFields(entry: SourceEntry): readonly string[] {
  return [entry.deviceName, entry.sourceName, entry.profileName, entry.tags];
}

function seriesFields(entry: SeriesEntry): readonly string[] {
  const { deviceName, resourceName, profileName, valueType, units, mediaType, tags } = entry;
  return [deviceName, resourceName, profileName, valueType, units, mediaType, tags];
}
