import { registerCodec } from "@jx/device-modbus";
import { BYTES, byteOrder, type PointType } from "../import/words.ts";

/** What registers would mean as one type in one byte order. */
export interface Meaning {
  readonly type: PointType;
  /** "ABCD" …; A is the most significant byte. */
  readonly order: string;
  readonly registers: number;
  readonly value: number | bigint;
}

const USUAL: readonly (readonly [PointType, readonly string[]])[] = [
  ["Int16", ["AB", "BA"]],
  ["Uint16", ["AB", "BA"]],
  ["Int32", ["ABCD", "CDAB", "BADC", "DCBA"]],
  ["Uint32", ["ABCD", "CDAB", "BADC", "DCBA"]],
  ["Float32", ["ABCD", "CDAB", "BADC", "DCBA"]],
  ["Int64", ["ABCDEFGH", "GHEFCDAB"]],
  ["Float64", ["ABCDEFGH", "GHEFCDAB", "HGFEDCBA"]],
];

/** What each usual type would make of the registers, as far as they reach. */
export function meanings(registers: readonly number[]): Meaning[] {
  return USUAL.flatMap(([type, orders]) => orders.flatMap((order) => meaningOf(registers, type, order) ?? []));
}

/** undefined when the registers do not reach so far, or the order is none of this type. */
export function meaningOf(registers: readonly number[], type: PointType, orderText: string): Meaning | undefined {
  if (type === "Bool") return undefined;
  const bytes = BYTES[type];
  const order = byteOrder(orderText, bytes);
  if (order === undefined || registers.length * 2 < bytes) return undefined;
  const view = new DataView(new ArrayBuffer(registers.length * 2));
  registers.forEach((register, i) => {
    view.setUint16(i * 2, register);
  });
  return { type, order, registers: bytes / 2, value: registerCodec(type, type, order).decode(view, 0) };
}

/** Whether a person would take the value for a measurement: not a float of 1e-30, no NaN. */
export function isPlausible({ type, value }: Meaning): boolean {
  if (typeof value === "bigint" || !type.startsWith("Float")) return true;
  const size = Math.abs(value);
  return size === 0 || (size >= 1e-4 && size <= 1e9);
}
