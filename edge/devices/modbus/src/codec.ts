import type { ReadingValue } from "@jx/device-sdk";
import { AppError } from "@jx/kit";

/** What registers may hold. */
export type RegisterType = "Int16" | "Uint16" | "Int32" | "Uint32" | "Int64" | "Uint64" | "Float32" | "Float64";

/** Bytes of registers ↔ one typed value. */
export interface RegisterCodec {
  readonly registers: 1 | 2 | 4;
  /** `at` is a byte offset into the registers as they came from the wire. */
  decode(view: DataView, at: number): number | bigint;
  /** Bytes as they go on the wire; throws ContractInvalid for what the registers cannot hold. */
  encode(value: ReadingValue): Uint8Array;
}

interface Cell {
  readonly bytes: 2 | 4 | 8;
  get(view: DataView, at: number): number | bigint;
  set(view: DataView, value: number | bigint): void;
  /** Limits of integers; floats have none here. */
  readonly range?: readonly [bigint, bigint];
}

const span = (bits: bigint, signed: boolean): readonly [bigint, bigint] =>
  signed ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];

/** Big-endian as V1.1b3, 4.2 has it for 16 bits; longer types carry it on: high word first. */
const CELLS: Readonly<Record<RegisterType, Cell>> = {
  Int16: { bytes: 2, get: (v, at) => v.getInt16(at), set: (v, x) => v.setInt16(0, Number(x)), range: span(16n, true) },
  Uint16: {
    bytes: 2,
    get: (v, at) => v.getUint16(at),
    set: (v, x) => v.setUint16(0, Number(x)),
    range: span(16n, false),
  },
  Int32: { bytes: 4, get: (v, at) => v.getInt32(at), set: (v, x) => v.setInt32(0, Number(x)), range: span(32n, true) },
  Uint32: {
    bytes: 4,
    get: (v, at) => v.getUint32(at),
    set: (v, x) => v.setUint32(0, Number(x)),
    range: span(32n, false),
  },
  Int64: {
    bytes: 8,
    get: (v, at) => v.getBigInt64(at),
    set: (v, x) => v.setBigInt64(0, BigInt(x)),
    range: span(64n, true),
  },
  Uint64: {
    bytes: 8,
    get: (v, at) => v.getBigUint64(at),
    set: (v, x) => v.setBigUint64(0, BigInt(x)),
    range: span(64n, false),
  },
  Float32: { bytes: 4, get: (v, at) => v.getFloat32(at), set: (v, x) => v.setFloat32(0, Number(x)) },
  Float64: { bytes: 8, get: (v, at) => v.getFloat64(at), set: (v, x) => v.setFloat64(0, Number(x)) },
};

export function isRegisterType(text: string): text is RegisterType {
  return Object.hasOwn(CELLS, text);
}

export function bytesOf(type: RegisterType): 2 | 4 | 8 {
  return CELLS[type].bytes;
}

/**
 * Whether `order` names each byte of `bytes` once: "A" is the most significant, the first letter the first on the wire.
 * "CDAB" are two registers, low word first; "GHEFCDAB" the same for four.
 */
export function isByteOrder(order: string, bytes: number): boolean {
  return order.length === bytes && [...order].sort().join("") === "ABCDEFGH".slice(0, bytes);
}

/**
 * `raw` is what the registers hold, `type` what the reading is; they differ where a float stands on integer registers.
 * `order`: see isByteOrder; undefined is big-endian.
 */
export function registerCodec(type: RegisterType, raw: RegisterType = type, order?: string): RegisterCodec {
  const cell = CELLS[raw];
  const reorder = order === undefined || order === "ABCDEFGH".slice(0, cell.bytes) ? undefined : wireOrder(order);
  const scratch = new DataView(new ArrayBuffer(8));
  const get = (view: DataView, at: number): number | bigint => {
    if (reorder === undefined) return cell.get(view, at);
    reorder.forEach((significance, i) => {
      scratch.setUint8(significance, view.getUint8(at + i));
    });
    return cell.get(scratch, 0);
  };
  return {
    registers: (cell.bytes / 2) as 1 | 2 | 4,
    // An Int32 may hold more digits than a Float32: what is stored must be what a Float32 can say.
    decode: type === "Float32" && raw !== "Float32" ? (view, at) => Math.fround(Number(get(view, at))) : get,
    encode(value) {
      cell.set(scratch, checked(value, type, raw));
      const bytes = new Uint8Array(cell.bytes);
      for (let i = 0; i < cell.bytes; i++) bytes[i] = scratch.getUint8(reorder?.[i] ?? i);
      return bytes;
    },
  };
}

/** Position on the wire → position in big-endian order. */
function wireOrder(order: string): readonly number[] {
  return [...order].map((letter) => letter.charCodeAt(0) - 65);
}

function checked(value: ReadingValue, type: RegisterType, raw: RegisterType): number | bigint {
  if (typeof value !== "number" && typeof value !== "bigint") {
    throw new AppError("ContractInvalid", `${String(value)} is no ${type}`);
  }
  const range = CELLS[raw].range;
  if (range === undefined) {
    if (raw === "Float32" && Number.isFinite(Number(value)) && !Number.isFinite(Math.fround(Number(value)))) {
      throw new AppError("ContractInvalid", `${value} is too large for a Float32`);
    }
    return value;
  }
  // A float on integer registers is rounded: 22.9 / 0.1 is 228.999…, and upstream's truncation would write 228.
  const whole = typeof value === "number" && type !== raw ? Math.round(value) : value;
  if (typeof whole === "number" && !Number.isInteger(whole))
    throw new AppError("ContractInvalid", `${value} is no ${type}`);
  if (BigInt(whole) < range[0] || BigInt(whole) > range[1]) {
    throw new AppError("ContractInvalid", `${value} does not fit: ${raw} goes from ${range[0]} to ${range[1]}`);
  }
  return whole;
}

/** Bit `index` of a bit table's answer: the first in the lowest bit of the first byte (V1.1b3, 6.1). */
export function tableBit(view: DataView, index: number): boolean {
  return ((view.getUint8(index >> 3) >> (index & 7)) & 1) === 1;
}

/** Packs coils for function 15 (V1.1b3, 6.11). */
export function packBits(bits: readonly boolean[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, i) => {
    if (bit) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (1 << (i & 7));
  });
  return bytes;
}

/** Bit of a register; 0 is the lowest. */
export function registerBit(view: DataView, at: number, bit: number): boolean {
  return ((view.getUint16(at) >> bit) & 1) === 1;
}

export function withRegisterBit(register: number, bit: number, on: boolean): number {
  return on ? register | (1 << bit) : register & ~(1 << bit) & 0xffff;
}
