import type { Transferable } from "node:worker_threads";
import { AppError } from "@jx/kit";
import type { OpenReport } from "./database.ts";
import { useSharedThread } from "./shared-thread.ts";
import type { ArgsOf, ReadsOf, ResultOf, WritesOf } from "./store-module.ts";
import { DatabaseThread } from "./thread.ts";
import type { OpenReply } from "./worker/protocol.ts";

export interface StoreOptions {
  /** Path of the database; its folder must exist. */
  readonly file: string;
  /**
   * The file that exports `store` (a StoreModule), given as a URL relative to `import.meta.url`: a release finds such
   * URLs and bundles each file as an entry that shares its code with the others (scripts/release/bundle.ts).
   */
  readonly module: URL;
  /** Queries on a thread and connection of their own, from the first on, so that a long list delays no write. */
  readonly reader?: boolean;
  readonly synchronous?: "FULL" | "OFF";
  /** At most one COMMIT in this many ms while patient writes keep coming; default 0, ≤ 10 (DESIGN §8.1). */
  readonly commitIntervalMs?: number;
  /** Rows after which a COMMIT does not wait; default 1,000. */
  readonly commitRows?: number;
  /** Jobs sent and not answered, of each kind, beyond which more are refused; default 1,024. */
  readonly maxPending?: number;
}

export interface StoreStats {
  readonly pendingWrites: number;
  readonly pendingReads: number;
  /** Jobs refused because the queue was full, since the store was opened. */
  readonly refused: number;
}

export interface WriteOptions {
  /** Buffers among the arguments that move to the writer instead of being copied. */
  readonly transfer?: readonly Transferable[];
  /** Nobody waits for this write: it may wait `commitIntervalMs` for others to share its COMMIT. */
  readonly patient?: boolean;
}

/** A database behind its threads. `M` is the type of the module's `store`. */
export interface Store<M> extends AsyncDisposable {
  readonly report: OpenReport;
  /** Runs a write job; resolves once what it wrote is synced to the disk. */
  write<K extends keyof WritesOf<M> & string>(
    job: K,
    args: ArgsOf<WritesOf<M>[K]>,
    options?: WriteOptions,
  ): Promise<ResultOf<WritesOf<M>[K]>>;
  /** Runs a read job; it sees everything acknowledged before. */
  read<K extends keyof ReadsOf<M> & string>(job: K, args: ArgsOf<ReadsOf<M>[K]>): Promise<ResultOf<ReadsOf<M>[K]>>;
  stats(): StoreStats;
}

/**
 * Opens a database on the shared writer thread and, if asked, with a reader thread of its own.
 * @throws AppError Storage, see openDatabase; ServiceUnavailable from jobs when the queue is full.
 */
export async function openStore<M>(options: StoreOptions): Promise<Store<M>> {
  const { file, synchronous = "FULL", commitIntervalMs = 0, commitRows = 1_000, maxPending = 1_024 } = options;
  await using opened = new AsyncDisposableStack();
  const open = async (thread: DatabaseThread, role: "writer" | "reader") => {
    const store = thread.nextStore();
    const common = { file, module: options.module.href, synchronous, commitIntervalMs, commitRows };
    const report = (await thread.request({ type: "open", store, role, ...common })) as OpenReply;
    owned.defer(() => thread.closeStore(store));
    return { thread, store, report };
  };
  let owned: AsyncDisposableStack = opened;

  const writer = await open(opened.use(useSharedThread()).thread, "writer");
  const { report } = writer;
  if (report === undefined) throw new AppError("ServerError", "the writer gave no report");
  owned = opened.move();
  // Its own thread, and only once somebody reads: 12 MB that a box without a viewer never pays.
  let reader: ReturnType<typeof open> | undefined;
  const openReader = (): ReturnType<typeof open> =>
    options.reader === true
      ? open(owned.use(new DatabaseThread("database reader")), "reader")
      : Promise.resolve(writer);
  let pendingWrites = 0;
  let pendingReads = 0;
  let refused = 0;
  const admit = (pending: number): void => {
    if (pending < maxPending) return;
    refused += 1;
    throw new AppError("ServiceUnavailable", `${file} is behind: ${pending} jobs wait; slow down and try again`, {
      code: "store-behind",
    });
  };
  return {
    report,
    async write(job, args, { transfer, patient = false } = {}) {
      admit(pendingWrites);
      pendingWrites += 1;
      try {
        return (await writer.thread.request(
          { type: "write", store: writer.store, job, args, patient },
          transfer,
        )) as never;
      } finally {
        pendingWrites -= 1;
      }
    },
    async read(job, args) {
      admit(pendingReads);
      pendingReads += 1;
      try {
        reader ??= openReader().catch((error: unknown) => {
          reader = undefined; // the next query tries again
          throw error;
        });
        const { thread, store } = await reader;
        return (await thread.request({ type: "read", store, job, args })) as never;
      } finally {
        pendingReads -= 1;
      }
    },
    stats: () => ({ pendingWrites, pendingReads, refused }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
