import type { Reading, ReadingValue, ValueType } from "@jx/contracts";
import { isNumeric } from "@jx/contracts/value-type";
import { AppError } from "@jx/kit";

/** What aggregateFunc may ask for (go-mod-core-contracts common/constants.go). */
export const AGGREGATE_FUNCTIONS = ["MIN", "MAX", "COUNT", "SUM", "AVG"] as const;
export type AggregateFunction = (typeof AGGREGATE_FUNCTIONS)[number];

/** The readings that are made one: all of these names and this type, whatever their units and tags. */
export interface Group {
  readonly deviceName: string;
  readonly profileName: string;
  readonly resourceName: string;
  readonly valueType: ValueType;
}

/** The type of the result of a numeric group: counts Uint64, averages Float64, all else widened (edgex-behaviour.md §2.3). */
function resultType(func: AggregateFunction, type: ValueType): "Uint64" | "Int64" | "Float64" {
  if (func === "COUNT") return "Uint64";
  if (func === "AVG" || type.startsWith("Float")) return "Float64";
  return type.startsWith("Uint") ? "Uint64" : "Int64";
}

/**
 * The one reading of a group. `result` is decimal text, "NaN", "Infinity" or "-Infinity"; undefined when the group has no
 * value to work on: the reading is null then, of its own type. COUNT always has a result; what is no number counts 0.
 * @throws AppError ServerError when the exact result does not fit its type. EdgeX answers 500 without a reason to a sum
 * beyond Int64, and wraps one beyond Uint64.
 */
export function aggregated(group: Group, func: AggregateFunction, result: string | undefined): Reading {
  const { valueType } = group;
  const counted = func === "COUNT" && !isNumeric(valueType) ? "0" : result;
  const type = counted === undefined ? valueType : resultType(func, valueType);
  const value = counted === undefined ? null : fitted(type, counted);
  if (value === undefined) {
    const { deviceName, resourceName } = group;
    const text = `the ${func} of ${deviceName}/${resourceName} is ${counted}, which no ${type} can hold; ask for a shorter time range, or for AVG`;
    throw new AppError("ServerError", text, { code: "aggregate-overflow" });
  }
  return { ...group, valueType: type, value, origin: 0n, units: "", mediaType: "", tags: undefined };
}

const RANGE = { Int64: [-(1n << 63n), (1n << 63n) - 1n], Uint64: [0n, (1n << 64n) - 1n] } as const;

/** undefined when it does not fit. */
function fitted(type: ValueType, text: string): ReadingValue | undefined {
  if (type !== "Int64" && type !== "Uint64") {
    const value = Number(text);
    return Number.isFinite(value) || /^(NaN|-?Infinity)$/.test(text) ? value : undefined;
  }
  const value = BigInt(text);
  const [least, most] = RANGE[type];
  return value < least || value > most ? undefined : value;
}

/** By device, then resource, profile and type, each by its UTF-8 bytes; EdgeX orders by the device alone. */
export function compareGroups(a: Group, b: Group): number {
  return (
    compareText(a.deviceName, b.deviceName) ||
    compareText(a.resourceName, b.resourceName) ||
    compareText(a.profileName, b.profileName) ||
    compareText(a.valueType, b.valueType)
  );
}

/** The order of UTF-8 bytes is that of code points, which UTF-16 units of the planes beyond the first break. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  let i = 0;
  while (i < a.length && a.charCodeAt(i) === b.charCodeAt(i)) i += 1;
  // In the second half of a pair the first half says as much: both have the same.
  const [left = -1, right = -1] = [a.codePointAt(i), b.codePointAt(i)];
  return left - right;
}
