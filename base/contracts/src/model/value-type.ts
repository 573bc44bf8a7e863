import { AppError } from "@jx/kit";

const SCALARS = [
  "Bool",
  "String",
  "Uint8",
  "Uint16",
  "Uint32",
  "Uint64",
  "Int8",
  "Int16",
  "Int32",
  "Int64",
  "Float32",
  "Float64",
] as const;

export type ScalarType = (typeof SCALARS)[number];
/** EdgeX's 27 value types (go-mod-core-contracts common/constants.go). */
export type ValueType = ScalarType | `${ScalarType}Array` | "Binary" | "Object" | "ObjectArray";

export const VALUE_TYPES: readonly ValueType[] = [
  ...SCALARS,
  "Binary",
  ...SCALARS.map((type) => `${type}Array` as const),
  "Object",
  "ObjectArray",
];

const BY_LOWER_CASE = new Map(VALUE_TYPES.map((type) => [type.toLowerCase(), type]));

/** EdgeX takes any letter case and stores the canonical one; undefined when it is no value type. */
export function normalizeValueType(text: string): ValueType | undefined {
  return BY_LOWER_CASE.get(text.toLowerCase());
}

export interface IntegerRange {
  readonly bits: 8 | 16 | 32 | 64;
  readonly signed: boolean;
  readonly min: bigint;
  readonly max: bigint;
}

function range(bits: 8 | 16 | 32 | 64, signed: boolean): IntegerRange {
  const span = 1n << BigInt(bits);
  return signed ? { bits, signed, min: -span / 2n, max: span / 2n - 1n } : { bits, signed, min: 0n, max: span - 1n };
}

const INTEGER_RANGES: ReadonlyMap<string, IntegerRange> = new Map([
  ["Uint8", range(8, false)],
  ["Uint16", range(16, false)],
  ["Uint32", range(32, false)],
  ["Uint64", range(64, false)],
  ["Int8", range(8, true)],
  ["Int16", range(16, true)],
  ["Int32", range(32, true)],
  ["Int64", range(64, true)],
]);

/** Width and limits of an integer type; undefined for all others. */
export function integerRange(type: ValueType): IntegerRange | undefined {
  return INTEGER_RANGES.get(type);
}

export function isNumeric(type: ValueType): boolean {
  return INTEGER_RANGES.has(type) || type === "Float32" || type === "Float64";
}

/** "Int16Array" → "Int16"; undefined when `type` is no array of scalars. */
export function elementType(type: ValueType): ScalarType | undefined {
  if (!type.endsWith("Array") || type === "ObjectArray") return undefined;
  return type.slice(0, -"Array".length) as ScalarType;
}

export function requireValueType(text: string, where: string): ValueType {
  const type = normalizeValueType(text);
  if (type === undefined) {
    throw new AppError(
      "ContractInvalid",
      `${where}: "${text}" is no EdgeX value type; use one of ${VALUE_TYPES.join(", ")}`,
    );
  }
  return type;
}
