import { DatabaseThread } from "./thread.ts";

/** A use of a thread; disposing it ends the thread when it was the last. */
export interface ThreadUse extends AsyncDisposable {
  readonly thread: DatabaseThread;
}

let shared: { readonly thread: DatabaseThread; uses: number } | undefined;

/**
 * The thread that writes for every store of the process. A thread costs about 12 MB, and on a box of 1 GB one that
 * commits for all is worth more than a few milliseconds between stores that seldom write at the same moment.
 */
export function useSharedThread(): ThreadUse {
  shared ??= { thread: new DatabaseThread("database writer"), uses: 0 };
  const entry = shared;
  entry.uses += 1;
  return {
    thread: entry.thread,
    async [Symbol.asyncDispose]() {
      entry.uses -= 1;
      if (entry.uses > 0) return;
      if (shared === entry) shared = undefined;
      await entry.thread[Symbol.asyncDispose]();
    },
  };
}
