import { CsvError, parse } from "csv-parse/sync";
import { problem } from "../problem.ts";
import { separatorOf } from "./text.ts";

export const MAX_ROWS = 20_000;
const MAX_COLUMNS = 100;
const MAX_CELL = 4_096;

export interface CellRow {
  /** As Excel counts: the heading is row 1. */
  readonly row: number;
  readonly cells: readonly string[];
}

/**
 * The rows of a table that are not empty; the first is the heading. Cells are trimmed.
 * @throws AppError bad-file: quotes that do not close, too many rows
 */
export function readCells(text: string, file: string): CellRow[] {
  let rows: string[][];
  try {
    rows = parse(text, {
      bom: true,
      delimiter: separatorOf(text),
      relax_column_count: true,
      max_record_size: MAX_COLUMNS * MAX_CELL,
      to: MAX_ROWS + 2,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number((error as { lines?: unknown }).lines ?? 0);
    throw problem(
      "bad-file",
      `${file}:${line}: 不是有效的 CSV：${error.message}`,
      `${file}:${line}: this is no valid CSV: ${error.message}`,
      error,
    );
  }
  if (rows.length > MAX_ROWS + 1) {
    throw problem(
      "bad-file",
      `${file} 超过 ${MAX_ROWS} 行；请分成几个文件。`,
      `${file} has more than ${MAX_ROWS} rows; split it into several files.`,
    );
  }
  return rows
    .map(
      (cells, i): CellRow => ({
        row: i + 1,
        cells: cells.slice(0, MAX_COLUMNS).map((cell) => cell.trim().slice(0, MAX_CELL)),
      }),
    )
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
}
