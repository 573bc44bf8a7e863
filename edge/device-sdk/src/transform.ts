import { integerRange, isNumeric, type ReadingValue, type ResourceProperties, type ValueType } from "@jx/contracts";
import { AppError } from "@jx/kit";

/**
 * Raw device value ⇄ engineering value, in EdgeX's order (edgex-wire.md §7; device-sdk-go internal/transformer):
 * read mask → shift → base^v → × scale → + offset, write the inverse. mask 0, shift 0, base 0, scale 1, offset 0 = unset.
 * Differences (docs/differences-from-edgex.md): scale and offset keep their fraction on integer types, a division by
 * zero is an error instead of a panic, and bounds are not cast to the value's type.
 */
export type ReadResult =
  | { readonly value: ReadingValue; readonly valueType: ValueType }
  /** Published as String "overflow" or "NaN", as EdgeX does. */
  | { readonly failed: "overflow" | "NaN" };

type Num = number | bigint;

export function transformRead(value: ReadingValue, type: ValueType, properties: ResourceProperties): ReadResult {
  if (value === null || !isNumeric(type)) return { value, valueType: type };
  if (typeof value !== "number" && typeof value !== "bigint") {
    throw new AppError("ServerError", `the driver gave ${typeof value} where ${type} was expected`);
  }
  if (Number.isNaN(value)) return { failed: "NaN" };
  const masked = maskAndShift(value, type, properties);
  if (masked === undefined) return { failed: "overflow" };
  const { base, scale, offset } = factors(properties);
  if (base === undefined && scale === undefined && offset === undefined) return { value: masked, valueType: type };
  const result =
    exact(masked, base, scale, offset) ??
    (base === undefined ? Number(masked) : base ** Number(masked)) * (scale ?? 1) + (offset ?? 0);
  const fitted = fit(result, type, offset);
  return fitted === undefined ? { failed: "overflow" } : { value: fitted, valueType: type };
}

/** The inverse for one write: minimum and maximum first, on the engineering value. Throws ContractInvalid. */
export function transformWrite(value: ReadingValue, type: ValueType, properties: ResourceProperties): ReadingValue {
  if (value === null || !isNumeric(type)) return value;
  if (typeof value !== "number" && typeof value !== "bigint") {
    throw new AppError("ServerError", `${typeof value} given where ${type} was expected`);
  }
  const { maximum, minimum } = properties;
  if (maximum !== undefined && value > maximum) {
    throw new AppError("ContractInvalid", `set command parameter out of maximum value ${maximum}`);
  }
  if (minimum !== undefined && value < minimum) {
    throw new AppError("ContractInvalid", `set command parameter out of minimum value ${minimum}`);
  }
  const { base, scale, offset } = factors(properties);
  let raw: Num = value;
  if (base !== undefined || scale !== undefined || offset !== undefined) {
    const inverse = exactInverse(value, base, scale, offset) ?? inverseFloat(Number(value), base, scale, offset);
    const fitted = fit(inverse, type, (offset ?? 0) / (scale ?? 1));
    if (fitted === undefined) {
      throw new AppError(
        "ContractInvalid",
        `overflow: ${value} becomes ${inverse} before it is written, which ${type} cannot hold`,
      );
    }
    raw = fitted;
  }
  const shifted = unshiftAndMask(raw, type, properties);
  if (shifted === undefined) {
    throw new AppError("ContractInvalid", `overflow: ${value} shifted by ${properties.shift} does not fit ${type}`);
  }
  return shifted;
}

interface Factors {
  readonly base: number | undefined;
  readonly scale: number | undefined;
  readonly offset: number | undefined;
}

function factors({ base, scale, offset }: ResourceProperties): Factors {
  return {
    base: base === 0 ? undefined : base,
    scale: scale === 1 ? undefined : scale,
    offset: offset === 0 ? undefined : offset,
  };
}

function inverseFloat(value: number, base?: number, scale = 1, offset = 0): number {
  const scaled = (value - offset) / scale;
  return base === undefined ? scaled : Math.log(scaled) / Math.log(base);
}

/** 64-bit integers with whole factors stay exact; undefined when a float has to do. */
function exact(value: Num, base?: number, scale = 1, offset = 0): bigint | undefined {
  if (typeof value !== "bigint" || base !== undefined) return undefined;
  if (!Number.isSafeInteger(scale) || !Number.isSafeInteger(offset)) return undefined;
  return value * BigInt(scale) + BigInt(offset);
}

function exactInverse(value: Num, base?: number, scale = 1, offset = 0): bigint | undefined {
  if (typeof value !== "bigint" || base !== undefined || scale === 0) return undefined;
  if (!Number.isSafeInteger(scale) || !Number.isSafeInteger(offset)) return undefined;
  const difference = value - BigInt(offset);
  return difference % BigInt(scale) === 0n ? difference / BigInt(scale) : undefined;
}

/**
 * Binary fractions such as 0.1 leave dust: 30 × 0.1 = 3.0000000000000004 is the integer 3. Four roundings of the
 * largest number on the way; anything more is a real fraction.
 */
const DUST = 2 ** -50;

/**
 * The result as the type holds it; undefined when it cannot: out of range, infinite, or a fraction on an integer.
 * `addend` is what was added last: it sets how much dust there may be.
 */
function fit(value: Num, type: ValueType, addend = 0): Num | undefined {
  const range = integerRange(type);
  if (range === undefined) {
    const float = type === "Float32" ? Math.fround(Number(value)) : Number(value);
    return Number.isFinite(float) ? float : undefined;
  }
  let whole: bigint;
  if (typeof value === "bigint") whole = value;
  else {
    const rounded = Math.round(value);
    if (!Number.isFinite(value) || Math.abs(value - rounded) > DUST * (1 + Math.abs(value) + Math.abs(addend)))
      return undefined;
    whole = BigInt(rounded);
  }
  if (whole < range.min || whole > range.max) return undefined;
  return range.bits === 64 ? whole : Number(whole);
}

/** Integers only. A positive shift moves right on read, a negative one left. undefined: left-shifted out of the type. */
function maskAndShift(value: Num, type: ValueType, { mask = 0, shift = 0 }: ResourceProperties): Num | undefined {
  const range = integerRange(type);
  if (range === undefined || (mask === 0 && shift === 0)) return value;
  let bits = BigInt(value);
  if (mask !== 0) bits = wrap(BigInt.asUintN(range.bits, bits) & BigInt.asUintN(range.bits, BigInt(mask)), range);
  return fit(bits >> shiftOf(shift), type);
}

function unshiftAndMask(value: Num, type: ValueType, { mask = 0, shift = 0 }: ResourceProperties): Num | undefined {
  const range = integerRange(type);
  if (range === undefined || (mask === 0 && shift === 0)) return value;
  let bits = BigInt(value) << shiftOf(shift);
  if (mask !== 0) bits = wrap(BigInt.asUintN(range.bits, bits) & BigInt.asUintN(range.bits, BigInt(mask)), range);
  return fit(bits, type);
}

/** Beyond 64 all bits are gone, and a profile's huge shift must not ask for gigabytes. */
function shiftOf(shift: number): bigint {
  return BigInt(Math.max(-64, Math.min(64, shift)));
}

function wrap(bits: bigint, range: { bits: number; signed: boolean }): bigint {
  return range.signed ? BigInt.asIntN(range.bits, bits) : bits;
}
