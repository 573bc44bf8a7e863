import type { DatabaseSync } from "node:sqlite";
import { sqlToInt64 } from "@jx/stores";
import type { SeriesEntry, SourceEntry } from "../columns.ts";
import type { FreshEntries } from "../dictionary.ts";

interface Slot {
  readonly fields: readonly string[];
  /** Row id; undefined until first used, and again after a rollback or a clean-up of unused rows. */
  row: bigint | undefined;
}

/** The main thread's dictionary numbers of one table, mapped to rows. */
class EntryTable {
  readonly #insert: (fields: readonly string[]) => void;
  readonly #find: (fields: readonly string[]) => unknown;
  readonly slots: Slot[] = [];

  constructor(db: DatabaseSync, table: string, columns: readonly string[]) {
    const insert = db.prepare(
      `INSERT INTO ${table}(${columns.join(", ")}) VALUES(${columns.map(() => "?").join(", ")}) ON CONFLICT DO NOTHING`,
    );
    const find = db.prepare(`SELECT id FROM ${table} WHERE ${columns.map((column) => `${column} = ?`).join(" AND ")}`);
    this.#insert = (fields) => void insert.run(...fields);
    this.#find = (fields) => find.get(...fields)?.id;
  }

  row(id: number): bigint {
    const slot = this.slots[id];
    if (slot === undefined) throw new Error(`dictionary number ${id} was never sent`);
    if (slot.row === undefined) {
      this.#insert(slot.fields);
      slot.row = sqlToInt64(this.#find(slot.fields));
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
    for (const entry of sources) this.#sources.slots[entry.id] = { fields: sourceFields(entry), row: undefined };
    for (const entry of series) this.#series.slots[entry.id] = { fields: seriesFields(entry), row: undefined };
  }

  source(id: number): bigint {
    return this.#sources.row(id);
  }

  series(id: number): bigint {
    return this.#series.row(id);
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
