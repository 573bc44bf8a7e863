import type { ActionIr, Constant, Template } from "../ir.ts";
import type { Action, LogAction, NotifyAction, SetAction } from "./generated/ast.ts";
import { limitsOf, showLimits } from "./limits.ts";
import { durationMs, inUnit } from "./quantity.ts";
import { nameOf, type RuleScope, type Target } from "./scope.ts";
import { KIND_NAMES, LEVELS } from "./words.ts";

/** The action with its value in the profile's unit, or undefined after a problem was reported. */
export function compileAction(scope: RuleScope, node: Action): ActionIr | undefined {
  switch (node.$type) {
    case "SetAction":
      return compileSet(scope, node);
    case "NotifyAction":
      return compileNotify(scope, node);
    case "LogAction":
      return { type: "log", text: compileTemplate(scope, node) };
  }
}

function compileSet(scope: RuleScope, node: SetAction): ActionIr | undefined {
  const verifyMs = node.verify === undefined ? null : durationMs(scope, node.verify);
  const { device, resource } = node.target;
  const target = scope.find(device, resource, node.target);
  if (target === undefined) return undefined;
  if (!target.type.writable) {
    const zh = `${nameOf(node.target)} 是只读的；可写与否由设备描述的 readWrite 决定`;
    const en = `${nameOf(node.target)} is read-only; readWrite in the device profile decides`;
    scope.error("read-only", node.target, zh, en);
    return undefined;
  }
  const value = valueToWrite(scope, node, target);
  if (value === undefined || verifyMs === undefined) return undefined;
  const { valueType, unit } = target.type;
  return { type: "set", device, resource, value, valueType, unit: unit.trim(), verifyMs };
}

const LITERAL_KINDS = { Quantity: "number", Truth: "boolean", Text: "string" } as const;

function valueToWrite(
  scope: RuleScope,
  { value, target: node }: SetAction,
  { type, kind }: Target,
): Constant | undefined {
  const written = LITERAL_KINDS[value.$type];
  if (written !== kind) {
    const [is, other] = [KIND_NAMES[kind], KIND_NAMES[written]];
    scope.error(
      "type-mismatch",
      value,
      `${nameOf(node)} 是${is.zh}，不能写入${other.zh}`,
      `${nameOf(node)} is ${is.en} and cannot be set to ${other.en}`,
    );
    return undefined;
  }
  if (value.$type === "Truth") return value.word === "true" || value.word === "真";
  if (value.$type === "Text") return value.text;
  const number = inUnit(scope, value, type.unit);
  if (number === undefined) return undefined;
  const limits = limitsOf(type);
  if (number < limits.min || number > limits.max) {
    const range = showLimits(limits, type.unit);
    scope.error("out-of-range", value, `${nameOf(node)} 的范围是 ${range}`, `${nameOf(node)} takes ${range}`);
    return undefined;
  }
  if (!type.valueType.startsWith("Float") && !Number.isSafeInteger(number)) {
    scope.error(
      "out-of-range",
      value,
      `${nameOf(node)} 只接受整数（绝对值小于 2^53）`,
      `${nameOf(node)} takes whole numbers (below 2^53)`,
    );
    return undefined;
  }
  return number;
}

function compileNotify(scope: RuleScope, node: NotifyAction): ActionIr | undefined {
  const level = node.level === undefined ? "normal" : LEVELS.get(node.level);
  if (level === undefined) {
    scope.error("unknown-word", node, "级别应为 严重、一般 或 轻微", "the level is critical, normal or minor", "level");
    return undefined;
  }
  return { type: "notify", text: compileTemplate(scope, node), channel: node.channel ?? null, level };
}

const PLACEHOLDER = /\{\{|\}\}|\{([^{}]*)\}/g;
const PLACE = /^\s*(?:"([^"]+)"|“([^”]+)”|([^\s"“”.．。]+))\s*[.．。]\s*(?:"([^"]+)"|“([^”]+)”|([^"“”]+?))\s*$/;

/** "{device.resource}" becomes an operand; "{{" and "}}" are braces. Quoted names as everywhere. */
function compileTemplate(scope: RuleScope, node: NotifyAction | LogAction): Template {
  const parts: (string | number)[] = [];
  let literal = "";
  let from = 0;
  for (const match of node.text.matchAll(PLACEHOLDER)) {
    literal += node.text.slice(from, match.index);
    from = match.index + match[0].length;
    if (match[1] === undefined) {
      literal += match[0].charAt(0);
      continue;
    }
    const operand = placeholderOperand(scope, node, match[1]);
    if (operand === undefined) continue;
    if (literal !== "") parts.push(literal);
    literal = "";
    parts.push(operand);
  }
  literal += node.text.slice(from);
  if (literal !== "") parts.push(literal);
  return parts;
}

function placeholderOperand(scope: RuleScope, node: NotifyAction | LogAction, inside: string): number | undefined {
  const match = PLACE.exec(inside);
  const device = match?.[1] ?? match?.[2] ?? match?.[3];
  const resource = match?.[4] ?? match?.[5] ?? match?.[6];
  if (device === undefined || resource === undefined) {
    scope.error(
      "bad-placeholder",
      node,
      `占位符应写成 {设备.资源}，而不是 {${inside}}；花括号本身写成 {{ }}`,
      `a placeholder is {device.resource}, not {${inside}}; a brace itself is written {{ or }}`,
      "text",
    );
    return undefined;
  }
  const target = scope.find(device, resource, node);
  return target && scope.operand(device, resource, target);
}
