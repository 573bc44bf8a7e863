import { AppError } from "@jx/kit";

/** What every paged list is asked with. */
export interface PageQuery {
  readonly offset: number;
  readonly limit: number;
}

/**
 * Rows of a page at most. `most` is what one answer may hold (Service.MaxResultCount), which a limit of −1 asks for.
 * @throws AppError ContractInvalid, in EdgeX's words (edgex-behaviour.md §0)
 */
export function rowsAtMost(limit: number, most: number): number {
  if (limit >= -1 && limit <= most) return limit === -1 ? most : limit;
  throw new AppError("ContractInvalid", `querystring limit's value ${limit} is out of min -1 ~ max ${most} range.`);
}

/**
 * An offset right at the end is not beyond it, and none is where nothing is there or asked for (edgex-behaviour.md §0).
 * @throws AppError RangeNotSatisfiable
 */
export function checkOffset({ offset, limit }: PageQuery, total: number): void {
  if (limit === 0 || total === 0 || offset <= total) return;
  const text = `query objects bounds out of range. length:${total} offset:${offset}`;
  throw new AppError("RangeNotSatisfiable", text);
}
