import { AppError } from "@jx/kit";
import type { ActionIr, RuleIr } from "../ir.ts";
import { explainRule, reasonOf } from "./explain.ts";
import { FALSE, judgeLeaf, judgeRule, TRUE, UNKNOWN } from "./judge.ts";
import { Memory, SEEN } from "./memory.ts";
import { buildTables, type Tables } from "./tables.ts";
import { fillTemplate } from "./text.ts";
import type {
  Cause,
  EventLike,
  Explanation,
  Firing,
  HostTime,
  OperandValue,
  ReadingLike,
  ResolvedAction,
  RuleState,
} from "./types.ts";

export interface EngineOptions<R extends ReadingLike> {
  readonly rules: readonly RuleIr[];
  /**
   * Durable states of an earlier run. Each waits for the rule of its name, here or in a later `replace`: at start the
   * rules may not be compiled yet. For a rule with another condition it is ignored.
   */
  readonly states?: readonly RuleState[];
  /** False makes every comparison with this reading unknown. */
  readonly isGood: (reading: R) => boolean;
}

/**
 * Judges rules as events arrive. Has no clock and no timer of its own: the host gives the time with every call, looks
 * at `nextDue()` after each one and calls `advance` then. A rule fires once when its condition becomes true and again
 * only after the condition was known to be false. Values are compared as float64, so integers beyond 2^53 are rounded.
 */
export interface Engine<R extends ReadingLike = ReadingLike> {
  /**
   * Takes all readings of an event as one moment; allocates nothing while nothing fires. Timers due before fire first.
   * Firings of one moment come by priority, then in the order of the rules.
   */
  step(event: EventLike<R>, now: HostTime): readonly Firing[];
  /** Fires what became due. Calling it late or often changes no firing. */
  advance(now: HostTime): readonly Firing[];
  /** When `advance` is needed next; undefined while no `for` runs. */
  nextDue(): HostTime | undefined;
  /**
   * Puts other rules in place. A rule of the same name and condition keeps its state; last readings are kept too, so a
   * new rule that is true already fires at once.
   * @throws AppError DuplicateName; the old rules then stay
   */
  replace(rules: readonly RuleIr[], now: HostTime): readonly Firing[];
  /** Durable states that changed since the last call, for the host to store with its firings. */
  takeChanges(): RuleState[];
  /** The rule as it stands; undefined when there is no such rule. */
  explain(rule: string): Explanation | undefined;
  readonly rules: readonly RuleIr[];
}

/** @throws AppError DuplicateName when two rules have one name, ContractInvalid when a rule is of another version */
export function createEngine<R extends ReadingLike>(options: EngineOptions<R>): Engine<R> {
  return new PanguEngine(options);
}

const NOTHING: readonly Firing[] = [];
const RANK = { high: 0, normal: 1, low: 2 } as const;
const CAUSES: Readonly<Record<number, Cause>> = {
  [SEEN.never]: "true-at-start",
  [SEEN.beforeRestart]: "true-after-restart",
  [SEEN.now]: "rise",
};

class PanguEngine<R extends ReadingLike> implements Engine<R> {
  readonly #isGood: (reading: R) => boolean;
  /** States of the earlier run that no rule has claimed. */
  readonly #unclaimed: Map<string, RuleState>;
  #tables: Tables;
  #memory: Memory;
  #now = -Infinity;
  /** With the rule's place in the list, for the order in which they are handed over. */
  #firings: { readonly index: number; readonly firing: Firing }[] = [];
  /** Keys of the event in hand; longer than an event it never grows. */
  readonly #touched: number[] = [];

  constructor({ rules, states = [], isGood }: EngineOptions<R>) {
    this.#isGood = isGood;
    this.#unclaimed = new Map(states.map((state) => [state.rule, state]));
    [this.#tables, this.#memory] = prepare(rules, this.#unclaimed);
    this.#forgetClaimed();
  }

  get rules(): readonly RuleIr[] {
    return this.#tables.rules;
  }

  step(event: EventLike<R>, now: HostTime): readonly Firing[] {
    this.#fireDue(now);
    const { readings } = event;
    let count = 0;
    // Values first, judgement after: a comparison of two readings of one event never sees one new and one old.
    for (let i = 0; i < readings.length; i++) {
      const key = this.#take(readings[i] as R, event.id);
      if (key >= 0) this.#touched[count++] = key;
    }
    for (let i = 0; i < count; i++) this.#judgeKey(this.#touched[i] as number);
    this.#judgePending(this.#now);
    return this.#handOver();
  }

  advance(now: HostTime): readonly Firing[] {
    this.#fireDue(now);
    return this.#handOver();
  }

  nextDue(): HostTime | undefined {
    return this.#memory.timers.next;
  }

  replace(rules: readonly RuleIr[], now: HostTime): readonly Firing[] {
    this.#fireDue(now);
    const [oldTables, old] = [this.#tables, this.#memory];
    const states = new Map(this.#unclaimed);
    for (const [rule, { name }] of oldTables.rules.entries()) {
      if (old.seen[rule] !== SEEN.never) states.set(name, old.stateOf(oldTables, rule));
    }
    const [tables, memory] = prepare(rules, states);
    // What the host has not taken yet must not be lost with the old memory.
    for (let rule = 0; rule < rules.length; rule++) if (memory.seen[rule] !== SEEN.never) memory.noteChange(rule);
    [this.#tables, this.#memory] = [tables, memory];
    this.#forgetClaimed();
    for (const [device, resources] of oldTables.keys) {
      for (const [resource, key] of resources) {
        const reading = old.reading[key];
        if (reading === undefined || tables.keys.get(device)?.get(resource) === undefined) continue;
        this.#judgeKey(this.#take(reading as R, old.eventId[key] as string));
      }
    }
    this.#judgePending(this.#now);
    return this.#handOver();
  }

  takeChanges(): RuleState[] {
    return this.#memory.takeChanges(this.#tables);
  }

  explain(name: string): Explanation | undefined {
    const index = this.#tables.rules.findIndex((rule) => rule.name === name);
    const rule = this.#tables.rules[index];
    return rule && explainRule(this.#tables, this.#memory, index, rule);
  }

  #forgetClaimed(): void {
    for (const { name } of this.#tables.rules) this.#unclaimed.delete(name);
  }

  /** Stores a reading; its key, or -1 when no rule names it. */
  #take(reading: R, eventId: string): number {
    const key = this.#tables.keys.get(reading.deviceName)?.get(reading.resourceName);
    if (key === undefined) return -1;
    const memory = this.#memory;
    const number = toNumber(reading.value);
    memory.number[key] = this.#tables.single[key] === 1 ? Math.fround(number) : number;
    memory.good[key] = this.#isGood(reading) ? 1 : 0;
    memory.reading[key] = reading;
    memory.eventId[key] = eventId;
    return key;
  }

  #judgeKey(key: number): void {
    const { firstOfKey, leavesOfKey, leaf } = this.#tables;
    const memory = this.#memory;
    const end = firstOfKey[key + 1] as number;
    for (let i = firstOfKey[key] as number; i < end; i++) {
      const index = leavesOfKey[i] as number;
      const truth = judgeLeaf(this.#tables, memory, index);
      if (truth === memory.truth[index]) continue;
      memory.truth[index] = truth;
      const rule = leaf.rule[index] as number;
      memory.pending.add(rule);
      if (truth === UNKNOWN || memory.side[index] === (truth === TRUE ? 1 : 0)) continue;
      memory.side[index] = truth === TRUE ? 1 : 0;
      memory.noteChange(rule);
    }
  }

  /** Each due time is judged as the moment it was, in order, before anything later is looked at. */
  #fireDue(now: HostTime): void {
    if (now > this.#now) this.#now = now;
    const { timers, pending } = this.#memory;
    for (let due = timers.next; due !== undefined && due <= this.#now; due = timers.next) {
      while (timers.next === due) pending.add(this.#tables.holdRule[timers.pop()] as number);
      this.#judgePending(due);
    }
  }

  #judgePending(at: HostTime): void {
    const { pending } = this.#memory;
    for (let i = 0; i < pending.size; i++) this.#judge(pending.at(i), at);
    pending.clear();
  }

  #judge(rule: number, at: HostTime): void {
    const memory = this.#memory;
    const truth = judgeRule(this.#tables, memory, rule, at);
    memory.ruleTruth[rule] = truth;
    if (truth === UNKNOWN) return;
    const fired = memory.fired[rule] === 1;
    if (truth === TRUE && !fired) {
      memory.fired[rule] = 1;
      memory.noteChange(rule);
      this.#firings.push({ index: rule, firing: this.#firing(rule, at) });
    } else if (truth === FALSE && fired) {
      memory.fired[rule] = 0;
      memory.noteChange(rule);
    }
    if (memory.seen[rule] === SEEN.never) memory.noteChange(rule);
    memory.seen[rule] = SEEN.now;
  }

  #firing(index: number, at: HostTime): Firing {
    const rule = this.#tables.rules[index] as RuleIr;
    const { condition, operands } = explainRule(this.#tables, this.#memory, index, rule);
    return {
      rule: rule.name,
      hash: rule.hash,
      priority: rule.priority,
      at,
      cause: CAUSES[this.#memory.seen[index] ?? 0] ?? "rise",
      reason: reasonOf(rule.condition, condition),
      operands,
      actions: rule.actions.map((action) => resolve(action, rule, operands)),
    };
  }

  #handOver(): readonly Firing[] {
    if (this.#firings.length === 0) return NOTHING;
    const firings = this.#firings;
    this.#firings = [];
    firings.sort(
      (a, b) => a.firing.at - b.firing.at || RANK[a.firing.priority] - RANK[b.firing.priority] || a.index - b.index,
    );
    return firings.map(({ firing }) => firing);
  }
}

/** NaN, which judges as unknown, for whatever has no place on a number line. */
function toNumber(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "boolean" || typeof value === "bigint" ? Number(value) : NaN;
}

function resolve(action: ActionIr, rule: RuleIr, values: readonly OperandValue[]): ResolvedAction {
  return action.type === "set" ? action : { ...action, text: fillTemplate(action.text, rule, values) };
}

function prepare(rules: readonly RuleIr[], states: ReadonlyMap<string, RuleState>): [Tables, Memory] {
  const names = new Set<string>();
  for (const { name, version } of rules) {
    if (version !== 1)
      throw new AppError(
        "ContractInvalid",
        `rule "${name}" was compiled as version ${version}, this engine reads version 1; compile it again`,
      );
    if (names.has(name))
      throw new AppError("DuplicateName", `two rules are named "${name}"; names are unique over all files`);
    names.add(name);
  }
  const tables = buildTables(rules);
  const memory = new Memory(tables);
  for (const [index, { name, conditionHash }] of rules.entries()) {
    const state = states.get(name);
    if (state?.conditionHash === conditionHash) memory.restore(tables, index, state);
  }
  return [tables, memory];
}
