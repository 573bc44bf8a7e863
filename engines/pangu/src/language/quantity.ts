import { convert, convertDifference, parseUnit, sameDimension, type Unit } from "@jx/kit";
import type { Quantity } from "./generated/ast.ts";
import type { RuleScope } from "./scope.ts";

export function numberOf(quantity: Quantity): number {
  return quantity.minus ? -quantity.number : quantity.number;
}

/** The quantity in `unit`, or undefined after a unit mismatch was reported. A missing unit is taken as the profile's. */
export function inUnit(scope: RuleScope, quantity: Quantity, unitText: string, difference = false): number | undefined {
  const value = numberOf(quantity);
  const unit = parseUnit(unitText);
  if (!Number.isFinite(value)) {
    scope.error("out-of-range", quantity, "数太大，超出 1.8e308", "the number is too large, beyond 1.8e308");
    return undefined;
  }
  if (quantity.unit === undefined) {
    if (unit.symbol !== "") {
      const zh = `没有写单位，按设备描述的 ${unitText.trim()} 处理`;
      scope.warn("unit-missing", quantity, zh, `no unit given; taken as ${unitText.trim()} from the profile`);
    }
    return value;
  }
  const written = parseUnit(quantity.unit);
  if (unit.symbol === "") {
    const zh = `设备描述没有单位，${written.symbol} 未起作用`;
    scope.warn(
      "unit-unexpected",
      quantity,
      zh,
      `the profile gives no unit, so ${written.symbol} has no effect`,
      "unit",
    );
    return value;
  }
  if (!sameDimension(written, unit)) {
    reportMismatch(scope, quantity, written, unit, unitText.trim());
    return undefined;
  }
  return difference ? convertDifference(value, written, unit) : convert(value, written, unit);
}

function reportMismatch(scope: RuleScope, quantity: Quantity, written: Unit, unit: Unit, unitText: string): void {
  const zh = `单位不符：把${written.quantity.zh}与${unit.quantity.zh}相比；请用 ${unitText} 或同类单位`;
  const en = `${written.quantity.en} compared with ${unit.quantity.en}; write it in ${unitText} or a unit of the same kind`;
  scope.error("unit-mismatch", quantity, zh, en, "unit");
}

const SECONDS = parseUnit("s");

/** A duration in milliseconds, above 0 and at most 366 days; undefined after a problem was reported. */
export function durationMs(scope: RuleScope, quantity: Quantity): number | undefined {
  const unit = parseUnit(quantity.unit ?? "");
  if (!sameDimension(unit, SECONDS)) {
    scope.error(
      "bad-duration",
      quantity,
      "时长要有时间单位，如 10 s、5 min、1 h",
      "a duration has a unit of time, such as 10 s, 5 min or 1 h",
    );
    return undefined;
  }
  const ms = Math.round(convert(numberOf(quantity), unit, SECONDS) * 1e6) / 1e3;
  if (ms > 0 && ms <= 366 * 86_400_000) return ms;
  scope.error(
    "bad-duration",
    quantity,
    "时长须大于 0 且不超过 366 天",
    "a duration is more than 0 and at most 366 days",
  );
  return undefined;
}
