import type { ClientBase, CustomTypesConfig } from "pg";
import type { PostgresAddress } from "./address.ts";
import { postgresError } from "./errors.ts";

export type PostgresRow = Readonly<Record<string, unknown>>;

/**
 * Runs one statement with its parameters ($1, $2 …), prepared once for each connection. Integers come back as bigint,
 * as from SQLite, so that sqlToInt and its kind read both; Buffers go as binary.
 * @throws AppError, see postgresError
 */
export type Sql = (text: string, values?: readonly unknown[]) => Promise<readonly PostgresRow[]>;

/** int8, int2, int4, oid; float4, float8 (pg_type.dat). */
const INTEGERS: readonly number[] = [20, 21, 23, 26];
const FLOATS: readonly number[] = [700, 701];
const BYTEA = 17;
const BOOL = 16;

const PARSERS: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  ...INTEGERS.map((oid) => [oid, BigInt] as const),
  // "NaN", "Infinity" and "-0" included; the text is the shortest that gives the same double (extra_float_digits = 1).
  ...FLOATS.map((oid) => [oid, Number] as const),
  [BYTEA, (text) => Buffer.from(text.slice(2), "hex")],
  [BOOL, (text) => text === "t"],
]);
const asText = (text: string): unknown => text;

export const TYPES: CustomTypesConfig = { getTypeParser: (oid: number) => PARSERS.get(oid) ?? asText };

/** Statement → its name; texts are written in the source, so there are few. */
const names = new Map<string, string>();

function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = `jx${names.size}`;
    names.set(text, name);
  }
  return name;
}

export function sqlOf(client: ClientBase, address: PostgresAddress): Sql {
  return async (text, values) => {
    try {
      const query = values === undefined ? { text } : { name: nameOf(text), text, values: [...values] };
      const result = await client.query<PostgresRow>({ ...query, types: TYPES });
      return result.rows;
    } catch (error) {
      throw postgresError(error, address);
    }
  };
}

/** `?` of SQLite to `$1`, `$2` …, for statements that both understand. */
export function numbered(sql: string): string {
  let n = 0;
  return sql.replaceAll("?", () => {
    n += 1;
    return `$${n}`;
  });
}
