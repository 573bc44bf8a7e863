import { bigintArray, type Sql, type Write } from "@jx/stores";
import type { RetainPolicy } from "../event-store.ts";
import { REMOVE_STEP } from "../removal.ts";
import type { Entries } from "./entries.ts";
import { pageOf, selectEvents } from "./selection.ts";

const REMOVE = `WITH gone AS (DELETE FROM event WHERE seq = ANY($1::bigint[]) RETURNING seq, readings)
  DELETE FROM reading USING gone WHERE reading.seq >= gone.seq AND reading.seq < gone.seq + gone.readings`;

// No `undo`: what is gone may be deleted again, and a caller that was told of a failure does.

/** Deletes all events of an id; gives their number. */
export function removeById(id: string): Write<number> {
  return {
    async run(sql) {
      const rows = await sql("SELECT seq FROM event WHERE id = $1::uuid", [id]);
      return remove(
        sql,
        rows.map((row) => row["seq"] as bigint),
      );
    },
  };
}

/** Deletes up to REMOVE_STEP of the selected events; gives how many. */
export function removeStep({ olderThan, keep = 0, ...names }: RetainPolicy): Write<number> {
  return {
    async run(sql) {
      const selection = await selectEvents(sql, { ...names, ...(olderThan === undefined ? {} : { end: olderThan }) });
      return remove(sql, await pageOf(sql, selection, Math.max(0, keep), REMOVE_STEP));
    },
  };
}

/** Forgets sources and series of which no row is left. */
export function tidy(entries: Entries): Write<void> {
  return {
    async run(sql) {
      await sql("DELETE FROM source WHERE NOT EXISTS (SELECT 1 FROM event WHERE event.source = source.id)");
      await sql("DELETE FROM series WHERE NOT EXISTS (SELECT 1 FROM reading WHERE reading.series = series.id)");
      entries.forgetRows();
    },
  };
}

async function remove(sql: Sql, seqs: readonly bigint[]): Promise<number> {
  if (seqs.length > 0) await sql(REMOVE, [bigintArray(seqs)]);
  return seqs.length;
}
