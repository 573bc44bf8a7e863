import { closeSync, copyFileSync, existsSync, fsyncSync, openSync, readSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { AppError } from "@jx/kit";
import { sqlToInt } from "./sql-values.ts";

/** One step forward: SQL text, or code where SQL is not enough. */
export type Migration = string | ((db: DatabaseSync) => void);

/** What a database file is and how it came to its present form. */
export interface Schema {
  /** For messages, such as "events". */
  readonly name: string;
  /** Kept in the file (PRAGMA application_id, int32 > 0): a settings file is never taken for an events file. */
  readonly applicationId: number;
  /** Bytes, a power of two from 512 to 65,536; default 16,384. Counts when the file is made. */
  readonly pageSize?: number;
  /** Entry i brings format version i to i + 1; entries are never changed once released. */
  readonly migrations: readonly Migration[];
}

export interface MigrationReport {
  /** Format version found, 0 for a new file. */
  readonly from: number;
  readonly to: number;
  /** Copy of the file from before the first step, when it held data. */
  readonly backup: string | undefined;
}

/**
 * Refuses a file of a newer or foreign format by its header alone, before SQLite opens (and so touches) anything.
 * Header: https://www.sqlite.org/fileformat.html §1.3, user version at 60, application id at 68, big-endian.
 * @throws AppError Storage
 */
export function checkHeader(file: string, schema: Schema): void {
  if (!existsSync(file)) return;
  const header = new Uint8Array(100);
  const fd = openSync(file, "r");
  try {
    if (readSync(fd, header, 0, header.length, 0) < header.length) return;
  } finally {
    closeSync(fd);
  }
  const view = new DataView(header.buffer);
  checkVersion(file, schema, view.getInt32(60), view.getInt32(68));
}

/** The same through the open database (its log may hold a newer header), before anything is written. */
export function checkContents(db: DatabaseSync, file: string, schema: Schema): void {
  const version = pragma(db, "user_version");
  checkVersion(file, schema, version, pragma(db, "application_id"));
  if (version === 0 && !isEmpty(db)) {
    throw new AppError(
      "Storage",
      `${file} holds tables but no format version: it is no ${schema.name} file of JX Edge`,
      {
        code: "foreign-file",
        details: { file, kind: schema.name },
      },
    );
  }
}

/** Brings the file to the newest format, each step in its own transaction, after a copy when there is data. */
export function migrate(db: DatabaseSync, file: string, schema: Schema): MigrationReport {
  const from = pragma(db, "user_version");
  const to = schema.migrations.length;
  if (from === to) return { from, to, backup: undefined };
  const backup = from === 0 ? undefined : backUp(db, file, from);
  for (let version = from; version < to; version += 1) step(db, schema, version);
  return { from, to, backup };
}

function step(db: DatabaseSync, schema: Schema, version: number): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    const migration = schema.migrations[version] ?? "";
    if (typeof migration === "string") db.exec(migration);
    else migration(db);
    db.exec(`PRAGMA application_id=${schema.applicationId}; PRAGMA user_version=${version + 1}; COMMIT`);
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** A byte copy after a full checkpoint, synced: good even when the next step is cut short by a power failure. */
function backUp(db: DatabaseSync, file: string, version: number): string {
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const copy = `${file}.v${version}.backup`;
  copyFileSync(file, copy);
  const fd = openSync(copy, "r+");
  fsyncSync(fd);
  closeSync(fd);
  return copy;
}

function checkVersion(file: string, schema: Schema, version: number, applicationId: number): void {
  if (version !== 0 && applicationId !== schema.applicationId) {
    throw new AppError(
      "Storage",
      `${file} is a database of another kind (application id ${applicationId}), not ${schema.name} (${schema.applicationId})`,
      { code: "foreign-file", details: { file, kind: schema.name } },
    );
  }
  const known = schema.migrations.length;
  if (version > known) {
    throw new AppError(
      "Storage",
      `${file} has format version ${version}, this program knows ${schema.name} up to version ${known}; ` +
        "nothing was touched: start the newer program, or restore the backup made before the upgrade",
      { code: "newer-format", details: { file, found: version, known } },
    );
  }
}

function pragma(db: DatabaseSync, name: "user_version" | "application_id"): number {
  return sqlToInt(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function isEmpty(db: DatabaseSync): boolean {
  return sqlToInt(db.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.n) === 0;
}
