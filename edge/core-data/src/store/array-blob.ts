import type { ScalarType } from "@jx/contracts";
import { AppError } from "@jx/kit";

/**
 * Arrays of scalars as bytes: fixed width, little-endian (every platform Node runs on), 1 byte a Bool. Float32 keeps
 * what a float32 can hold. Strings, which have no width, are kept as JSON text instead.
 */
type Fixed = Exclude<ScalarType, "String">;
type NumberArray =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array;
type BigArray = BigUint64Array | BigInt64Array;
type Element = boolean | number | bigint | string;

const NUMBER_ARRAYS = {
  Uint8: Uint8Array,
  Uint16: Uint16Array,
  Uint32: Uint32Array,
  Int8: Int8Array,
  Int16: Int16Array,
  Int32: Int32Array,
  Float32: Float32Array,
  Float64: Float64Array,
} as const satisfies Partial<Record<Fixed, unknown>>;

/** @throws AppError ContractInvalid when an element does not fit; typed arrays would wrap it silently. */
export function arrayToBytes(type: Fixed, values: readonly Element[]): Uint8Array {
  const typed = fill(type, values);
  for (let i = 0; i < values.length; i += 1) {
    const given = type === "Bool" ? Number(values[i]) : values[i];
    if (!Object.is(typed[i], type === "Float32" ? Math.fround(given as number) : given)) {
      throw new AppError(
        "ContractInvalid",
        `element ${i} of ${type}Array is ${String(values[i])}, which is no ${type}`,
      );
    }
  }
  return new Uint8Array(typed.buffer);
}

function fill(type: Fixed, values: readonly Element[]): NumberArray | BigArray {
  const expected = type === "Bool" ? "boolean" : type === "Uint64" || type === "Int64" ? "bigint" : "number";
  for (const value of values) {
    if (typeof value !== expected)
      throw new AppError("ContractInvalid", `${type}Array holds ${typeof value} ${String(value)}`);
  }
  if (type === "Bool") return Uint8Array.from(values as readonly boolean[], Number);
  if (type === "Uint64") return BigUint64Array.from(values as readonly bigint[]);
  if (type === "Int64") return BigInt64Array.from(values as readonly bigint[]);
  return NUMBER_ARRAYS[type].from(values as readonly number[]);
}

export function bytesToArray(type: Fixed, bytes: Uint8Array): readonly Element[] {
  // A copy starts at offset 0, as wide elements need it.
  const buffer = bytes.slice().buffer;
  if (type === "Bool") return Array.from(bytes, (byte) => byte === 1);
  if (type === "Uint64") return Array.from(new BigUint64Array(buffer));
  if (type === "Int64") return Array.from(new BigInt64Array(buffer));
  return Array.from<number>(new NUMBER_ARRAYS[type](buffer));
}
