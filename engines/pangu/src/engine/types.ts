import type { ActionIr, Bilingual, Level, Priority } from "../ir.ts";

/**
 * What the engine needs of an event; core data's Event fits as it is. The engine keeps references to readings, so they
 * are never changed after they were handed over. Of several readings of one resource in one event the last counts.
 */
export interface EventLike<R extends ReadingLike = ReadingLike> {
  readonly id: string;
  readonly readings: readonly R[];
}
export interface ReadingLike {
  readonly deviceName: string;
  readonly resourceName: string;
  readonly value: unknown;
  /** ns since 1970. */
  readonly origin: bigint;
}

/**
 * Host time in milliseconds: the wall clock read once at start plus the monotonic time since, so that a jump of the
 * clock neither fires nor delays a `for`, and a stored time still means something after a restart. A value below an
 * earlier one is taken as the earlier one.
 */
export type HostTime = number;

/** A reading as a firing or an explanation shows it. */
export interface OperandValue {
  readonly device: string;
  readonly resource: string;
  /** Null before the first reading and for what is no scalar. */
  readonly value: number | bigint | boolean | string | null;
  readonly unit: string;
  readonly good: boolean;
  /** ns since 1970; 0 before the first reading. */
  readonly origin: bigint;
  /** "" before the first reading. */
  readonly eventId: string;
}

/**
 * Why now: the condition became true; it was true when first judged; or it became true while the engine was not
 * running, seen against the restored state.
 */
export type Cause = "rise" | "true-at-start" | "true-after-restart";

export type ResolvedAction =
  | Extract<ActionIr, { type: "set" }>
  | { readonly type: "notify"; readonly text: string; readonly channel: string | null; readonly level: Level }
  | { readonly type: "log"; readonly text: string };

export interface Firing {
  readonly rule: string;
  readonly hash: string;
  readonly priority: Priority;
  /** When the condition became true; for a `for` its due time, also when the host looked later. */
  readonly at: HostTime;
  readonly cause: Cause;
  readonly reason: Bilingual;
  readonly operands: readonly OperandValue[];
  readonly actions: readonly ResolvedAction[];
}

/** What must outlive a restart of one rule. JSON. */
export interface RuleState {
  readonly rule: string;
  readonly conditionHash: string;
  /** Fired and not seen false since. */
  readonly fired: boolean;
  /** Of each comparison, in order: last known true, which decides between its two hysteresis limits. */
  readonly sides: readonly boolean[];
  /** Of each `for`, in order: since when its condition holds; null when it does not. */
  readonly since: readonly (HostTime | null)[];
}

/** The condition as it stands, for "why" and "why not". Truth is null while unknown. */
export interface Explanation {
  readonly rule: string;
  readonly hash: string;
  readonly truth: boolean | null;
  readonly fired: boolean;
  readonly condition: ExplainedCondition;
  readonly operands: readonly OperandValue[];
}
export interface ExplainedCondition {
  readonly text: Bilingual;
  readonly truth: boolean | null;
  /** Of a comparison of numbers: how far inside (above 0) or outside (below 0) its present limit, in `unit`. */
  readonly margin: { readonly value: number; readonly unit: string } | null;
  /** Of a running `for`: when it becomes true. */
  readonly due: HostTime | null;
  readonly parts: readonly ExplainedCondition[];
}
