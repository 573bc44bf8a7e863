import { AppError } from "@jx/kit";

/**
 * The one place that maps values between JavaScript and SQLite; the traps are node:sqlite's and SQLite's own.
 * Connections read every integer as bigint (`readBigInts`) and narrow it here, on purpose.
 */
export type SqlValue = null | number | bigint | string | Uint8Array;

const INT64_MIN = -(1n << 63n);
const INT64_MAX = (1n << 63n) - 1n;
const UINT64_MAX = (1n << 64n) - 1n;

function wrong(value: unknown, expected: string): AppError {
  const found = value === null ? "NULL" : `${typeof value} ${String(value).slice(0, 40)}`;
  return new AppError("Storage", `stored value is ${found}, expected ${expected}; run "jx doctor" to check the file`, {
    code: "sql-value",
  });
}

/** A whole number that fits a double exactly, to SQL; node:sqlite would bind a plain number as REAL. */
export function intToSql(value: number): bigint {
  if (!Number.isSafeInteger(value)) throw new AppError("ServerError", `${value} is no whole number below 2^53`);
  return BigInt(value);
}

/** @throws AppError Storage when the column holds no integer within ±2^53. */
export function sqlToInt(value: unknown): number {
  if (typeof value !== "bigint") throw wrong(value, "an integer");
  const narrow = Number(value);
  if (!Number.isSafeInteger(narrow)) throw wrong(value, "an integer within ±2^53");
  return narrow;
}

export function int64ToSql(value: bigint): bigint {
  if (value < INT64_MIN || value > INT64_MAX) throw new AppError("ServerError", `${value} does not fit int64`);
  return value;
}

export function sqlToInt64(value: unknown): bigint {
  if (typeof value !== "bigint") throw wrong(value, "an integer");
  return value;
}

/** SQLite has no uint64: shifted by 2^63 it fits, and ORDER BY and comparisons keep their meaning. */
export function uint64ToSql(value: bigint): bigint {
  if (value < 0n || value > UINT64_MAX) throw new AppError("ServerError", `${value} does not fit uint64`);
  return value + INT64_MIN;
}

export function sqlToUint64(value: unknown): bigint {
  return sqlToInt64(value) - INT64_MIN;
}

export function boolToSql(value: boolean): bigint {
  return value ? 1n : 0n;
}

export function sqlToBool(value: unknown): boolean {
  if (value !== 0n && value !== 1n) throw wrong(value, "0 or 1");
  return value === 1n;
}

const SPECIAL_FLOATS: ReadonlyMap<string, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
  ["-0", -0],
]);

/**
 * A double to SQL. SQLite stores NaN as NULL without a word and may lose the sign of zero, so the four special values
 * travel as text. The column must be declared without a type: REAL affinity would turn "-0" into 0.
 */
export function floatToSql(value: number): number | string {
  if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  return Object.is(value, -0) ? "-0" : String(value);
}

export function sqlToFloat(value: unknown): number {
  if (typeof value === "number") return value;
  const special = typeof value === "string" ? SPECIAL_FLOATS.get(value) : undefined;
  if (special === undefined) throw wrong(value, "a floating-point number");
  return special;
}

/** UTF-8 in the file: a lone surrogate, which is no Unicode text, would come back as U+FFFD and is refused. */
export function textToSql(value: string): string {
  if (!value.isWellFormed())
    throw new AppError("ContractInvalid", "text holds half a surrogate pair, which UTF-8 cannot keep");
  return value;
}

export function sqlToText(value: unknown): string {
  if (typeof value !== "string") throw wrong(value, "text");
  return value;
}

export function sqlToBytes(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw wrong(value, "bytes");
  return value;
}

/** Maps NULL to undefined and all else by `read`. */
export function optional<T>(read: (value: unknown) => T): (value: unknown) => T | undefined {
  return (value) => (value === null ? undefined : read(value));
}

/** undefined to NULL, on purpose; node:sqlite refuses undefined itself. */
export function orNull<T extends SqlValue>(value: T | undefined): T | null {
  return value === undefined ? null : value;
}
