import { createHash } from "node:crypto";
import { byteaArray, type Sql, sqlToInt64, textArray, textToPostgres } from "@jx/stores";
import type { SeriesEntry, SourceEntry } from "../columns.ts";
import type { FreshEntries } from "../dictionary.ts";

/** What repeats in events or readings, and its row. */
interface Slot {
  readonly fields: readonly string[];
  row: bigint | undefined;
  /** The row counts in this generation only: a rollback, or a clean-up of unused rows, begins a new one. */
  generation: number;
}

/** The dictionary's numbers of one table, mapped to rows. */
class EntryTable {
  readonly #insert: string;
  readonly #find: string;
  #slots: Slot[] = [];
  #generation = 0;

  constructor(table: string, columns: readonly string[]) {
    const arrays = columns.map((_, i) => `$${i + 2}::text[]`).join(", ");
    this.#insert = `INSERT INTO ${table}(key, ${columns.join(", ")}) SELECT * FROM unnest($1::bytea[], ${arrays}) ON CONFLICT DO NOTHING`;
    this.#find = `SELECT t.id FROM unnest($1::bytea[]) WITH ORDINALITY AS k(key, n) JOIN ${table} t USING (key) ORDER BY n`;
  }

  learn(id: number, fields: readonly string[]): void {
    this.#slots[id] = { fields, row: undefined, generation: 0 };
  }

  startAfresh(): void {
    this.#slots = [];
  }

  forgetRows(): void {
    this.#generation += 1;
  }

  /** What these dictionary numbers mean now; they may mean something else by the time the rows are asked for. */
  slots(ids: Uint32Array): readonly Slot[] {
    return Array.from(ids, (id) => {
      const slot = this.#slots[id];
      if (slot === undefined) throw new Error(`dictionary number ${id} was never sent`);
      return slot;
    });
  }

  /** The rows, made where they are missing. */
  async rows(sql: Sql, slots: readonly Slot[]): Promise<readonly bigint[]> {
    const missing = [...new Set(slots)].filter((slot) => this.#rowOf(slot) === undefined);
    if (missing.length > 0) await this.#make(sql, missing);
    return slots.map((slot) => this.#rowOf(slot) ?? 0n);
  }

  #rowOf({ row, generation }: Slot): bigint | undefined {
    return generation === this.#generation ? row : undefined;
  }

  async #make(sql: Sql, slots: readonly Slot[]): Promise<void> {
    const keys = byteaArray(slots.map(({ fields }) => createHash("sha256").update(JSON.stringify(fields)).digest()));
    const columns = slots[0]?.fields.map((_, i) =>
      textArray(slots.map(({ fields }) => textToPostgres(fields[i] ?? ""))),
    );
    await sql(this.#insert, [keys, ...(columns ?? [])]);
    const found = await sql(this.#find, [keys]);
    for (const [i, slot] of slots.entries()) {
      slot.row = sqlToInt64(found[i]?.["id"]);
      slot.generation = this.#generation;
    }
  }
}

export class Entries {
  readonly sources = new EntryTable("source", ["device", "name", "profile", "tags"]);
  readonly series = new EntryTable("series", [
    "device",
    "resource",
    "profile",
    "value_type",
    "units",
    "media_type",
    "tags",
  ]);
  #epoch = 0;

  learn({ epoch, sources, series }: FreshEntries): void {
    if (epoch !== this.#epoch) {
      this.sources.startAfresh();
      this.series.startAfresh();
      this.#epoch = epoch;
    }
    for (const entry of sources) this.sources.learn(entry.id, sourceFields(entry));
    for (const entry of series) this.series.learn(entry.id, seriesFields(entry));
  }

  /** Rows may have gone; the entries themselves stay known. */
  forgetRows(): void {
    this.sources.forgetRows();
    this.series.forgetRows();
  }
}

function sourceFields(entry: SourceEntry): readonly string[] {
  return [entry.deviceName, entry.sourceName, entry.profileName, entry.tags];
}

function seriesFields(entry: SeriesEntry): readonly string[] {
  const { deviceName, resourceName, profileName, valueType, units, mediaType, tags } = entry;
  return [deviceName, resourceName, profileName, valueType, units, mediaType, tags];
}
