import { AppError } from "@jx/kit";
import type { Named } from "./collection.ts";

export interface PageQuery {
  readonly offset: number;
  readonly limit: number;
}

/**
 * Cuts a list as EdgeX does (edgex-behaviour.md §0): limit −1 means `max`; a limit of 0 or an empty list gives nothing
 * at any offset; an offset beyond the end is refused, one right at the end is not.
 * @throws AppError ContractInvalid, RangeNotSatisfiable
 */
export function page<T>(rows: readonly T[], { offset, limit }: PageQuery, max: number): readonly T[] {
  checkLimit(limit, max);
  if (limit === 0 || rows.length === 0) return [];
  if (offset > rows.length) {
    const message = `query objects bounds out of range. length:${rows.length} offset:${offset}`;
    throw new AppError("RangeNotSatisfiable", message);
  }
  return rows.slice(offset, offset + (limit < 0 ? max : limit));
}

/** A tree's page is never out of range, and a limit of 0 or −1 is none (edgex-behaviour.md §1.1). */
export function pageOfTree<T>(rows: readonly T[], { offset, limit }: PageQuery, max: number): readonly T[] {
  checkLimit(limit, max);
  return rows.slice(offset, limit > 0 ? offset + limit : undefined);
}

function checkLimit(limit: number, max: number): void {
  if (limit >= -1 && limit <= max) return;
  throw new AppError("ContractInvalid", `querystring limit's value ${limit} is out of min -1 ~ max ${max} range.`);
}

/** Records that carry every one of the labels; all of them when none is asked for. */
export function withLabels<T extends Named>(rows: readonly T[], labels: readonly string[] | undefined): readonly T[] {
  if (labels === undefined || labels.length === 0) return rows;
  return rows.filter((row) => labels.every((label) => row.labels?.includes(label) === true));
}
