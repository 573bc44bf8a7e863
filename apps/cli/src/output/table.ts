import stringWidth from "string-width";
import type { Paint } from "./paint.ts";

const GAP = "  ";

/** Columns aligned by what a terminal shows: a Chinese character takes two cells. The last column is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, stringWidth(cell));
    });
  }
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === row.length - 1 ? cell : pad(cell, widths[i] ?? 0)))
        .join(GAP)
        .trimEnd(),
    )
    .join("\n");
}

/** The same with a heading. */
export function titled(paint: Paint, head: readonly string[], rows: readonly (readonly string[])[]): string {
  return table([head.map((cell) => paint.bold(cell)), ...rows]);
}

export function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - stringWidth(text)));
}
