import { sqlToText } from "../sql-values.ts";
import { textArray } from "./arrays.ts";
import type { Sql } from "./sql.ts";
import { textToPostgres } from "./text.ts";

/**
 * The rows of some keys as they were before a write, so that its `undo` can put them back, in their old places. They
 * travel as the server's own JSON text, which nobody here reads.
 */
export class RowSnapshot {
  readonly #table: string;
  readonly #column: string;
  readonly #keys: Buffer;
  #rows = "[]";

  /** @param column of text, whose rows with one of `keys` the write may change. */
  constructor(table: string, column: string, keys: readonly string[]) {
    this.#table = table;
    this.#column = column;
    this.#keys = textArray(keys.map(textToPostgres));
  }

  async take(sql: Sql): Promise<void> {
    const all = `SELECT coalesce(json_agg(t), '[]')::text AS rows FROM ${this.#table} t WHERE ${this.#column} = ANY($1::text[])`;
    const [found] = await sql(all, [this.#keys]);
    this.#rows = sqlToText(found?.["rows"]);
  }

  async restore(sql: Sql): Promise<void> {
    await sql(`DELETE FROM ${this.#table} WHERE ${this.#column} = ANY($1::text[])`, [this.#keys]);
    await sql(`INSERT INTO ${this.#table} SELECT * FROM json_populate_recordset(NULL::${this.#table}, $1::json)`, [
      this.#rows,
    ]);
  }
}
