import type { CompareIr, ConditionIr, Relation, RuleIr } from "../ir.ts";

/**
 * All rules flattened into columns. Every comparison ("leaf") is a row of a few numbers judged by one of a closed set
 * of templates (judge.ts); what a rule makes of its leaves is a short postfix program. Text of a rule becomes indexes
 * and numbers here and code nowhere.
 */
export interface Tables {
  readonly rules: readonly RuleIr[];
  readonly keys: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly keyCount: number;
  /** 1 for keys of type Float32: they are compared as such, or 42.3 would not be equal to a reading of 42.3. */
  readonly single: Uint8Array;
  /** Leaves to judge when key k has a new value: leavesOfKey[firstOfKey[k] … firstOfKey[k + 1]). */
  readonly firstOfKey: Uint32Array;
  readonly leavesOfKey: Uint32Array;
  readonly leaf: LeafColumns;
  /** Pairs of operation and argument; rule r has program[programAt[r] … programAt[r + 1]). */
  readonly program: Int32Array;
  readonly programAt: Uint32Array;
  readonly depth: number;
  /** Leaves and holds of rule r, in the order of its condition. */
  readonly leafAt: Uint32Array;
  readonly holdAt: Uint32Array;
  readonly holdMs: Float64Array;
  readonly holdRule: Uint32Array;
}

export interface LeafColumns {
  readonly template: Uint8Array;
  readonly rule: Uint32Array;
  /** Keys; right is -1 for a constant. */
  readonly left: Uint32Array;
  readonly right: Int32Array;
  /** The limit while not true, and while true: they differ by the hysteresis. */
  readonly enter: Float64Array;
  readonly stay: Float64Array;
  /** right value * scale + offset is in the unit of the left. */
  readonly scale: Float64Array;
  readonly offset: Float64Array;
  /** The constant of a text comparison. */
  readonly text: readonly (string | undefined)[];
}

export const TEMPLATE = {
  above: 0,
  atLeast: 1,
  below: 2,
  atMost: 3,
  equal: 4,
  unequal: 5,
  sameText: 6,
  otherText: 7,
} as const;
export const OP = { leaf: 0, all: 1, any: 2, not: 3, hold: 4 } as const;

const NUMBER_TEMPLATES: Readonly<Record<Relation, number>> = {
  ">": TEMPLATE.above,
  ">=": TEMPLATE.atLeast,
  "<": TEMPLATE.below,
  "<=": TEMPLATE.atMost,
  "=": TEMPLATE.equal,
  "!=": TEMPLATE.unequal,
};

export function buildTables(rules: readonly RuleIr[]): Tables {
  const keys = new KeyTable();
  const leaves: LeafRow[] = [];
  const program: number[] = [];
  const holdMs: number[] = [];
  const holdRule: number[] = [];
  const starts = { program: [0], leaf: [0], hold: [0] };
  let depth = 1;

  for (const [index, rule] of rules.entries()) {
    const keyOf = rule.operands.map(({ device, resource, valueType }) => keys.add(device, resource, valueType));
    const emit = (node: ConditionIr, level: number): void => {
      depth = Math.max(depth, level);
      switch (node.type) {
        case "compare":
          program.push(OP.leaf, leaves.length);
          leaves.push(leafRow(index, rule, node, keyOf));
          break;
        case "not":
          emit(node.part, level);
          program.push(OP.not, 0);
          break;
        case "hold":
          emit(node.part, level);
          program.push(OP.hold, holdMs.length);
          holdMs.push(node.ms);
          holdRule.push(index);
          break;
        default:
          for (const [place, part] of node.parts.entries()) emit(part, level + place);
          program.push(node.type === "all" ? OP.all : OP.any, node.parts.length);
      }
    };
    emit(rule.condition, 1);
    starts.program.push(program.length);
    starts.leaf.push(leaves.length);
    starts.hold.push(holdMs.length);
  }

  return {
    rules,
    keys: keys.byDevice,
    keyCount: keys.count,
    single: Uint8Array.from(keys.single),
    ...leavesByKey(leaves, keys.count),
    leaf: leafColumns(leaves),
    program: Int32Array.from(program),
    programAt: Uint32Array.from(starts.program),
    depth,
    leafAt: Uint32Array.from(starts.leaf),
    holdAt: Uint32Array.from(starts.hold),
    holdMs: Float64Array.from(holdMs),
    holdRule: Uint32Array.from(holdRule),
  };
}

class KeyTable {
  readonly byDevice = new Map<string, Map<string, number>>();
  readonly single: number[] = [];

  get count(): number {
    return this.single.length;
  }

  add(device: string, resource: string, valueType: string): number {
    let resources = this.byDevice.get(device);
    if (resources === undefined) {
      resources = new Map();
      this.byDevice.set(device, resources);
    }
    const known = resources.get(resource);
    if (known !== undefined) return known;
    resources.set(resource, this.count);
    return this.single.push(valueType === "Float32" ? 1 : 0) - 1;
  }
}

interface LeafRow {
  readonly template: number;
  readonly rule: number;
  readonly left: number;
  readonly right: number;
  readonly enter: number;
  readonly stay: number;
  readonly scale: number;
  readonly offset: number;
  readonly text: string | undefined;
}

function leafRow(rule: number, { operands }: RuleIr, node: CompareIr, keyOf: readonly number[]): LeafRow {
  const { right, relation, hysteresis } = node;
  const operand = operands[node.left];
  const round = operand?.valueType === "Float32" ? Math.fround : Number;
  const constant = "constant" in right ? right.constant : 0;
  const enter = Number(constant);
  const stay = relation.startsWith(">") ? enter - hysteresis : enter + hysteresis;
  const textTemplate = relation === "=" ? TEMPLATE.sameText : TEMPLATE.otherText;
  return {
    template: operand?.kind === "string" ? textTemplate : NUMBER_TEMPLATES[relation],
    rule,
    left: keyOf[node.left] ?? 0,
    right: "operand" in right ? (keyOf[right.operand] ?? 0) : -1,
    enter: round(enter),
    stay: round(stay),
    scale: "operand" in right ? right.scale : 1,
    offset: "operand" in right ? right.offset : 0,
    text: typeof constant === "string" ? constant : undefined,
  };
}

function leafColumns(leaves: readonly LeafRow[]): LeafColumns {
  const doubles = (pick: (row: LeafRow) => number) => Float64Array.from(leaves, pick);
  return {
    template: Uint8Array.from(leaves, (row) => row.template),
    rule: Uint32Array.from(leaves, (row) => row.rule),
    left: Uint32Array.from(leaves, (row) => row.left),
    right: Int32Array.from(leaves, (row) => row.right),
    enter: doubles((row) => row.enter),
    stay: doubles((row) => row.stay),
    scale: doubles((row) => row.scale),
    offset: doubles((row) => row.offset),
    text: leaves.map((row) => row.text),
  };
}

function leavesByKey(leaves: readonly LeafRow[], keyCount: number): Pick<Tables, "firstOfKey" | "leavesOfKey"> {
  const lists: number[][] = Array.from({ length: keyCount }, () => []);
  for (const [leaf, { left, right }] of leaves.entries()) {
    lists[left]?.push(leaf);
    if (right >= 0 && right !== left) lists[right]?.push(leaf);
  }
  const firstOfKey = new Uint32Array(keyCount + 1);
  for (const [key, list] of lists.entries()) firstOfKey[key + 1] = (firstOfKey[key] ?? 0) + list.length;
  return { firstOfKey, leavesOfKey: Uint32Array.from(lists.flat()) };
}
