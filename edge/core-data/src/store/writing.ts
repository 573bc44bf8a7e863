import type { AppendQueue } from "./append-queue.ts";
import type { EventStore, RetainPolicy } from "./event-store.ts";
import type { Removal } from "./removal.ts";

/** Readings, and bytes of texts and blobs, that may wait for the writer unless said otherwise. */
export const MAX_PENDING = { readings: 100_000, bytes: 64 * 1024 * 1024 } as const;

export interface WritingDeps {
  readonly queue: AppendQueue;
  readonly removal: Removal;
  /** Deletes every event of this id; gives their number. */
  removeById(id: string): Promise<number>;
  /** Queries refused because too many waited, since the store was opened. */
  refusedQueries(): number;
  close(): PromiseLike<void>;
}

type Writing = Pick<
  EventStore,
  "append" | "deleteById" | "deleteByDevice" | "retain" | "stats" | typeof Symbol.asyncDispose
>;

/** What every event store does alike, whatever keeps its rows: a deletion comes after the appends handed over before it. */
export function writing({ queue, removal, removeById, refusedQueries, close }: WritingDeps): Writing {
  const retain = (policy: RetainPolicy): Promise<number> => {
    queue.flush();
    return removal.run(policy);
  };
  return {
    append: (batch, options) => queue.append(batch, options),
    async deleteById(id) {
      queue.flush();
      return removeById(id);
    },
    deleteByDevice: (deviceName) => retain({ deviceName }),
    retain,
    stats: () => ({
      pendingReadings: queue.pendingReadings,
      refusedAppends: queue.refused,
      refusedQueries: refusedQueries(),
    }),
    async [Symbol.asyncDispose]() {
      queue.flush();
      await removal.finish();
      await close();
    },
  };
}
