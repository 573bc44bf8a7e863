import type { Bilingual, CompareIr, ConditionIr, Relation, RuleIr } from "../ir.ts";
import { FALSE, TRUE, UNKNOWN } from "./judge.ts";
import type { Memory } from "./memory.ts";
import type { Tables } from "./tables.ts";
import { bracket, compareText, holdText, joinText, notText } from "./text.ts";
import type { ExplainedCondition, Explanation, OperandValue } from "./types.ts";

/** The operands of a rule with their last readings. */
export function operandValues({ keys }: Tables, memory: Memory, rule: RuleIr): OperandValue[] {
  return rule.operands.map(({ device, resource, unit }) => {
    const key = keys.get(device)?.get(resource) ?? -1;
    const reading = memory.reading[key];
    return {
      device,
      resource,
      value: scalar(reading?.value),
      unit,
      good: memory.good[key] === 1,
      origin: reading?.origin ?? 0n,
      eventId: memory.eventId[key] ?? "",
    };
  });
}

function scalar(value: unknown): OperandValue["value"] {
  switch (typeof value) {
    case "number":
    case "bigint":
    case "boolean":
    case "string":
      return value;
    default:
      return null;
  }
}

export function explainRule(tables: Tables, memory: Memory, index: number, rule: RuleIr): Explanation {
  const operands = operandValues(tables, memory, rule);
  return {
    rule: rule.name,
    hash: rule.hash,
    truth: asBoolean(memory.ruleTruth[index]),
    fired: memory.fired[index] === 1,
    condition: explainCondition(tables, memory, index, rule, operands),
    operands,
  };
}

/** One sentence for why the condition is true: of an `or` only what holds. */
export function reasonOf(condition: ConditionIr, explained: ExplainedCondition): Bilingual {
  const parts = condition.type === "all" || condition.type === "any" ? condition.parts : [];
  switch (condition.type) {
    case "compare":
    case "not":
      return explained.text;
    case "hold": {
      const [inner] = explained.parts;
      return inner === undefined
        ? explained.text
        : holdText(bracket(reasonOf(condition.part, inner), condition.part), condition.ms);
    }
    default: {
      const holding = explained.parts.flatMap((part, i) => {
        const node = parts[i];
        return node === undefined || part.truth !== true ? [] : [bracket(reasonOf(node, part), node)];
      });
      return holding.length === 0 ? explained.text : joinText(holding, "all");
    }
  }
}

function asBoolean(truth: number | undefined): boolean | null {
  return truth === TRUE ? true : truth === FALSE ? false : null;
}

function explainCondition(
  tables: Tables,
  memory: Memory,
  index: number,
  rule: RuleIr,
  values: readonly OperandValue[],
): ExplainedCondition {
  let leaf = tables.leafAt[index] ?? 0;
  let hold = tables.holdAt[index] ?? 0;

  // The walk visits leaves and holds in the order tables.ts numbered them.
  const walk = (node: ConditionIr): ExplainedCondition => {
    switch (node.type) {
      case "compare": {
        const at = leaf++;
        const truth = asBoolean(memory.truth[at]);
        return {
          text: compareText(rule, node, values),
          truth,
          margin: marginOf(tables, memory, at, rule, node),
          due: null,
          parts: [],
        };
      }
      case "not": {
        const part = walk(node.part);
        const truth = part.truth === null ? null : !part.truth;
        return { text: notText(part.text), truth, margin: null, due: null, parts: [part] };
      }
      case "hold": {
        const part = walk(node.part);
        const due = memory.timers.dueOf(hold++) ?? null;
        const truth = part.truth === true ? due === null : part.truth;
        return { text: holdText(bracket(part.text, node.part), node.ms), truth, margin: null, due, parts: [part] };
      }
      default: {
        const parts = node.parts.map(walk);
        const texts = parts.map((part, i) => bracket(part.text, node.parts[i] ?? node));
        const truths = parts.map(({ truth }) => (truth === null ? UNKNOWN : truth ? TRUE : FALSE));
        const truth = asBoolean(node.type === "all" ? Math.min(...truths) : Math.max(...truths));
        return { text: joinText(texts, node.type), truth, margin: null, due: null, parts };
      }
    }
  };
  return walk(rule.condition);
}

/** Robustness as in signal temporal logic: the distance to the limit, positive where the comparison is true. */
function marginOf(
  tables: Tables,
  memory: Memory,
  at: number,
  rule: RuleIr,
  node: CompareIr,
): ExplainedCondition["margin"] {
  const operand = rule.operands[node.left];
  if (operand?.kind !== "number" || memory.truth[at] === UNKNOWN) return null;
  const { leaf } = tables;
  const right = leaf.right[at] ?? -1;
  const other = right < 0 ? 0 : (memory.number[right] ?? 0) * (leaf.scale[at] ?? 1) + (leaf.offset[at] ?? 0);
  const limit = (memory.side[at] === 1 ? leaf.stay[at] : leaf.enter[at]) ?? 0;
  const above = (memory.number[leaf.left[at] ?? 0] ?? 0) - other - limit;
  // Six digits: the rest of a difference of two sensors is rounding.
  return { value: Number(inside(node.relation, above).toPrecision(6)) + 0, unit: operand.unit };
}

function inside(relation: Relation, above: number): number {
  if (relation.startsWith(">")) return above;
  if (relation.startsWith("<")) return -above;
  return relation === "=" ? -Math.abs(above) : Math.abs(above);
}
