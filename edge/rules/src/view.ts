import type { Bilingual, RuleView } from "@jx/contracts";
import type { ExplainedCondition, Explanation, OperandValue, RuleIr } from "@jx/pangu";

export interface LoadedRule {
  readonly ir: RuleIr;
  readonly file: string;
  /** The rule as it was written. */
  readonly text: string;
  readonly problems: RuleView["problems"];
}

export interface RuleCounters {
  readonly firings: number;
  readonly lastFiring: bigint | undefined;
}

/** A rule with its state and why, for people. */
export function ruleView(rule: LoadedRule, explained: Explanation, counters: RuleCounters): RuleView {
  const waiting = explained.truth === false && dueOf(explained.condition) !== null;
  return {
    name: rule.ir.name,
    file: rule.file,
    line: rule.ir.line,
    hash: rule.ir.hash,
    priority: rule.ir.priority,
    text: rule.text,
    state: explained.truth === null ? "unknown" : explained.truth ? "true" : waiting ? "waiting" : "false",
    operands: explained.operands.map(operandView),
    explanation: sentence(explained.condition),
    firings: counters.firings,
    ...(counters.lastFiring === undefined ? {} : { lastFiring: counters.lastFiring }),
    problems: rule.problems,
  };
}

export function operandView(operand: OperandValue): RuleView["operands"][number] {
  return {
    deviceName: operand.device,
    resourceName: operand.resource,
    value: typeof operand.value === "bigint" ? operand.value.toString() : operand.value,
    units: operand.unit,
    ...(operand.eventId === "" ? {} : { origin: operand.origin, eventId: operand.eventId }),
  };
}

function dueOf(condition: ExplainedCondition): number | null {
  if (condition.due !== null) return condition.due;
  for (const part of condition.parts) {
    const due = dueOf(part);
    if (due !== null) return due;
  }
  return null;
}

/** Each clause with ✓, ✗ or ? and, where it compares numbers, how far it is from turning. */
function sentence(condition: ExplainedCondition): Bilingual {
  const clauses = clausesOf(condition).map(clause);
  return { zh: clauses.map(({ zh }) => zh).join("；"), en: clauses.map(({ en }) => en).join("; ") };
}

/** Down to the comparisons, but not below a `not`, whose words belong together. */
function clausesOf(condition: ExplainedCondition): readonly ExplainedCondition[] {
  const [first] = condition.parts;
  if (condition.parts.length > 1) return condition.parts.flatMap(clausesOf);
  const holds = first !== undefined && (first.truth === condition.truth || condition.due !== null);
  return holds && clausesOf(first).length > 1 ? clausesOf(first) : [condition];
}

function clause(condition: ExplainedCondition): Bilingual {
  const { text, truth } = condition;
  if (truth === null) return { zh: `? ${text.zh}（尚无可用数据）`, en: `? ${text.en} (no good reading yet)` };
  const mark = truth ? "✓" : "✗";
  const { margin, truth: inside } = leafOf(condition);
  // While a `for` runs the comparison holds and the clause does not: no distance says anything then.
  if (margin === null || inside !== truth) return { zh: `${mark} ${text.zh}`, en: `${mark} ${text.en}` };
  // With hysteresis the limit that ends a condition is another than the one that began it.
  const distance = `${Number(Math.abs(margin.value).toPrecision(4))} ${margin.unit}`.trim();
  return truth
    ? { zh: `${mark} ${text.zh}（再变 ${distance} 解除）`, en: `${mark} ${text.en} (ends ${distance} away)` }
    : { zh: `${mark} ${text.zh}（还差 ${distance}）`, en: `${mark} ${text.en} (${distance} short)` };
}

function leafOf(condition: ExplainedCondition): ExplainedCondition {
  const [only] = condition.parts;
  return only !== undefined && condition.parts.length === 1 ? leafOf(only) : condition;
}
