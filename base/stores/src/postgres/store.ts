import { hostname } from "node:os";
import { AppError, type Told } from "@jx/kit";
import type { Client, Pool } from "pg";
import { describeAddress, type PostgresAddress } from "./address.ts";
import { clientConfig, connect, connectPatiently } from "./connect.ts";
import { isNotThereYet, postgresError } from "./errors.ts";
import { lockSchema } from "./instance-lock.ts";
import { migrateSchema } from "./migrations.ts";
import { checkServer } from "./server-check.ts";
import { type Sql, sqlOf } from "./sql.ts";
import { type ConnectionWatch, PostgresWriter, type Write, type WriteOptions } from "./writer.ts";

export interface PostgresStoreOptions {
  readonly address: PostgresAddress;
  /** The service that owns it, "core-data"; its schema is named after it: jx_core_data. */
  readonly service: string;
  readonly migrations: readonly string[];
  /** Connections for queries, made when needed; default 1. One more writes. */
  readonly readers?: number;
  /** Writes, and queries, that wait, beyond which more are refused; default 1,024. */
  readonly maxPending?: number;
  /** Writes of one transaction; default 64. */
  readonly maxGroup?: number;
  /** How long one statement of a query may take, ms; the server ends it then. Default 50,000. */
  readonly readMs?: number;
  /** How long a server that does not answer is waited for at the start, ms; default 60,000. */
  readonly connectWaitMs?: number;
  /** How long another edge that holds the schema is waited for, ms; default 10,000. */
  readonly lockWaitMs?: number;
  readonly signal?: AbortSignal;
  readonly watch?: PostgresWatch;
}

export interface PostgresWatch extends ConnectionWatch {
  /** The start has to wait, and for what. */
  waiting(told: Told): void;
}

/** What opening found and did, for the log. */
export interface PostgresReport {
  /** Without the password. */
  readonly address: string;
  readonly schema: string;
  /** Of the server: "15.14 (Debian …)". */
  readonly version: string;
  readonly created: boolean;
  /** Format version found, 0 for a new schema, and now. */
  readonly from: number;
  readonly to: number;
}

/** A service's tables on a PostgreSQL server: one connection that writes and holds the lock, some that read. */
export interface PostgresStore extends AsyncDisposable {
  readonly report: PostgresReport;
  /** Resolves once what it wrote is synced to the server's disk. */
  write<T>(write: Write<T>, options?: WriteOptions): Promise<T>;
  /** All statements of one query see the database as it was at one moment, everything acknowledged before included. */
  read<T>(query: (sql: Sql) => Promise<T>): Promise<T>;
  /** See PostgresWriter. */
  onRollback(listener: () => void): void;
  stats(): { readonly pendingWrites: number; readonly pendingReads: number; readonly refused: number };
}

const IDLE_READER_MS = 30_000;
/** Less than the client itself waits: who gave up asking is no reason for the server to go on. */
const READ_MS = 50_000;
const SILENT: PostgresWatch = { waiting: () => undefined, lost: () => undefined, back: () => undefined };

export function schemaOf(service: string): string {
  return `jx_${service.replaceAll("-", "_")}`;
}

/**
 * Opens a service's schema for its only writer.
 * @throws AppError Storage: no answer, an unsafe or old server (server-check.ts), a newer format; StatusConflict: in use.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<PostgresStore> {
  const { address, service, migrations, readers = 1, maxPending = 1_024, maxGroup = 64, watch = SILENT } = options;
  const { connectWaitMs = 60_000, lockWaitMs = 10_000, readMs = READ_MS, signal } = options;
  const name = schemaOf(service);
  const target = {
    address,
    schema: name,
    applicationName: `jx-edge ${service}, process ${process.pid} on ${hostname()}`,
  };
  let version = "";

  const prepare = async (client: Client, waitMs: number, formerPid?: number): Promise<Sql> => {
    const sql = sqlOf(client, address);
    version = await checkServer(sql, address);
    await lockSchema(sql, { address, schema: name, waitMs, formerPid, signal, onWait: watch.waiting });
    return sql;
  };
  const reopen = async (formerPid: number | undefined): Promise<Client> => {
    const client = await connect(target);
    try {
      await prepare(client, RELOCK_MS, formerPid);
      return client;
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
  };

  await using opened = new AsyncDisposableStack();
  const first = await connectPatiently(target, { waitMs: connectWaitMs, signal, onWait: watch.waiting });
  opened.defer(() => first.end().catch(() => undefined));
  const sql = await prepare(first, lockWaitMs);
  const { from, to, commits } = await migrateSchema(sql, address, { name, migrations });
  const writer = new PostgresWriter({ address, open: reopen, commits, maxPending, maxGroup, watch }, first);
  opened.use(writer);
  const { Pool } = await import("pg");
  const pool = new Pool({
    ...clientConfig(target),
    statement_timeout: readMs,
    max: readers,
    idleTimeoutMillis: IDLE_READER_MS,
  });
  // An idle connection that breaks is only taken out of the pool.
  pool.on("error", () => undefined);
  opened.defer(() => pool.end());
  const reader = new Reader(pool, address, maxPending);
  const running = opened.move();
  return {
    report: { address: describeAddress(address), schema: name, version, created: from === 0, from, to },
    write: (write, options) => writer.write(write, options),
    read: (query) => reader.read(query),
    onRollback: (listener) => writer.onRollback(listener),
    stats: () => ({
      pendingWrites: writer.pending,
      pendingReads: reader.pending,
      refused: writer.refused + reader.refused,
    }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** After a lost connection another edge may have taken the schema; it is asked again later, so not long. */
const RELOCK_MS = 1_000;

class Reader {
  readonly #pool: Pool;
  readonly #address: PostgresAddress;
  readonly #maxPending: number;
  pending = 0;
  refused = 0;

  constructor(pool: Pool, address: PostgresAddress, maxPending: number) {
    this.#pool = pool;
    this.#address = address;
    this.#maxPending = maxPending;
  }

  async read<T>(query: (sql: Sql) => Promise<T>): Promise<T> {
    if (this.pending >= this.#maxPending) {
      this.refused += 1;
      const text = `${describeAddress(this.#address)} is behind: ${this.pending} queries wait; slow down and try again`;
      throw new AppError("ServiceUnavailable", text, { code: "store-behind" });
    }
    this.pending += 1;
    try {
      return await this.#read(query);
    } finally {
      this.pending -= 1;
    }
  }

  async #read<T>(query: (sql: Sql) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      const { message, code = "" } = postgresError(error, this.#address);
      throw new AppError(isNotThereYet(error) ? "ServiceUnavailable" : "Storage", message, { code, cause: error });
    });
    let failed = true;
    try {
      const sql = sqlOf(client, this.#address);
      await sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      const value = await query(sql);
      await sql("COMMIT");
      failed = false;
      return value;
    } finally {
      // After an error nobody knows what state the connection is in; another is made when needed.
      client.release(failed);
    }
  }
}
