import type { DatabaseSync } from "node:sqlite";
import { sqlToInt, sqlToInt64 } from "@jx/stores";
import type { RetainPolicy } from "../event-store.ts";
import { REMOVE_STEP } from "../removal.ts";
import { BUCKET_SQL, bucketIds, tidyBuckets } from "./bucket.ts";
import type { Entries } from "./entries.ts";
import { Newest } from "./newest.ts";
import { selector } from "./selection.ts";

export interface RemoveJobs {
  /** Deletes all events of an id; gives their number. */
  removeById(id: Uint8Array): number;
  /** Deletes up to REMOVE_STEP of the selected events; gives how many. */
  removeStep(policy: RetainPolicy): number;
  /** Forgets buckets, sources and series of which no row is left. */
  tidy(): void;
}

export function removeJobs(db: DatabaseSync, entries: Entries): RemoveJobs {
  const buckets = bucketIds(db);
  const seqsOfId = db.prepare(`SELECT seq FROM event WHERE ${BUCKET_SQL} = ? AND id = ?`);
  const countOf = db.prepare("SELECT readings FROM event WHERE seq = ?");
  const deleteEvent = db.prepare("DELETE FROM event WHERE seq = ?");
  const deleteReadings = db.prepare("DELETE FROM reading WHERE seq >= ? AND seq < ?");
  const newest = new Newest(db, "event", "source");
  const select = selector(db);

  const remove = (seqs: readonly bigint[]): number => {
    for (const seq of seqs) {
      const count = sqlToInt(countOf.get(seq)?.readings);
      deleteReadings.run(seq, seq + BigInt(count));
      deleteEvent.run(seq);
    }
    return seqs.length;
  };

  return {
    removeById: (id) =>
      remove(buckets().flatMap((bucket) => seqsOfId.all(bucket, id).map((row) => sqlToInt64(row.seq)))),
    removeStep({ olderThan, keep = 0, ...names }) {
      const selection = select.events({ ...names, ...(olderThan === undefined ? {} : { end: olderThan }) });
      return remove(newest.page(selection, Math.max(0, keep), REMOVE_STEP));
    },
    tidy() {
      tidyBuckets(db);
      entries.forgetRows();
    },
  };
}
