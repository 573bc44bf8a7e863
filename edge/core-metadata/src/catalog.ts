import { setImmediate as nextTurn } from "node:timers/promises";
import { inTurns, parseJson, stringifyJson } from "@jx/contracts";
import { AppError } from "@jx/kit";
import { type Records, State } from "./state.ts";
import type { Change, DocumentStore, Kind } from "./store/document-store.ts";

/** Changes that share a transaction. */
interface Batch {
  readonly changes: Change[];
  /** Of the changes, see sizeOf. */
  size: number;
  /** Make the changes seen and tell of them, in order. */
  readonly done: (() => void)[];
  /** Why it cannot be committed: one before it, on which its checks relied, was not. */
  failure?: { readonly reason: unknown };
  synced: Promise<void>;
}

/** Size of the changes that wait behind a busy store; then more are refused. */
const MAX_WAITING = 64 * 1024 * 1024;

/** Characters, and what an object costs at least: 50,000 small changes are as many as ten large ones. */
function sizeOf({ content = "" }: Change): number {
  return 1_024 + content.length;
}

/**
 * The state of core metadata: in memory, over a durable store. A change is checked against `draft` and staged there in
 * one go, so that no two requests can contradict each other; what is staged in one turn of the loop, or while the disk
 * is busy, shares one sync. Only then it is in `seen` and told: nobody reads what a power cut could take back.
 */
export class Catalog {
  /** What is synced: readers see this. */
  readonly seen = new State();
  /** With what waits for the disk: changes are checked against this. */
  readonly draft = new State();
  readonly #store: DocumentStore;
  readonly #maxWaiting: number;
  /** Still takes changes. */
  #open: Batch | undefined;
  #last: Promise<void> = Promise.resolve();

  private constructor(store: DocumentStore, maxWaiting: number) {
    this.#store = store;
    this.#maxWaiting = maxWaiting;
  }

  static async load(store: DocumentStore, maxWaiting = MAX_WAITING): Promise<Catalog> {
    const catalog = new Catalog(store, maxWaiting);
    for (const row of await store.load()) catalog.seen.of(row.kind).put(readRecord(row.content));
    catalog.draft.become(catalog.seen);
    return catalog;
  }

  /**
   * Stages a record and returns it as it will be stored; `tell` runs once it is.
   * @throws AppError ServiceUnavailable when too many wait
   */
  put<K extends Kind>(kind: K, record: Records[K], tell: (stored: Records[K]) => void): Records[K] {
    this.#refuseFlood();
    const content = stringifyJson(record);
    const stored = readRecord<Records[K]>(content);
    this.draft.of(kind).put(stored);
    this.#stage({ kind, name: stored.name, content }, () => {
      this.seen.of(kind).put(stored);
      tell(stored);
    });
    return stored;
  }

  /** Stages the removal of a record; `tell` runs once it is gone. @throws AppError as put does */
  remove(kind: Kind, name: string, tell: () => void): void {
    this.#refuseFlood();
    this.draft.of(kind).remove(name);
    this.#stage({ kind, name, content: undefined }, () => {
      this.seen.of(kind).remove(name);
      tell();
    });
  }

  /** To be asked right after staging: resolves once it is synced. @throws AppError Storage, and then nothing has changed. */
  synced(): Promise<void> {
    return this.#open?.synced ?? this.#last;
  }

  #refuseFlood(): void {
    const { changes, size } = this.#open ?? { changes: [], size: 0 };
    if (size < this.#maxWaiting) return;
    throw new AppError("ServiceUnavailable", `${changes.length} changes wait for the store; slow down and try again`, {
      code: "store-behind",
    });
  }

  #stage(change: Change, done: () => void): void {
    if (this.#open === undefined) {
      const batch: Batch = { changes: [], size: 0, done: [], synced: this.#last };
      batch.synced = this.#commit(batch, this.#last);
      batch.synced.catch(() => {}); // told to those who ask
      this.#open = batch;
      this.#last = batch.synced;
    }
    this.#open.changes.push(change);
    this.#open.size += sizeOf(change);
    this.#open.done.push(done);
  }

  async #commit(batch: Batch, before: Promise<void>): Promise<void> {
    await before.catch(() => {});
    await nextTurn();
    if (batch.failure === undefined) {
      this.#open = undefined;
      try {
        await this.#store.apply(batch.changes);
      } catch (reason) {
        this.#discard(reason);
        throw reason;
      }
    } else throw batch.failure.reason;
    for await (const part of inTurns(batch.done, nextTurn)) for (const done of part) done();
  }

  /** Takes back what is not synced, and with it what was staged meanwhile. */
  #discard(reason: unknown): void {
    this.draft.become(this.seen);
    if (this.#open !== undefined) this.#open.failure = { reason };
    this.#open = undefined;
  }
}

/** A copy of its own, frozen: callers in the same process get the snapshot's objects themselves. */
function readRecord<T>(content: string): T {
  return deepFreeze(parseJson(content)) as T;
}

function deepFreeze(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
