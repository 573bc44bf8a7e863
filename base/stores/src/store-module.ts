import type { DatabaseSync } from "node:sqlite";
import type { Schema } from "./migrations.ts";

/** A named piece of work on a connection: takes one cloneable value, gives one, synchronously. */
export type Job = (args: never) => unknown;
/**
 * A long read in slices: what others ask of the reader's thread has its turn at each yield. It sees the database as it
 * was at its start all the same, and no second one runs beside it.
 */
export type SlicedJob = (args: never) => Generator<undefined, unknown, void>;
export type Jobs = { readonly [name: string]: Job };

/** What a write job's maker may ask of the writer. */
export interface WriterHooks {
  /** Called after a transaction was undone: whatever was remembered about rows written in it is void. */
  onRollback(listener: () => void): void;
}

/**
 * What a service runs beside its database, in the worker. Each file `x/jobs.ts` exports one as `store`; the main thread
 * imports its type only and names the file by URL.
 */
export interface StoreModule<W extends Jobs = Jobs, R extends Jobs = Jobs> {
  readonly schema: Schema;
  /** Prepares statements once, gives the jobs that change data. Each runs inside a transaction shared with others. */
  readonly writes: (db: DatabaseSync, hooks: WriterHooks) => W;
  /** Jobs that only look, on the reader's connection where there is one; generator functions are SlicedJobs. */
  readonly reads: (db: DatabaseSync) => R;
}

export function defineStore<W extends Jobs, R extends Jobs>(module: StoreModule<W, R>): StoreModule<W, R> {
  return module;
}

export type WritesOf<M> = M extends StoreModule<infer W, Jobs> ? W : never;
export type ReadsOf<M> = M extends StoreModule<Jobs, infer R> ? R : never;
export type ArgsOf<J> = J extends (args: infer A) => unknown ? A : never;
export type ResultOf<J> = J extends (args: never) => infer R
  ? Plain<R extends Generator<undefined, infer T> ? T : R>
  : never;
type Plain<R> = R extends Transfer<infer T> ? T : R;

/** A job's result whose buffers move to the main thread instead of being copied. */
export class Transfer<T> {
  readonly value: T;
  readonly buffers: readonly ArrayBuffer[];

  constructor(value: T, buffers: readonly ArrayBuffer[]) {
    this.value = value;
    this.buffers = buffers;
  }
}
