import { problem } from "../problem.ts";
import { readCells } from "./cells.ts";
import { readHeading } from "./columns.ts";
import { type PointRow, type RowOptions, type RowProblem, readRow } from "./rows.ts";
import { decodeTable, type Encoding } from "./text.ts";

export interface TableRead {
  readonly encoding: Encoding;
  readonly points: readonly PointRow[];
  readonly problems: readonly RowProblem[];
  /** Headings that mean nothing to us. */
  readonly unused: readonly string[];
}

/** Reads a whole points table. @throws AppError bad-file: no table at all; problems of rows are returned. */
export function readTable(bytes: Uint8Array, file: string, options: RowOptions): TableRead {
  const { text, encoding } = decodeTable(bytes, file);
  const [first, ...rest] = readCells(text, file);
  const heading = readHeading(first, file);
  if (options.addressing === undefined && !heading.at.has("addressing")) {
    throw problem(
      "usage",
      `${file} 没有说明地址怎么数：请加 --addressing zero（从 0 开始，与报文相同）或 --addressing modicon（40001 式），或加一列"编址"。`,
      `${file} does not say how its addresses count: add --addressing zero (from 0, as on the wire) or --addressing modicon (40001 style), or a column "Addressing".`,
    );
  }
  const points: PointRow[] = [];
  const problems: RowProblem[] = [];
  for (const row of rest) {
    const read = readRow(row, heading, options);
    problems.push(...read.problems);
    if (read.point !== undefined) points.push(read.point);
  }
  const across = checkAcross(points);
  const bad = new Set(across.map(({ row }) => row));
  return {
    encoding,
    points: points.filter(({ row }) => !bad.has(row)),
    problems: [...problems, ...across].sort((a, b) => a.row - b.row),
    unused: heading.unused,
  };
}

/** What no single row can show: a point twice, a device with two addresses, a device without one. */
function checkAcross(points: readonly PointRow[]): RowProblem[] {
  const problems: RowProblem[] = [];
  const complain = (row: number, column: string, zh: string, en: string): void =>
    void problems.push({ row, column, message: { zh, en } });
  for (const [device, rows] of Map.groupBy(points, (point) => point.device)) {
    const seen = new Map<string, number>();
    for (const { row, resource } of rows) {
      const before = seen.get(resource);
      if (before === undefined) seen.set(resource, row);
      else
        complain(
          row,
          "测点 / Resource",
          `${device} 的测点 "${resource}" 已在第 ${before} 行`,
          `"${resource}" of ${device} stands in row ${before} already`,
        );
    }
    for (const key of ["host", "port", "unit"] as const) {
      const first = rows.find((point) => point[key] !== undefined);
      const other = rows.find((point) => point[key] !== undefined && point[key] !== first?.[key]);
      if (first !== undefined && other !== undefined) {
        complain(
          other.row,
          COLUMN[key],
          `${device} 在第 ${first.row} 行是 ${first[key]}，这里是 ${other[key]}`,
          `${device} has ${first[key]} in row ${first.row} and ${other[key]} here`,
        );
      }
      if (first === undefined && key !== "port") {
        const [{ row } = { row: 0 }] = rows;
        complain(
          row,
          COLUMN[key],
          `${device} 没有${key === "host" ? "主机" : "站号"}；在它的任一行写明`,
          `${device} has no ${key === "host" ? "host" : "unit id"}; write it into one of its rows`,
        );
      }
    }
  }
  return problems;
}

const COLUMN = { host: "主机 / Host", port: "端口 / Port", unit: "站号 / Unit ID" } as const;
