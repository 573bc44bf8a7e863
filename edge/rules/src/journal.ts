import type { Firing } from "@jx/contracts";
import { sleep } from "@jx/kit";
import type { RuleState } from "@jx/pangu";
import type { Counter, Logger, Metrics } from "@jx/runtime";
import type { FiringLog, KeptFiring } from "./store/firing-log.ts";

export interface JournalDeps {
  readonly firings: FiringLog;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly signal: AbortSignal;
}

const RETRY_MS = 1_000;
/** Once the edge stops a refusing disk is tried so many times more. */
const LAST_TRIES = 3;
const LAST_RETRY_MS = 200;
/** Firings that may wait for a disk that refuses; beyond, the oldest is dropped and counted. */
const MAX_WAITING = 10_000;

/**
 * Firings and rule states on their way to the disk. One write at a time; what comes meanwhile goes with the next one, of
 * each rule only the newest state. So a slow or full disk holds up no rule, and nothing here grows without a bound.
 */
export class Journal implements AsyncDisposable {
  readonly #deps: JournalDeps;
  readonly #lost: Counter;
  #states = new Map<string, RuleState | null>();
  #firings = new Map<string, KeptFiring>();
  #writing: Promise<void> | undefined;

  constructor(deps: JournalDeps) {
    this.#deps = deps;
    this.#lost = deps.metrics.counter("jx_rules_firings_lost_total", "Firings that the disk did not take in time");
  }

  /** States that changed, and with them the firings that changed them: both are in one transaction. */
  begin(firings: readonly Firing[], states: readonly RuleState[]): void {
    for (const state of states) this.#states.set(state.rule, state);
    for (const firing of firings) this.#put({ firing, pending: true, isNew: true });
    this.#wake();
  }

  /** The firing's actions have ended. */
  finish(firing: Firing): void {
    this.#put({ firing, pending: false, isNew: this.#firings.get(firing.id)?.isNew === true });
    this.#wake();
  }

  /** Rules that are no more: one of the same name that comes later starts afresh. */
  forget(rules: readonly string[]): void {
    for (const rule of rules) this.#states.set(rule, null);
    this.#wake();
  }

  /** Resolves when everything is on disk, or given up because the edge stops. */
  async settled(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.settled();
  }

  #put(kept: KeptFiring): void {
    this.#firings.set(kept.firing.id, kept);
    if (this.#firings.size <= MAX_WAITING) return;
    this.#firings.delete(this.#firings.keys().next().value ?? "");
    this.#lost.add();
  }

  #wake(): void {
    if (this.#states.size + this.#firings.size === 0) return;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
      this.#wake();
    });
  }

  async #write(): Promise<void> {
    const states = this.#states;
    const firings = this.#firings;
    this.#states = new Map();
    this.#firings = new Map();
    let triesLeft = LAST_TRIES;
    for (let told = false; ; told = true) {
      try {
        await this.#deps.firings.record([...firings.values()], states);
        return;
      } catch (error) {
        if (!told) this.#deps.log.error({ error }, "firings cannot be kept; they wait and are tried again");
        const { signal } = this.#deps;
        if (signal.aborted) triesLeft -= 1;
        if (triesLeft === 0) {
          this.#lost.add(firings.size);
          this.#deps.log.error({ firings: firings.size, states: states.size }, "firings are lost: the edge stops");
          return;
        }
        await (signal.aborted ? sleep(LAST_RETRY_MS) : sleep(RETRY_MS, signal).catch(() => undefined));
      }
    }
  }
}
