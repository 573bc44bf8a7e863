import type { ResourceType } from "../catalog.ts";
import type { Relation } from "../ir.ts";

export interface Limits {
  readonly min: number;
  readonly max: number;
}

/** What a number of this type can be: the profile's limits within those of an integer type. */
export function limitsOf({ valueType, min, max }: ResourceType): Limits {
  const integer = /^(Uint|Int)(8|16|32|64)$/.exec(valueType);
  const bits = Number(integer?.[2]);
  const lowest = integer === null ? -Infinity : integer[1] === "Uint" ? 0 : -(2 ** (bits - 1));
  const highest = integer === null ? Infinity : 2 ** (integer[1] === "Uint" ? bits : bits - 1) - 1;
  return { min: Math.max(lowest, min ?? -Infinity), max: Math.min(highest, max ?? Infinity) };
}

/** Whether `value relation constant` can come out only one way for values within the limits; undefined when both are possible. */
export function foregone(relation: Relation, constant: number, { min, max }: Limits): boolean | undefined {
  const either = (never: boolean, always: boolean) => (always ? true : never ? false : undefined);
  const outside = constant < min || constant > max;
  switch (relation) {
    case ">":
      return either(max <= constant, min > constant);
    case ">=":
      return either(max < constant, min >= constant);
    case "<":
      return either(min >= constant, max < constant);
    case "<=":
      return either(min > constant, max <= constant);
    case "=":
      return either(outside, false);
    case "!=":
      return either(false, outside);
  }
}

/** "0 … 3000 rpm", "≤ 100 ℃". */
export function showLimits({ min, max }: Limits, unit: string): string {
  const range = min === -Infinity ? `≤ ${max}` : max === Infinity ? `≥ ${min}` : `${min} … ${max}`;
  return `${range} ${unit}`.trim();
}
