import { DueHeap } from "./due-heap.ts";
import type { Tables } from "./tables.ts";
import type { ReadingLike, RuleState } from "./types.ts";

/** How far a rule has been judged; it decides the cause of its next firing. */
export const SEEN = { never: 0, beforeRestart: 1, now: 2 } as const;

/** Everything the engine remembers, as columns beside the tables. */
export class Memory {
  // of keys
  readonly number: Float64Array;
  readonly good: Uint8Array;
  readonly reading: (ReadingLike | undefined)[];
  readonly eventId: string[];
  // of leaves
  readonly truth: Int8Array;
  readonly side: Uint8Array;
  // of holds
  readonly since: Float64Array;
  readonly timers: DueHeap;
  // of rules
  readonly fired: Uint8Array;
  readonly seen: Uint8Array;
  readonly ruleTruth: Int8Array;
  /** Rules to judge at the end of a step. */
  readonly pending: NumberSet;
  readonly stack: Int8Array;
  /** Rules whose durable state changed since the host took it. */
  readonly #changed: NumberSet;

  constructor(tables: Tables) {
    const { keyCount, rules, leaf, holdMs, depth } = tables;
    this.number = new Float64Array(keyCount);
    this.good = new Uint8Array(keyCount);
    this.reading = new Array(keyCount).fill(undefined);
    this.eventId = new Array(keyCount).fill("");
    this.truth = new Int8Array(leaf.rule.length);
    this.side = new Uint8Array(leaf.rule.length);
    this.since = new Float64Array(holdMs.length).fill(NaN);
    this.timers = new DueHeap(holdMs.length);
    this.fired = new Uint8Array(rules.length);
    this.seen = new Uint8Array(rules.length);
    this.ruleTruth = new Int8Array(rules.length);
    this.pending = new NumberSet(rules.length);
    this.stack = new Int8Array(depth);
    this.#changed = new NumberSet(rules.length);
  }

  noteChange(rule: number): void {
    this.#changed.add(rule);
  }

  takeChanges(tables: Tables): RuleState[] {
    const states = Array.from(this.#changed, (rule) => this.stateOf(tables, rule));
    this.#changed.clear();
    return states;
  }

  stateOf({ rules, leafAt, holdAt }: Tables, rule: number): RuleState {
    const since = this.since.subarray(holdAt[rule], holdAt[rule + 1]);
    return {
      rule: rules[rule]?.name ?? "",
      conditionHash: rules[rule]?.conditionHash ?? "",
      fired: this.fired[rule] === 1,
      sides: Array.from(this.side.subarray(leafAt[rule], leafAt[rule + 1]), (side) => side === 1),
      since: Array.from(since, (time) => (Number.isNaN(time) ? null : time)),
    };
  }

  restore({ leafAt, holdAt }: Tables, rule: number, state: RuleState): void {
    const [leaf = 0, hold = 0] = [leafAt[rule], holdAt[rule]];
    this.fired[rule] = state.fired ? 1 : 0;
    this.seen[rule] = SEEN.beforeRestart;
    for (let i = leaf; i < (leafAt[rule + 1] ?? 0); i++) this.side[i] = state.sides[i - leaf] ? 1 : 0;
    for (let i = hold; i < (holdAt[rule + 1] ?? 0); i++) this.since[i] = state.since[i - hold] ?? NaN;
  }
}

/** Numbers 0 … capacity - 1, each once, in order of arrival; adding and clearing allocate nothing. */
export class NumberSet {
  readonly #members: Uint32Array;
  readonly #has: Uint8Array;
  size = 0;

  constructor(capacity: number) {
    this.#members = new Uint32Array(capacity);
    this.#has = new Uint8Array(capacity);
  }

  add(member: number): void {
    if (this.#has[member] !== 0) return;
    this.#has[member] = 1;
    this.#members[this.size++] = member;
  }

  at(index: number): number {
    return this.#members[index] as number;
  }

  clear(): void {
    for (let i = 0; i < this.size; i++) this.#has[this.at(i)] = 0;
    this.size = 0;
  }

  *[Symbol.iterator](): Generator<number> {
    for (let i = 0; i < this.size; i++) yield this.at(i);
  }
}
