import { type PageQuery, rowsAtMost } from "@jx/contracts";
import { AppError } from "@jx/kit";
import type { Page } from "./store/event-store.ts";

/** @throws AppError ContractInvalid */
export function pageOf({ offset, limit }: PageQuery, maxResults: number): Page {
  return { offset, limit: rowsAtMost(limit, maxResults) };
}

export function checkRange(range: { start: bigint; end: bigint }): void {
  if (range.end >= range.start) return;
  throw new AppError(
    "ContractInvalid",
    `end's value ${range.end} is not allowed to be less than start's value ${range.start}`,
  );
}
