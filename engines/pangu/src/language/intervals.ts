import type { CompareIr, ConditionIr, Constant, Relation } from "../ir.ts";

const OPPOSITE: Readonly<Record<Relation, Relation>> = {
  "=": "!=",
  "!=": "=",
  "<": ">=",
  ">=": "<",
  ">": "<=",
  "<=": ">",
};

interface Bound {
  readonly relation: Relation;
  readonly constant: Constant;
}

/** Whether no value can satisfy all parts. Looks at comparisons of one resource with constants; false means "not seen". */
export function contradicts(parts: readonly ConditionIr[]): boolean {
  return emptyForSomeOperand(parts.flatMap((part) => bounds(part, false)));
}

/** Whether every value satisfies one of the parts: then their negations contradict. */
export function exhausts(parts: readonly ConditionIr[]): boolean {
  return emptyForSomeOperand(parts.flatMap((part) => bounds(part, true)));
}

function bounds(part: ConditionIr, negated: boolean): (Bound & { readonly left: number })[] {
  switch (part.type) {
    case "not":
      return bounds(part.part, !negated);
    case "hold": // implies what it holds; its negation implies nothing
      return negated ? [] : bounds(part.part, false);
    case "compare":
      return boundOf(part, negated);
    case "all":
      return negated ? [] : part.parts.flatMap((inner) => bounds(inner, false));
    case "any":
      return negated ? part.parts.flatMap((inner) => bounds(inner, true)) : [];
  }
}

function boundOf(
  { left, relation, right, hysteresis }: CompareIr,
  negated: boolean,
): (Bound & { readonly left: number })[] {
  if (!("constant" in right)) return [];
  if (negated) return [{ left, relation: OPPOSITE[relation], constant: right.constant }];
  // Within its hysteresis a comparison stays true, so only the release limit is certain.
  const slack = relation.startsWith(">") ? -hysteresis : hysteresis;
  return [{ left, relation, constant: typeof right.constant === "number" ? right.constant + slack : right.constant }];
}

function emptyForSomeOperand(all: readonly (Bound & { readonly left: number })[]): boolean {
  return [...Map.groupBy(all, ({ left }) => left).values()].some(isEmpty);
}

function isEmpty(set: readonly Bound[]): boolean {
  const equal = set.filter(({ relation }) => relation === "=").map(({ constant }) => constant);
  if (equal.length > 0) return equal.some((value) => !set.every((bound) => satisfies(value, bound)));
  const values = set.map(({ constant }) => constant);
  if (values.some((value) => typeof value === "boolean")) return new Set(values).size === 2; // != true and != false
  const lower = set.filter(({ relation }) => relation.startsWith(">"));
  const upper = set.filter(({ relation }) => relation.startsWith("<"));
  return lower.some((low) =>
    upper.some((high) => low.constant > high.constant || (low.constant === high.constant && !bothClosed(low, high))),
  );
}

function bothClosed(a: Bound, b: Bound): boolean {
  return a.relation.endsWith("=") && b.relation.endsWith("=");
}

function satisfies(value: Constant, { relation, constant }: Bound): boolean {
  switch (relation) {
    case "=":
      return value === constant;
    case "!=":
      return value !== constant;
    case "<":
      return value < constant;
    case "<=":
      return value <= constant;
    case ">":
      return value > constant;
    case ">=":
      return value >= constant;
  }
}
