import { AppError } from "@jx/kit";
import { optional, sqlToInt, sqlToInt64, sqlToText } from "../sql-values.ts";
import { describeAddress, type PostgresAddress } from "./address.ts";
import type { Sql } from "./sql.ts";

export interface PostgresSchema {
  /** The service's own schema in the database: "jx_core_data". */
  readonly name: string;
  /** Entry i brings format version i to i + 1; entries are never changed once released. Names without a schema. */
  readonly migrations: readonly string[];
}

export interface SchemaState {
  /** Format version found, 0 for a new schema. */
  readonly from: number;
  readonly to: number;
  readonly commits: bigint;
}

/** The last transaction of a schema. */
export interface LastCommit {
  /** Transactions that the store has committed, over all its life. */
  readonly commits: bigint;
  /** Who committed it, by the id that a store draws when it is opened; undefined before the first, or where it was taken back. */
  readonly writer: string | undefined;
}

const beginning = (schema: string): string => `CREATE SCHEMA IF NOT EXISTS ${schema};
  CREATE TABLE ${schema}.state(format int NOT NULL, commits bigint NOT NULL, writer uuid);
  INSERT INTO ${schema}.state VALUES(0, 0)`;

/**
 * Brings the schema to the newest format, each step in a transaction of its own (definitions too are undone with theirs).
 * The caller holds the schema's lock.
 * @throws AppError Storage: a newer format, or tables that are not ours; nothing is touched then.
 */
export async function migrateSchema(sql: Sql, address: PostgresAddress, schema: PostgresSchema): Promise<SchemaState> {
  const { name, migrations } = schema;
  const to = migrations.length;
  const found = await findFormat(sql, name);
  const store = describeAddress(address);
  const place = `${store}, schema ${name},`;
  const facts = { place: store, schema: name };
  if (found === "foreign") {
    throw new AppError("Storage", `${place} holds tables but no format version: it is no store of JX Edge`, {
      code: "foreign-schema",
      details: facts,
    });
  }
  if (found > to) {
    const text = `${place} has format version ${found}, this program knows it up to version ${to}; nothing was touched: start the newer program, or restore the dump made before the upgrade`;
    throw new AppError("Storage", text, { code: "newer-schema", details: { ...facts, found, known: to } });
  }
  for (let version = found; version < to; version += 1) {
    const before = version === 0 ? `${beginning(name)};` : "";
    await step(sql, `${before} ${migrations[version] ?? ""}; UPDATE ${name}.state SET format = ${version + 1}`);
  }
  return { from: found, to, commits: (await readLastCommit(sql)).commits };
}

export async function readLastCommit(sql: Sql): Promise<LastCommit> {
  const [row] = await sql("SELECT commits, writer FROM state");
  return { commits: sqlToInt64(row?.["commits"]), writer: optional(sqlToText)(row?.["writer"] ?? null) };
}

async function findFormat(sql: Sql, schema: string): Promise<number | "foreign"> {
  const tables = await sql("SELECT tablename FROM pg_tables WHERE schemaname = $1", [schema]);
  if (tables.length === 0) return 0;
  if (!tables.some((row) => row["tablename"] === "state")) return "foreign";
  const [row] = await sql(`SELECT format FROM ${schema}.state`);
  return sqlToInt(row?.["format"]);
}

async function step(sql: Sql, statements: string): Promise<void> {
  try {
    await sql(`BEGIN; ${statements}; COMMIT`);
  } catch (error) {
    await sql("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
