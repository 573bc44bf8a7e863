/** What the front end makes of a rule and the engine runs: plain JSON, no text to parse, no unit left to convert. */
export interface RuleIr {
  readonly version: 1;
  readonly name: string;
  readonly priority: Priority;
  readonly operands: readonly OperandIr[];
  readonly condition: ConditionIr;
  readonly actions: readonly ActionIr[];
  /** Of everything above; names the version of the rule in a firing. */
  readonly hash: string;
  /** Of operands and condition only: state survives a change of the actions. */
  readonly conditionHash: string;
  /** 1-based line of the rule in its file. */
  readonly line: number;
}

export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

export type Priority = "high" | "normal" | "low";
export type Level = "critical" | "normal" | "minor";
export type ValueKind = "number" | "boolean" | "string";
export type Constant = number | boolean | string;
export type Relation = "=" | "!=" | "<" | "<=" | ">" | ">=";

export interface OperandIr {
  readonly device: string;
  readonly resource: string;
  readonly kind: ValueKind;
  /** EdgeX value type, for showing a Float32 with the digits it has. */
  readonly valueType: string;
  /** The profile's unit as the profile writes it; "" when it has none. */
  readonly unit: string;
}

export interface CompareIr {
  readonly type: "compare";
  /** Index into operands. */
  readonly left: number;
  readonly relation: Relation;
  readonly right: ConstantIr | OtherIr;
  /** A difference in the left operand's unit; 0 for none. */
  readonly hysteresis: number;
}
/** In the left operand's unit. */
export interface ConstantIr {
  readonly constant: Constant;
}
/** Another resource; its value * scale + offset is in the left operand's unit. */
export interface OtherIr {
  readonly operand: number;
  readonly scale: number;
  readonly offset: number;
}

export type ConditionIr =
  | CompareIr
  | { readonly type: "all" | "any"; readonly parts: readonly ConditionIr[] }
  | { readonly type: "not"; readonly part: ConditionIr }
  | { readonly type: "hold"; readonly part: ConditionIr; readonly ms: number };

/** Literal pieces, and operand indexes where a value is put in. */
export type Template = readonly (string | number)[];

export type ActionIr =
  | {
      readonly type: "set";
      readonly device: string;
      readonly resource: string;
      /** In the profile's unit. */
      readonly value: Constant;
      readonly valueType: string;
      readonly unit: string;
      /** Read back within this time; null when the rule does not ask. */
      readonly verifyMs: number | null;
    }
  | { readonly type: "notify"; readonly text: Template; readonly channel: string | null; readonly level: Level }
  | { readonly type: "log"; readonly text: Template };

/** Adds the hashes. Equal rules have equal hashes on every machine: the input is JSON with a fixed order of fields. */
export function sealRule(rule: Omit<RuleIr, "version" | "hash" | "conditionHash">): RuleIr {
  const { name, priority, operands, condition, actions, line } = rule;
  const hash = fnv1a64(JSON.stringify([1, name, priority, operands, condition, actions]));
  const conditionHash = fnv1a64(JSON.stringify([1, operands, condition]));
  return { version: 1, name, priority, operands, condition, actions, hash, conditionHash, line };
}

/** FNV-1a over UTF-16 units, 64 bits, as 16 hex digits. Source: draft-eastlake-fnv-21 §2. Names versions, secures nothing. */
function fnv1a64(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}
