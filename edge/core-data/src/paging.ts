import { AppError } from "@jx/kit";
import type { List, Page } from "./store/event-store.ts";

/** limit −1 means as many as one answer may hold; more than that is refused (edgex-behaviour.md §0). */
export function pageOf(input: { offset: number; limit: number }, maxResults: number): Page {
  if (input.limit > maxResults) {
    throw new AppError(
      "ContractInvalid",
      `querystring limit's value ${input.limit} is out of min -1 ~ max ${maxResults} range.`,
    );
  }
  return { offset: input.offset, limit: input.limit === -1 ? maxResults : input.limit };
}

/** limit 0 or nothing there: an empty list at any offset; an offset beyond the end is 416. */
export function checkBounds(list: List<unknown>, page: Page): void {
  if (page.limit === 0 || list.totalCount === 0 || page.offset <= list.totalCount) return;
  throw new AppError(
    "RangeNotSatisfiable",
    `query objects bounds out of range. length:${list.totalCount} offset:${page.offset}`,
  );
}

export function checkRange(range: { start: bigint; end: bigint }): void {
  if (range.end >= range.start) return;
  throw new AppError(
    "ContractInvalid",
    `end's value ${range.end} is not allowed to be less than start's value ${range.start}`,
  );
}
