import type { Bilingual, CompareIr, ConditionIr, RuleIr, Template } from "../ir.ts";
import type { OperandValue } from "./types.ts";

/** "42.3 ℃"; "—" for a value that is not there. A Float32 shows the digits it has, not those of the double it lies in. */
export function showValue(value: OperandValue["value"], unit: string, valueType = "Float64"): string {
  if (value === null) return "—";
  const digits = typeof value === "number" && valueType === "Float32" ? shortestFloat32(value) : String(value);
  return unit === "" ? digits : `${digits} ${unit}`;
}

function shortestFloat32(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

/** "10 s", "5 min", "1 h", "250 ms". */
export function showMs(ms: number): string {
  for (const [size, unit] of [
    [3_600_000, "h"],
    [60_000, "min"],
    [1000, "s"],
  ] as const) {
    if (ms >= size && ms % size === 0) return `${ms / size} ${unit}`;
  }
  return ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`;
}

export function fillTemplate(template: Template, { operands }: RuleIr, values: readonly OperandValue[]): string {
  return template
    .map((part) => {
      if (typeof part === "string") return part;
      return showValue(values[part]?.value ?? null, values[part]?.unit ?? "", operands[part]?.valueType);
    })
    .join("");
}

/** "泵1 轴承温度 42.3 ℃ > 42 ℃", with the present values. */
export function compareText(rule: RuleIr, node: CompareIr, values: readonly OperandValue[]): Bilingual {
  const left = operandText(rule, node.left, values);
  const { right } = node;
  if ("constant" in right && typeof right.constant === "boolean") {
    const positive = right.constant === (node.relation === "=");
    const { device = "", resource = "" } = rule.operands[node.left] ?? {};
    return { zh: `${device} ${resource} 为${positive ? "真" : "假"}`, en: `${device} ${resource} is ${positive}` };
  }
  const unit = rule.operands[node.left]?.unit ?? "";
  const other = "constant" in right ? showConstant(right.constant, unit) : operandText(rule, right.operand, values);
  const text = `${left} ${node.relation} ${other}`;
  if (node.hysteresis === 0) return { zh: text, en: text };
  const width = showValue(node.hysteresis, unit);
  return { zh: `${text}（回差 ${width}）`, en: `${text} (hysteresis ${width})` };
}

function showConstant(constant: number | boolean | string, unit: string): string {
  return typeof constant === "string" ? JSON.stringify(constant) : showValue(constant, unit);
}

function operandText({ operands }: RuleIr, index: number, values: readonly OperandValue[]): string {
  const { device = "", resource = "", valueType } = operands[index] ?? {};
  const value = values[index];
  return `${device} ${resource} ${showValue(value?.value ?? null, value?.unit ?? "", valueType)}`;
}

export function holdText(inner: Bilingual, ms: number): Bilingual {
  return { zh: `${inner.zh}，持续 ${showMs(ms)}`, en: `${inner.en} for ${showMs(ms)}` };
}

export function notText(inner: Bilingual): Bilingual {
  return { zh: `并非（${inner.zh}）`, en: `not (${inner.en})` };
}

export function joinText(parts: readonly Bilingual[], how: "all" | "any"): Bilingual {
  const [zh, en] = how === "all" ? ["，且 ", " and "] : ["，或 ", " or "];
  return { zh: parts.map((part) => part.zh).join(zh), en: parts.map((part) => part.en).join(en) };
}

/** Brackets where a part joins several things itself. */
export function bracket(text: Bilingual, node: ConditionIr): Bilingual {
  return node.type === "all" || node.type === "any" ? { zh: `（${text.zh}）`, en: `(${text.en})` } : text;
}
