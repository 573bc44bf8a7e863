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
  const equal = set.find(({ relation }) => relation === "=");
  if (equal !== undefined) return !set.every((bound) => satisfies(equal.constant, bound));
  const values = new Set(set.map(({ constant }) => constant));
  if (values.has(true) && values.has(false)) return true; // != true and != false
  const low = tightest(set, ">");
  const high = tightest(set, "<");
  if (low === undefined || high === undefined) return false;
  const bothClosed = low.relation === ">=" && high.relation === "<=";
  return low.constant > high.constant || (low.constant === high.constant && !bothClosed);
}

/** The bound that leaves least on its side; of equal ones the open one. */
function tightest(set: readonly Bound[], side: ">" | "<"): Bound | undefined {
  let best: Bound | undefined;
  for (const bound of set) {
    if (!bound.relation.startsWith(side)) continue;
    const tighter =
      best === undefined || (side === ">" ? bound.constant > best.constant : bound.constant < best.constant);
    if (tighter || (bound.constant === best?.constant && bound.relation === side)) best = bound;
  }
  return best;
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
