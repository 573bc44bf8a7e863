/** Pure: one unit's four tables made from its signals, and what a write to them means. */
import { decode, encode, wordsOf } from "./encode.ts";
import type { Point, Table } from "./points.ts";

/** Modbus Application Protocol V1.1b3, §7. */
export const EXCEPTION = {
  illegalFunction: 1,
  illegalAddress: 2,
  illegalValue: 3,
  deviceFailure: 4,
  busy: 6,
  gatewayTarget: 11,
} as const;

/** modbus-serial answers with the exception whose code stands in `modbusErrorCode`. */
export class ModbusException extends Error {
  readonly modbusErrorCode: number;

  constructor(code: number, message: string) {
    super(message);
    this.modbusErrorCode = code;
  }
}

export type Values = Readonly<Record<string, number | boolean>>;

/** Cells of one table: bits as 0 and 1, or words. Throws illegalAddress when one of them is not in the map. */
export function readCells(
  points: readonly Point[],
  values: Values,
  table: Table,
  address: number,
  count: number,
): number[] {
  const cells: number[] = [];
  for (let at = address; at < address + count; at++) cells.push(readCell(points, values, table, at));
  return cells;
}

function readCell(points: readonly Point[], values: Values, table: Table, address: number): number {
  let found: number | undefined;
  for (const point of points) {
    if (point.table !== table || address < point.address || address >= point.address + wordsOf(point)) continue;
    const value = values[point.name] ?? 0;
    if (point.rawType === "Bool") found = (found ?? 0) | (value === true ? 1 << (point.bit ?? 0) : 0);
    else found = encode(point, Number(value))[address - point.address] ?? 0;
  }
  if (found === undefined) throw new ModbusException(EXCEPTION.illegalAddress, `${table} ${address} is not in the map`);
  return found;
}

/**
 * The values that a write of `cells` from `address` on gives, in the map's order. Nothing is written in part: throws
 * illegalAddress when a cell is not in the map or only half of a two-word value is written, illegalValue beyond its limits.
 */
export function decodeWrite(
  points: readonly Point[],
  table: Table,
  address: number,
  cells: readonly number[],
): Map<string, number | boolean> {
  const values = new Map<string, number | boolean>();
  for (let at = address; at < address + cells.length; ) {
    const point = points.find((candidate) => candidate.table === table && candidate.address === at);
    const words = point === undefined ? 0 : wordsOf(point);
    if (point === undefined || at + words > address + cells.length) {
      throw new ModbusException(EXCEPTION.illegalAddress, `no whole value starts at ${table} ${at}`);
    }
    values.set(point.name, physical(point, cells.slice(at - address, at - address + words)));
    at += words;
  }
  return values;
}

function physical(point: Point, cells: readonly number[]): number | boolean {
  if (point.rawType === "Bool") return cells[0] !== 0;
  const value = decode(point, cells);
  // Written so that NaN fails as well.
  if (value >= (point.minimum ?? -Infinity) && value <= (point.maximum ?? Infinity)) return value;
  throw new ModbusException(
    EXCEPTION.illegalValue,
    `${point.name} takes ${point.minimum} to ${point.maximum} ${point.units}`,
  );
}
