import type { DatabaseSync } from "node:sqlite";
import { AppError } from "@jx/kit";
import { openForReading } from "../database.ts";
import type { SlicedJob, StoreModule } from "../store-module.ts";
import type { RunRequest } from "./protocol.ts";

type Done = (error: unknown, value?: unknown) => void;
type Call = Pick<RunRequest, "job" | "args">;

const SLICED = Object.getPrototypeOf(function* () {}) as object;

/** A read job that is a generator function gives other reads their turn wherever it yields. */
export function isSliced(job: (args: never) => unknown): job is SlicedJob {
  return Object.getPrototypeOf(job) === SLICED;
}

/** A sliced job at one go, where nothing can come between. */
export function finished(slices: Iterator<undefined, unknown>): unknown {
  let step = slices.next();
  while (step.done !== true) step = slices.next();
  return step.value;
}

/**
 * Long reads of a reader's thread, one after the other and slice by slice, with the thread's other work between slices.
 * They have a connection of their own, opened with the first: a transaction keeps each at one moment of the database,
 * while the others see everything acknowledged.
 */
export class SlicedReads {
  readonly #file: string;
  readonly #store: StoreModule;
  readonly #waiting: { readonly call: Call; readonly done: Done }[] = [];
  #opened: { readonly db: DatabaseSync; readonly reads: ReturnType<StoreModule["reads"]> } | undefined;
  #running = false;
  #closed = false;

  constructor(file: string, store: StoreModule) {
    this.#file = file;
    this.#store = store;
  }

  run(call: Call, done: Done): void {
    this.#waiting.push({ call, done });
    if (!this.#running) void this.#runAll();
  }

  /** What runs ends with its slice; it and all that wait fail. */
  close(): void {
    this.#closed = true;
    if (!this.#running) this.#opened?.db.close();
  }

  async #runAll(): Promise<void> {
    this.#running = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const { call, done } = next;
      try {
        done(undefined, await this.#runOne(call));
      } catch (error) {
        done(error);
      }
    }
    this.#running = false;
    if (this.#closed) this.#opened?.db.close();
  }

  async #runOne({ job, args }: Call): Promise<unknown> {
    this.#goOn();
    this.#opened ??= this.#open();
    const { db, reads } = this.#opened;
    db.exec("BEGIN");
    try {
      const slices = (reads[job] as SlicedJob)(args as never);
      for (;;) {
        const step = slices.next();
        if (step.done === true) return step.value;
        await nextTurn();
        this.#goOn();
      }
    } finally {
      db.exec("COMMIT");
    }
  }

  #goOn(): void {
    if (this.#closed) throw new AppError("ServiceUnavailable", "the database is being closed");
  }

  #open(): { readonly db: DatabaseSync; readonly reads: ReturnType<StoreModule["reads"]> } {
    const db = openForReading(this.#file);
    return { db, reads: this.#store.reads(db) };
  }
}

/** After the messages that have arrived meanwhile. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
