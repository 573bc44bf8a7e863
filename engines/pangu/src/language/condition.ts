import { convert, convertDifference, parseUnit, sameDimension } from "@jx/kit";
import type { CompareIr, ConditionIr, Relation } from "../ir.ts";
import type {
  AllOf,
  AnyOf,
  Comparison,
  Condition,
  Group,
  Modifier,
  Operand,
  Quantity,
  Value,
} from "./generated/ast.ts";
import { contradicts, exhausts } from "./intervals.ts";
import { foregone, limitsOf, showLimits } from "./limits.ts";
import { durationMs, inUnit, numberOf } from "./quantity.ts";
import { findOperand, nameOf, type RuleScope, type Target } from "./scope.ts";
import { KIND_NAMES, relationOf } from "./words.ts";

/** The condition with its constants in the profiles' units, or undefined after a problem was reported. */
export function compileCondition(scope: RuleScope, node: Condition): ConditionIr | undefined {
  switch (node.$type) {
    case "AnyOf":
    case "AllOf":
      return compileParts(scope, node);
    case "Not": {
      const part = compileCondition(scope, node.part);
      return part && { type: "not", part };
    }
    case "Group":
      return compileGroup(scope, node);
    case "Comparison":
      return compileComparison(scope, node);
  }
}

function compileParts(scope: RuleScope, node: AnyOf | AllOf): ConditionIr | undefined {
  const parts: ConditionIr[] = [];
  for (const child of node.parts) {
    const part = compileCondition(scope, child);
    if (part !== undefined) parts.push(part);
  }
  if (parts.length < node.parts.length) return undefined;
  if (node.$type === "AllOf" && contradicts(parts)) {
    scope.warn(
      "always-false",
      node,
      "这些条件互相矛盾，永远不成立",
      "these conditions contradict each other: this is never true",
    );
  }
  if (node.$type === "AnyOf" && exhausts(parts)) {
    scope.warn(
      "always-true",
      node,
      "这些条件涵盖所有取值，永远成立",
      "these conditions leave nothing out: this is always true",
    );
  }
  return { type: node.$type === "AllOf" ? "all" : "any", parts };
}

function compileGroup(scope: RuleScope, node: Group): ConditionIr | undefined {
  const { holdMs, width } = modifiersOf(scope, node.modifiers);
  const part = compileCondition(scope, node.condition);
  if (width !== undefined) {
    scope.error(
      "bad-hysteresis",
      width,
      "回差只能写在比较之后，不能写在括号之后",
      "a hysteresis belongs to a comparison, not to a bracket",
    );
  }
  return part && held(part, holdMs);
}

function held(part: ConditionIr, ms: number | undefined): ConditionIr {
  return ms === undefined ? part : { type: "hold", part, ms };
}

function modifiersOf(scope: RuleScope, modifiers: readonly Modifier[]) {
  let holdMs: number | undefined;
  let width: Quantity | undefined;
  const seen = new Set<string>();
  for (const modifier of modifiers) {
    if (seen.has(modifier.$type))
      scope.error("syntax", modifier, "持续或回差写了两次", "for or hysteresis is given twice");
    seen.add(modifier.$type);
    if (modifier.$type === "Hold") holdMs = durationMs(scope, modifier.duration);
    else width = modifier.width;
  }
  return { holdMs, width };
}

function compileComparison(scope: RuleScope, node: Comparison): ConditionIr | undefined {
  const { holdMs, width } = modifiersOf(scope, node.modifiers);
  const left = findOperand(scope, node.left);
  if (left === undefined) {
    if (node.right?.$type === "Operand") findOperand(scope, node.right);
    return undefined;
  }
  const relation = node.relation === undefined ? "=" : relationOf(node.relation);
  const right =
    node.right === undefined
      ? impliedTrue(scope, node.left, left.target)
      : rightSide(scope, node, relation, left.target, node.right);
  if (right === undefined) return undefined;
  const hysteresis = width === undefined ? 0 : hysteresisOf(scope, width, relation, left.target);
  return held({ type: "compare", left: left.index, relation, right, hysteresis }, holdMs);
}

function impliedTrue(scope: RuleScope, node: Operand, target: Target): CompareIr["right"] | undefined {
  if (target.kind === "boolean") return { constant: true };
  const kind = KIND_NAMES[target.kind];
  scope.error(
    "type-mismatch",
    node,
    `${nameOf(node)} 是${kind.zh}，须与某个值比较`,
    `${nameOf(node)} is ${kind.en}: compare it with something`,
  );
  return undefined;
}

const LITERAL_KINDS = { Quantity: "number", Truth: "boolean", Text: "string" } as const;

function rightSide(
  scope: RuleScope,
  node: Comparison,
  relation: Relation,
  left: Target,
  value: Value,
): CompareIr["right"] | undefined {
  const right = value.$type === "Operand" ? findOperand(scope, value) : undefined;
  if (value.$type === "Operand" && right === undefined) return undefined;
  const kind = value.$type === "Operand" ? right?.target.kind : LITERAL_KINDS[value.$type];
  if (kind === undefined || kind !== left.kind) {
    const [is, other] = [KIND_NAMES[left.kind], KIND_NAMES[kind ?? "string"]];
    scope.error(
      "type-mismatch",
      value,
      `${nameOf(node.left)} 是${is.zh}，不能与${other.zh}比较`,
      `${nameOf(node.left)} is ${is.en} and cannot be compared with ${other.en}`,
    );
    return undefined;
  }
  if (left.kind !== "number" && relation !== "=" && relation !== "!=") {
    scope.error(
      "type-mismatch",
      node,
      `布尔值和文字只能用 = 或 != 比较`,
      "booleans and texts are compared with = or != only",
      "relation",
    );
    return undefined;
  }
  switch (value.$type) {
    case "Quantity":
      return constantRight(scope, node.left, value, relation, left);
    case "Truth":
      return { constant: value.word === "true" || value.word === "真" };
    case "Text":
      return { constant: value.text };
    case "Operand":
      return right && otherRight(scope, value, right.index, left, right.target);
  }
}

function constantRight(
  scope: RuleScope,
  leftNode: Operand,
  value: Quantity,
  relation: Relation,
  left: Target,
): CompareIr["right"] | undefined {
  const constant = inUnit(scope, value, left.type.unit);
  if (constant === undefined) return undefined;
  const limits = limitsOf(left.type);
  const outcome = foregone(relation, constant, limits);
  if (outcome !== undefined) {
    const range = showLimits(limits, left.type.unit);
    scope.warn(
      outcome ? "always-true" : "always-false",
      value,
      `${nameOf(leftNode)} 的范围是 ${range}，此比较永远${outcome ? "" : "不"}成立`,
      `${nameOf(leftNode)} ranges over ${range}: this comparison is ${outcome ? "always" : "never"} true`,
    );
  }
  return { constant };
}

function otherRight(
  scope: RuleScope,
  node: Operand,
  operand: number,
  left: Target,
  right: Target,
): CompareIr["right"] | undefined {
  if (left.kind !== "number") return { operand, scale: 1, offset: 0 };
  const [to, from] = [parseUnit(left.type.unit), parseUnit(right.type.unit)];
  if (sameDimension(from, to)) {
    const offset = from.offset === to.offset ? 0 : convert(0, from, to);
    return { operand, scale: convertDifference(1, from, to), offset };
  }
  if (from.symbol === "" || to.symbol === "") {
    const zh = "两边之一在设备描述中没有单位，按相同单位比较";
    scope.warn("unit-missing", node, zh, "one side has no unit in its profile; compared as if the units were equal");
    return { operand, scale: 1, offset: 0 };
  }
  const zh = `单位不符：把${from.quantity.zh}与${to.quantity.zh}相比`;
  scope.error("unit-mismatch", node, zh, `${from.quantity.en} compared with ${to.quantity.en}`);
  return undefined;
}

function hysteresisOf(scope: RuleScope, width: Quantity, relation: Relation, left: Target): number {
  if (left.kind !== "number" || relation === "=" || relation === "!=") {
    scope.error("bad-hysteresis", width, "回差只用于 < <= > >= 比较", "a hysteresis goes with < <= > >= only");
    return 0;
  }
  if (numberOf(width) < 0) {
    scope.error("bad-hysteresis", width, "回差不能为负", "a hysteresis is not negative");
    return 0;
  }
  return inUnit(scope, width, left.type.unit, true) ?? 0;
}
