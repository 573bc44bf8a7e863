import type { DatabaseSync, StatementSync } from "node:sqlite";
import { sqlToInt } from "../sql-values.ts";

export interface GroupCommitOptions {
  /** At most one COMMIT in this many ms; a write that comes after a pause is committed at once. 0: never waits. */
  readonly intervalMs: number;
  /** Changed rows after which the COMMIT no longer waits. */
  readonly rows: number;
}

type Done = (error: unknown, value?: unknown) => void;

/**
 * Gathers writes into one transaction, because a sync costs the same for one row and for a thousand. A write is
 * acknowledged (`done`) only after the COMMIT that holds it returned; one that fails is undone alone.
 */
export class GroupCommit {
  readonly #db: DatabaseSync;
  readonly #options: GroupCommitOptions;
  readonly #onRollback: () => void;
  readonly #totalChanges: StatementSync;
  #waiting: { readonly done: Done; readonly value: unknown }[] = [];
  #changesAtBegin = 0;
  #lastCommit = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | NodeJS.Immediate | undefined;

  constructor(db: DatabaseSync, options: GroupCommitOptions, onRollback: () => void) {
    this.#db = db;
    this.#options = options;
    this.#onRollback = onRollback;
    this.#totalChanges = db.prepare("SELECT total_changes() AS n");
  }

  submit(job: () => unknown, done: Done): void {
    let value: unknown;
    try {
      if (!this.#db.isTransaction) this.#begin();
      this.#db.exec("SAVEPOINT job");
      value = job();
      this.#db.exec("RELEASE job");
    } catch (error) {
      this.#undo(error);
      done(error);
      return;
    }
    this.#waiting.push({ done, value });
    if (this.#changes() - this.#changesAtBegin >= this.#options.rows) this.flush();
    else this.#schedule();
  }

  /** Commits what waits, now. */
  flush(): void {
    this.#unschedule();
    if (!this.#db.isTransaction) return;
    this.#lastCommit = performance.now();
    try {
      this.#db.exec("COMMIT");
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      this.#failAll(error);
      return;
    }
    const committed = this.#waiting;
    this.#waiting = [];
    for (const { done, value } of committed) done(undefined, value);
  }

  #begin(): void {
    this.#db.exec("BEGIN IMMEDIATE");
    this.#changesAtBegin = this.#changes();
  }

  /** Some errors (a full disk) make SQLite undo the whole transaction, and then every write in it has failed. */
  #undo(error: unknown): void {
    if (this.#db.isTransaction) {
      this.#db.exec("ROLLBACK TO job; RELEASE job");
      this.#onRollback();
      this.#schedule();
    } else this.#failAll(error);
  }

  #failAll(error: unknown): void {
    const failed = this.#waiting;
    this.#waiting = [];
    this.#unschedule();
    this.#onRollback();
    for (const { done } of failed) done(error);
  }

  #schedule(): void {
    if (this.#timer !== undefined) return;
    const wait = this.#lastCommit + this.#options.intervalMs - performance.now();
    const commit = (): void => this.flush();
    // setImmediate runs after the messages that are here already, so that they share the transaction.
    this.#timer = wait < 0.5 ? setImmediate(commit) : setTimeout(commit, wait);
  }

  #unschedule(): void {
    clearTimeout(this.#timer as NodeJS.Timeout);
    clearImmediate(this.#timer as NodeJS.Immediate);
    this.#timer = undefined;
  }

  #changes(): number {
    return sqlToInt(this.#totalChanges.get()?.n);
  }
}
