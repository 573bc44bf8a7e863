import { AppError } from "@jx/kit";
import { sqlToInt, sqlToText } from "../sql-values.ts";
import { describeAddress, type PostgresAddress } from "./address.ts";
import type { Sql } from "./sql.ts";

/** server_version_num of 15.0. */
const OLDEST = 150_000;

/**
 * Refuses a server on which "acknowledged" would not mean "on the disk", or that keeps text otherwise than we send it.
 * What this session commits with is fixed for its life, whatever the configuration is changed to. Gives the version.
 * @throws AppError Storage, saying what to change.
 */
export async function checkServer(sql: Sql, address: PostgresAddress): Promise<string> {
  const [found = {}] = await sql(`SELECT current_setting('server_version_num')::int AS number,
    current_setting('server_version') AS version, current_setting('server_encoding') AS encoding,
    current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
    (SELECT source FROM pg_settings WHERE name = 'synchronous_commit') AS commit_source,
    pg_is_in_recovery() AS standby, current_setting('default_transaction_read_only')::bool AS read_only`);
  const text = (name: string): string => sqlToText(found[name]);
  const place = describeAddress(address);
  const refuse = (code: string, what: string, facts: Readonly<Record<string, string>> = {}): never => {
    throw new AppError("Storage", `${place} ${what}`, { code, details: { place, ...facts } });
  };
  const version = text("version");
  if (sqlToInt(found["number"]) < OLDEST)
    refuse("old-server", `is PostgreSQL ${version}; 15 or newer is needed`, { version });
  if (text("encoding") !== "UTF8") {
    const make = `createdb --encoding UTF8 --template template0 --owner ${address.user} NAME`;
    refuse(
      "encoding",
      `keeps text in ${text("encoding")}, which has no place for every name; use a database made by: ${make}`,
      { encoding: text("encoding"), make },
    );
  }
  if (found["standby"] === true || found["read_only"] === true)
    refuse("server-read-only", "takes no writes (a standby, or default_transaction_read_only); use the primary");
  if (text("fsync") !== "on") {
    refuse(
      "fsync-off",
      "runs with fsync off: a power cut would take what was acknowledged, or the whole database; set fsync = on in postgresql.conf and reload the server",
    );
  }
  if (text("commit") === "off") {
    const statement = resetStatement(text("commit_source"), address);
    refuse(
      "synchronous-commit-off",
      `commits with synchronous_commit off: a crash would take what was acknowledged; ${statement ?? "set synchronous_commit = on in postgresql.conf and reload the server"}`,
      statement === undefined ? {} : { statement },
    );
  }
  await sql("SELECT set_config('synchronous_commit', current_setting('synchronous_commit'), false)");
  return version;
}

/**
 * What undoes a setting of role or database; undefined when it is the server's own, in postgresql.conf. Sources as
 * pg_settings names them (postgres 15, GucSource_Names in guc.c).
 */
function resetStatement(source: string, { user, database }: PostgresAddress): string | undefined {
  switch (source) {
    case "database user":
      return `ALTER ROLE "${user}" IN DATABASE "${database}" RESET synchronous_commit`;
    case "user":
      return `ALTER ROLE "${user}" RESET synchronous_commit`;
    case "database":
      return `ALTER DATABASE "${database}" RESET synchronous_commit`;
    default:
      return undefined;
  }
}
