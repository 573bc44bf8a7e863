import type { DatabaseSync, StatementSync } from "node:sqlite";
import { sqlToInt } from "../sql-values.ts";

export interface GroupCommitOptions {
  /**
   * Patient writes cause at most one COMMIT in this many ms; one that comes after a pause is committed at once, and so
   * is every write that somebody waits for. 0: nothing waits.
   */
  readonly intervalMs: number;
  /** Changed rows after which the COMMIT no longer waits. */
  readonly rows: number;
}

type Done = (error: unknown, value?: unknown) => void;

/**
 * Gathers writes into one transaction, because a sync costs the same for one row and for a thousand. A write is
 * acknowledged (`done`) only after the COMMIT that holds it returned; one that fails is undone alone.
 *
 * While a COMMIT runs, the next group gathers in the thread's port, so those who wait for an answer share commits as
 * widely as the disk is slow, and waiting longer would only keep them: callers who each wait for their answer bring no
 * more company. Patient writes wait, because fewer commits spare a flash card (docs/adr/0004).
 */
export class GroupCommit {
  readonly #db: DatabaseSync;
  readonly #options: GroupCommitOptions;
  readonly #onRollback: () => void;
  readonly #totalChanges: StatementSync;
  #waiting: { readonly done: Done; readonly value: unknown }[] = [];
  #changesAtBegin = 0;
  #lastCommit = Number.NEGATIVE_INFINITY;
  #soon: NodeJS.Immediate | undefined;
  #later: NodeJS.Timeout | undefined;

  constructor(db: DatabaseSync, options: GroupCommitOptions, onRollback: () => void) {
    this.#db = db;
    this.#options = options;
    this.#onRollback = onRollback;
    this.#totalChanges = db.prepare("SELECT total_changes() AS n");
  }

  /** @param patient nobody waits for this write: it may wait for company. */
  submit(job: () => unknown, done: Done, patient = false): void {
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
    else this.#schedule(patient);
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
      this.#schedule(true);
    } else this.#failAll(error);
  }

  #failAll(error: unknown): void {
    const failed = this.#waiting;
    this.#waiting = [];
    this.#unschedule();
    this.#onRollback();
    for (const { done } of failed) done(error);
  }

  #schedule(patient: boolean): void {
    if (this.#soon !== undefined || (patient && this.#later !== undefined)) return;
    const commit = (): void => this.flush();
    const wait = patient ? this.#lastCommit + this.#options.intervalMs - performance.now() : 0;
    // setImmediate runs after the messages that are here already, so that they share the transaction.
    if (wait < 0.5) this.#soon = setImmediate(commit);
    else this.#later = setTimeout(commit, wait);
  }

  #unschedule(): void {
    clearTimeout(this.#later);
    clearImmediate(this.#soon);
    this.#later = undefined;
    this.#soon = undefined;
  }

  #changes(): number {
    return sqlToInt(this.#totalChanges.get()?.n);
  }
}
