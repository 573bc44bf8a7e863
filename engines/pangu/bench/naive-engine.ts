import type { CompareIr, ConditionIr, RuleIr } from "../src/ir.ts";

/**
 * The obvious way: walk the tree of every rule at every event. The property test holds the engine against it, the
 * benchmark measures against it. Shares nothing with the engine but the rule type.
 */
export interface NaiveEvent {
  readonly readings: readonly {
    readonly deviceName: string;
    readonly resourceName: string;
    readonly value: unknown;
    readonly good?: boolean;
  }[];
}

interface Named {
  readonly ir: RuleIr;
  readonly names: readonly string[];
}

interface Node {
  readonly ir: ConditionIr;
  readonly parts: readonly Node[];
  side: boolean;
  since: number | undefined;
  due: number | undefined;
}

function nodeOf(ir: ConditionIr): Node {
  const parts = "parts" in ir ? ir.parts : "part" in ir ? [ir.part] : [];
  return { ir, parts: parts.map(nodeOf), side: false, since: undefined, due: undefined };
}

export class NaiveEngine {
  readonly #rules: ({ readonly root: Node; fired: boolean } & Named)[];
  readonly #values = new Map<string, { readonly value: unknown; readonly good: boolean }>();

  constructor(rules: readonly RuleIr[]) {
    this.#rules = rules.map((ir) => {
      const names = ir.operands.map(({ device, resource }) => `${device}\0${resource}`);
      return { ir, names, root: nodeOf(ir.condition), fired: false };
    });
  }

  step(event: NaiveEvent, now: number): { rule: string; at: number }[] {
    const firings = this.advance(now);
    for (const { deviceName, resourceName, value, good } of event.readings) {
      this.#values.set(`${deviceName}\0${resourceName}`, { value, good: good ?? true });
    }
    return [...firings, ...this.#judgeAll(now)];
  }

  advance(now: number): { rule: string; at: number }[] {
    const firings = [];
    for (let due = this.#earliest(); due <= now; due = this.#earliest()) firings.push(...this.#judgeAll(due));
    return firings;
  }

  #earliest(): number {
    const least = (node: Node): number => Math.min(node.due ?? Infinity, ...node.parts.map(least));
    return Math.min(Infinity, ...this.#rules.map(({ root }) => least(root)));
  }

  #judgeAll(now: number): { rule: string; at: number }[] {
    const firings = [];
    for (const rule of this.#rules) {
      const truth = this.#judge(rule, rule.root, now);
      if (truth === true && !rule.fired) firings.push({ rule: rule.ir.name, at: now });
      if (truth !== undefined) rule.fired = truth;
    }
    return firings;
  }

  #judge(rule: Named, node: Node, now: number): boolean | undefined {
    const { ir } = node;
    if (ir.type === "compare") return this.#compare(rule, node, ir);
    const truths = node.parts.map((part) => this.#judge(rule, part, now));
    const [first] = truths;
    switch (ir.type) {
      case "all":
        return truths.includes(false) ? false : truths.includes(undefined) ? undefined : true;
      case "any":
        return truths.includes(true) ? true : truths.includes(undefined) ? undefined : false;
      case "not":
        return first === undefined ? undefined : !first;
      case "hold":
        node.due = undefined;
        if (first === false) node.since = undefined;
        if (first !== true) return first;
        node.since ??= now;
        if (now >= node.since + ir.ms) return true;
        node.due = node.since + ir.ms;
        return false;
    }
  }

  #compare(rule: Named, node: Node, { left, relation, right, hysteresis }: CompareIr): boolean | undefined {
    const a = this.#operand(rule, left);
    const b = "constant" in right ? right.constant : this.#operand(rule, right.operand);
    if (a === undefined || b === undefined) return undefined;
    const texts = Number(typeof a === "string") + Number(typeof b === "string");
    if (rule.ir.operands[left]?.kind === "string") return texts < 2 ? undefined : (a === b) === (relation === "=");
    if (texts > 0) return undefined;
    const difference = Number(a) - ("constant" in right ? Number(b) : Number(b) * right.scale + right.offset);
    if (Number.isNaN(difference)) return undefined;
    const slack = node.side ? hysteresis : 0;
    switch (relation) {
      case ">":
        node.side = difference > -slack;
        break;
      case ">=":
        node.side = difference >= -slack;
        break;
      case "<":
        node.side = difference < slack;
        break;
      case "<=":
        node.side = difference <= slack;
        break;
      case "=":
        node.side = difference === 0;
        break;
      case "!=":
        node.side = difference !== 0;
    }
    return node.side;
  }

  #operand({ names }: Named, index: number): number | boolean | string | undefined {
    const last = this.#values.get(names[index] ?? "");
    const { value, good } = last ?? {};
    if (!good || (typeof value !== "number" && typeof value !== "boolean" && typeof value !== "string"))
      return undefined;
    return value;
  }
}
