import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { checkContents, checkHeader, type MigrationReport, migrate, type Schema } from "./migrations.ts";
import { sqlToInt, sqlToText } from "./sql-values.ts";
import { storageError } from "./storage-error.ts";

export interface DatabaseOptions {
  /** Path; its folder must exist. */
  readonly file: string;
  readonly schema: Schema;
  /**
   * FULL syncs every COMMIT to the disk before it returns. OFF loses acknowledged data at a power cut: it exists for
   * the crash tests, which must fail with it, and for throw-away data.
   */
  readonly synchronous?: "FULL" | "OFF";
}

/** What opening found and did, for the service's log. */
export interface OpenReport extends MigrationReport {
  readonly file: string;
  readonly created: boolean;
  /** The last user of the file ended without closing it (kill -9, power cut). */
  readonly unclean: boolean;
  /** Committed pages found in the write-ahead log and moved into the file. */
  readonly recoveredPages: number;
  /** Bytes of the write-ahead log found; what follows the last commit in it was never acknowledged and is dropped. */
  readonly walBytes: number;
  /** SQLite's quick_check after an unclean end: "ok", its first findings, or why it was left out. */
  readonly check: string;
}

/** Bytes; long blobs stay out of overflow chains (DESIGN §7). */
const PAGE_SIZE = 16_384;
const BUSY_TIMEOUT_MS = 1_000;
/**
 * Bytes of write-ahead log after which a COMMIT also moves them into the file. More than SQLite's default: under load
 * most commits change the same pages, and each is then moved once instead of many times.
 */
const WAL_LIMIT = 64 * 1024 * 1024;
/** Larger files are not checked while somebody waits for the start; bytes. */
const CHECK_LIMIT = 128 * 1024 * 1024;

/**
 * Opens (or makes) a database for its only writer. Synchronous: for workers, tools and tests, not for the main loop.
 * @throws AppError Storage: newer format, foreign file, full or read-only disk, damaged file, locked (by whom).
 */
export function openDatabase(options: DatabaseOptions): { readonly db: DatabaseSync; readonly report: OpenReport } {
  const { file, schema, synchronous = "FULL" } = options;
  let db: DatabaseSync | undefined;
  try {
    checkHeader(file, schema);
    const created = sizeOf(file) === 0;
    const walBytes = sizeOf(`${file}-wal`);
    db = new DatabaseSync(file, { readBigInts: true, timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
    checkContents(db, file, schema);
    // The page size counts only before the first table, and the journal mode writes the first page.
    const pageSize = schema.pageSize ?? PAGE_SIZE;
    db.exec(`PRAGMA page_size=${pageSize}; PRAGMA journal_mode=WAL; PRAGMA synchronous=${synchronous};
      PRAGMA wal_autocheckpoint=${WAL_LIMIT / pageSize}; PRAGMA journal_size_limit=${WAL_LIMIT}`);
    const recoveredPages = walBytes === 0 ? 0 : recover(db);
    const check = walBytes === 0 ? "not needed" : quickCheck(db, file);
    return {
      db,
      report: { file, created, unclean: walBytes > 0, recoveredPages, walBytes, check, ...migrate(db, file, schema) },
    };
  } catch (error) {
    db?.close();
    throw storageError(error, file);
  }
}

/** A second connection for queries; the writer must have opened the file before. */
export function openForReading(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file, { readBigInts: true, timeout: BUSY_TIMEOUT_MS, readOnly: true });
  } catch (error) {
    throw storageError(error, file);
  }
}

/** Moves what the log holds into the file; PASSIVE first, because only it reports how much there was. */
function recover(db: DatabaseSync): number {
  const pages = sqlToInt(db.prepare("PRAGMA wal_checkpoint(PASSIVE)").get()?.log);
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  return Math.max(0, pages);
}

function quickCheck(db: DatabaseSync, file: string): string {
  const bytes = sizeOf(file);
  if (bytes > CHECK_LIMIT) return `left out, the file has ${Math.round(bytes / 1e6)} MB`;
  const findings = db
    .prepare("PRAGMA quick_check(5)")
    .all()
    .map((row) => sqlToText(row.quick_check));
  return findings.join("; ");
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
