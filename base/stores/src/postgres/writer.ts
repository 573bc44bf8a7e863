import { randomUUID } from "node:crypto";
import { AppError, messageOf, sleep } from "@jx/kit";
import type { Client } from "pg";
import { describeAddress, type PostgresAddress } from "./address.ts";
import { isConnectionLoss, postgresError } from "./errors.ts";
import { readLastCommit } from "./migrations.ts";
import { type Sql, sqlOf } from "./sql.ts";

/** A piece of work that changes data, in a transaction that it may share with others. */
export interface Write<T> {
  run(sql: Sql): Promise<T>;
  /**
   * Takes back what `run` did. Called when the commit's answer was lost, the caller was told so, and the server turns out
   * to have kept it. Left out where doing the work again does no harm.
   */
  undo?(sql: Sql): Promise<void>;
}

export interface WriteOptions {
  /** Nobody waits for this write. */
  readonly patient?: boolean;
}

export interface WriterOptions {
  readonly address: PostgresAddress;
  /** Connects, checks the server and takes the schema's lock from the session `formerPid`, if that still has it. */
  readonly open: (formerPid: number | undefined) => Promise<Client>;
  /** Transactions that the store has committed so far. */
  readonly commits: bigint;
  /** Writes that wait, beyond which more are refused. */
  readonly maxPending: number;
  /** Writes of one transaction. */
  readonly maxGroup: number;
  readonly watch: ConnectionWatch;
}

/** Told what a person should know about the connection. */
export interface ConnectionWatch {
  lost(reason: string): void;
  /** ms that it was away. */
  back(downMs: number): void;
}

interface Waiting {
  readonly write: Write<unknown>;
  readonly patient: boolean;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** pg tells the backend's process id, which its types leave out. */
type Session = Client & { readonly processID?: number };

/** Patient writes cause at most one commit in this time (DESIGN §8.1, docs/adr/0006). */
const PATIENT_MS = 10;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

/**
 * The one connection that writes. While a transaction is on its way the next writes gather, and then share one commit. A
 * write is acknowledged once the server has answered its COMMIT. Every transaction counts itself in the table `state`, so
 * that after a lost connection it is known whether the last one was kept.
 */
export class PostgresWriter implements AsyncDisposable {
  readonly #options: WriterOptions;
  /** Tells our transactions from those of another edge. */
  readonly #id = randomUUID();
  readonly #rollbackListeners: (() => void)[] = [];
  readonly #end = new AbortController();
  #client: Session;
  #sql: Sql;
  #commits: bigint;
  #queue: Waiting[] = [];
  #lastCommit = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #down: { readonly since: number; reason: string } | undefined;
  #reconnecting: Promise<void> | undefined;
  /** Writes of a transaction whose COMMIT was sent and not answered. */
  #doubt: readonly Waiting[] = [];
  #refused = 0;

  constructor(options: WriterOptions, client: Client) {
    this.#options = options;
    this.#commits = options.commits;
    this.#client = client;
    this.#sql = sqlOf(client, options.address);
    this.#listen(client);
  }

  get pending(): number {
    return this.#queue.length;
  }

  get refused(): number {
    return this.#refused;
  }

  /** Called after a transaction was undone: what was remembered about rows written in it is void. */
  onRollback(listener: () => void): void {
    this.#rollbackListeners.push(listener);
  }

  /**
   * Resolves once the server has synced what `write` did. A patient write may wait up to 10 ms for company.
   * @throws AppError ServiceUnavailable, Storage, or its own
   */
  write<T>(write: Write<T>, { patient = false }: WriteOptions = {}): Promise<T> {
    const refusal = this.#refusal();
    if (refusal !== undefined) {
      this.#refused += 1;
      return Promise.reject(refusal);
    }
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#queue.push({ write, patient, resolve: resolve as (value: unknown) => void, reject });
    this.#schedule();
    return promise;
  }

  /** Runs what waits, then lets go of the connection and with it of the lock. */
  async [Symbol.asyncDispose](): Promise<void> {
    while (this.#queue.length > 0 || this.#running !== undefined) {
      clearTimeout(this.#timer);
      if (this.#running === undefined) this.#begin();
      await this.#running;
    }
    this.#end.abort(new AppError("Aborted", "the store is closed"));
    await this.#reconnecting;
    await this.#client.end().catch(() => undefined);
  }

  #refusal(): AppError | undefined {
    const place = describeAddress(this.#options.address);
    if (this.#end.signal.aborted) return new AppError("Storage", `the store at ${place} is closed`);
    if (this.#down !== undefined) return this.#unavailable();
    if (this.#queue.length < this.#options.maxPending) return undefined;
    const text = `${place} is behind: ${this.#queue.length} writes wait; slow down and try again`;
    return new AppError("ServiceUnavailable", text, { code: "store-behind" });
  }

  #unavailable(): AppError {
    const seconds = Math.round((performance.now() - (this.#down?.since ?? 0)) / 1_000);
    const text = `the store is without its server for ${seconds} s: ${this.#down?.reason}`;
    return new AppError("ServiceUnavailable", text, { code: "store-away" });
  }

  /** Begins a transaction now, or as soon as the patience of all that wait is over. */
  #schedule(): void {
    if (this.#running !== undefined || this.#down !== undefined || this.#queue.length === 0) return;
    clearTimeout(this.#timer);
    const wait = this.#lastCommit + PATIENT_MS - performance.now();
    const patient =
      wait > 0 && this.#queue.length < this.#options.maxGroup && this.#queue.every((each) => each.patient);
    if (patient) this.#timer = setTimeout(() => this.#begin(), wait);
    else this.#begin();
  }

  #begin(): void {
    this.#running = this.#transact(this.#queue.splice(0, this.#options.maxGroup)).finally(() => {
      this.#running = undefined;
      this.#schedule();
    });
  }

  async #transact(group: readonly Waiting[]): Promise<void> {
    // One connection for all of it, whatever this writer goes on with meanwhile.
    const sql = this.#sql;
    let committing = false;
    try {
      await sql("BEGIN");
      const values: unknown[] = [];
      for (const { write } of group) values.push(await write.run(sql));
      committing = true;
      await sql(`UPDATE state SET commits = ${this.#commits + 1n}, writer = '${this.#id}'; COMMIT`);
      this.#commits += 1n;
      this.#lastCommit = performance.now();
      for (const [i, { resolve }] of group.entries()) resolve(values[i]);
    } catch (error) {
      for (const listener of this.#rollbackListeners) listener();
      if (isConnectionLoss(error) || !(await rolledBack(sql))) {
        if (committing) this.#doubt = group;
        for (const { reject } of group) reject(error);
        this.#lost(error);
      } else if (group.length === 1) group[0]?.reject(error);
      // One that fails is undone alone: the others are done again without it.
      else for (const each of group) await this.#alone(each);
    }
  }

  #alone(each: Waiting): Promise<void> {
    if (this.#down === undefined) return this.#transact([each]);
    each.reject(this.#unavailable());
    return Promise.resolve();
  }

  #listen(client: Client): void {
    const gone = (error?: Error): void => {
      if (client === this.#client) this.#lost(error ?? new Error("the server has closed it"));
    };
    client.on("error", gone);
    client.on("end", () => gone());
  }

  #lost(error: unknown): void {
    if (this.#down !== undefined || this.#end.signal.aborted) return;
    const reason = postgresError(error, this.#options.address).message;
    this.#down = { since: performance.now(), reason };
    for (const { reject } of this.#queue.splice(0)) reject(this.#unavailable());
    this.#options.watch.lost(reason);
    this.#reconnecting = this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    const { signal } = this.#end;
    const { processID: formerPid } = this.#client;
    void this.#client.end().catch(() => undefined);
    for (let delay = FIRST_RETRY_MS; !signal.aborted; delay = Math.min(2 * delay, LAST_RETRY_MS)) {
      await sleep(delay, signal).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.#resume(await this.#options.open(formerPid));
        return;
      } catch (error) {
        if (this.#down !== undefined) this.#down.reason = messageOf(error);
      }
    }
  }

  async #resume(client: Client): Promise<void> {
    const sql = sqlOf(client, this.#options.address);
    try {
      await this.#settle(sql);
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
    this.#client = client;
    this.#sql = sql;
    this.#listen(client);
    const since = this.#down?.since ?? 0;
    this.#down = undefined;
    this.#options.watch.back(Math.round(performance.now() - since));
  }

  /** Whether the transaction in doubt was kept, and takes it back if so: its callers were told that it had failed. */
  async #settle(sql: Sql): Promise<void> {
    const { commits: found, writer } = await readLastCommit(sql);
    const kept = this.#doubt.length > 0 && found === this.#commits + 1n && writer === this.#id;
    if (found !== this.#commits && !kept) {
      const text = `${describeAddress(this.#options.address)} was written by another edge, or restored, meanwhile: ${found} commits instead of ${this.#commits}; start this edge anew`;
      throw new AppError("StatusConflict", text, { code: "store-changed" });
    }
    if (kept) {
      await sql("BEGIN");
      for (const { write } of this.#doubt.toReversed()) await write.undo?.(sql);
      // As if it had never been; should this answer be lost too, the number tells it the next time.
      await sql(`UPDATE state SET commits = ${this.#commits}, writer = NULL; COMMIT`);
    }
    this.#doubt = [];
  }
}

async function rolledBack(sql: Sql): Promise<boolean> {
  try {
    await sql("ROLLBACK");
    return true;
  } catch {
    return false;
  }
}
