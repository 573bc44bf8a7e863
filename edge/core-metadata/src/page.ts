import { checkOffset, type PageQuery, rowsAtMost } from "@jx/contracts";
import type { Named } from "./collection.ts";

/** @throws AppError ContractInvalid, RangeNotSatisfiable */
export function page<T>(rows: readonly T[], query: PageQuery, max: number): readonly T[] {
  const count = rowsAtMost(query.limit, max);
  checkOffset(query, rows.length);
  return rows.slice(query.offset, query.offset + count);
}

/** A tree's page is never out of range, and a limit of 0 or −1 is none (edgex-behaviour.md §1.1). */
export function pageOfTree<T>(rows: readonly T[], { offset, limit }: PageQuery, max: number): readonly T[] {
  rowsAtMost(limit, max);
  return rows.slice(offset, limit > 0 ? offset + limit : undefined);
}

/** Records that carry every one of the labels; all of them when none is asked for. */
export function withLabels<T extends Named>(rows: readonly T[], labels: readonly string[] | undefined): readonly T[] {
  if (labels === undefined || labels.length === 0) return rows;
  return rows.filter((row) => labels.every((label) => row.labels?.includes(label) === true));
}
