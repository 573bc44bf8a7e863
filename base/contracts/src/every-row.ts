import { AppError, isAppError } from "@jx/kit";

export interface RowsPage<T> {
  readonly totalCount: number;
  readonly rows: readonly T[];
}

/** −1: as many rows as the service gives at once, whatever its Service.MaxResultCount is; a number may be refused. */
export interface WholePage {
  readonly offset: number;
  readonly limit: -1;
}

const TRIES = 5;

/**
 * Every row of a list that comes in pages, oldest first. The list may change between two pages: where a row has gone, those
 * behind it move up, and the next page would begin one too late. So each page begins with the last row of the one before;
 * where it does not, the list is read anew.
 * @throws AppError ServiceUnavailable when it changed during each of 5 tries; what `read` throws
 */
export async function everyRow<T extends { readonly name: string }>(
  read: (page: WholePage) => Promise<RowsPage<T>>,
): Promise<readonly T[]> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const rows = await everyRowAtOnce(read);
    if (rows !== undefined) return rows;
  }
  throw new AppError("ServiceUnavailable", "the list changed with every try to read it; try again", {
    code: "list-changes",
  });
}

/** undefined: rows went while it was read. */
async function everyRowAtOnce<T extends { readonly name: string }>(
  read: (page: WholePage) => Promise<RowsPage<T>>,
): Promise<readonly T[] | undefined> {
  const rows: T[] = [];
  for (;;) {
    const seam = rows.at(-1);
    const page = await read({ offset: Math.max(0, rows.length - 1), limit: -1 }).catch((error: unknown) => {
      // So many rows went that the next page lies behind the end.
      if (seam !== undefined && isAppError(error, "RangeNotSatisfiable")) return undefined;
      throw error;
    });
    if (page === undefined || (seam !== undefined && page.rows[0]?.name !== seam.name)) return undefined;
    const fresh = seam === undefined ? page.rows : page.rows.slice(1);
    rows.push(...fresh);
    if (fresh.length === 0 || rows.length >= page.totalCount) return rows;
  }
}
