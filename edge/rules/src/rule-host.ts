import {
  type Event,
  type EventMessage,
  type Firing,
  type Message,
  qualityOf,
  type Reading,
  topics,
} from "@jx/contracts";
import type { Clock } from "@jx/kit";
import { createEngine, type Engine, type Firing as EngineFiring, type RuleIr, type RuleState } from "@jx/pangu";
import type { Bus, Logger, Metrics } from "@jx/runtime";
import { type ActionDeps, actionText, runAction } from "./action.ts";
import type { FiringLog, Memory } from "./store/firing-log.ts";
import { operandView } from "./view.ts";

export interface RuleHostDeps {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly firings: FiringLog;
  readonly newId: () => string;
  readonly actions: ActionDeps;
}

/**
 * Events in, firings and actions out. Actions start at once and do not wait for the disk; a firing and the state it
 * left are written together right after (DESIGN §8.14).
 */
export class RuleHost implements Disposable {
  readonly #deps: RuleHostDeps;
  readonly #engine: Engine<Reading>;
  readonly #counts: Map<string, number>;
  readonly #last = new Map<string, bigint>();
  readonly #running = new Set<Promise<void>>();
  readonly #wallStart: number;
  readonly #steadyStart: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(rules: readonly RuleIr[], memory: Memory, deps: RuleHostDeps) {
    this.#deps = deps;
    this.#counts = new Map(memory.counts);
    this.#wallStart = Number(deps.clock.now() / 1_000_000n);
    this.#steadyStart = deps.clock.monotonic();
    const interrupted = new Set(memory.interrupted.map(({ rule }) => rule));
    this.#engine = createEngine<Reading>({
      rules,
      // What was interrupted while acting is judged afresh: if the condition still holds, it fires again on new data.
      states: memory.states.filter(({ rule }) => !interrupted.has(rule)),
      isGood: (reading) => reading.value !== null && qualityOf(reading) === "good",
    });
  }

  get engine(): Engine<Reading> {
    return this.#engine;
  }

  counters(rule: string): { firings: number; lastFiring: bigint | undefined } {
    return { firings: this.#counts.get(rule) ?? 0, lastFiring: this.#last.get(rule) };
  }

  /** The bus handler: judges the event in the bus's turn; nothing here waits. */
  take(message: Message): void {
    const event: Event = (message as EventMessage).event;
    this.#finish(this.#engine.step(event, this.#now()), message.correlationId);
  }

  replace(rules: readonly RuleIr[]): void {
    this.#finish(this.#engine.replace(rules, this.#now()), this.#deps.newId());
  }

  /** Resolves when every action that has begun has ended and is on disk. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  /** Host time of the engine: wall time at start plus the monotonic time since. */
  #now(): number {
    return this.#wallStart + this.#deps.clock.monotonic() - this.#steadyStart;
  }

  #finish(firings: readonly EngineFiring[], correlationId: string): void {
    const states = this.#engine.takeChanges();
    if (firings.length > 0 || states.length > 0) {
      const work = this.#act(firings, states, correlationId).catch((error: unknown) => {
        this.#deps.log.error({ error }, "firings could not be kept");
      });
      this.#running.add(work);
      void work.finally(() => this.#running.delete(work));
    }
    this.#arm();
  }

  async #act(firings: readonly EngineFiring[], states: readonly RuleState[], correlationId: string): Promise<void> {
    const begun = firings.map((fired) => {
      const firing = this.#toFiring(fired);
      // Started before anything is awaited: the write is on its way while the firing is being kept.
      const results = fired.actions.map((action) => runAction(action, fired.rule, this.#deps.actions));
      return { firing, results: Promise.all(results) };
    });
    for (const { firing } of begun) this.#announce(firing, correlationId);
    await this.#deps.firings.record(
      begun.map(({ firing }) => firing),
      states,
    );
    for (const { firing, results } of begun) {
      const finished: Firing = { ...firing, actions: [...(await results)] };
      this.#announce(finished, correlationId);
      await this.#deps.firings.finish(finished);
    }
  }

  #toFiring(fired: EngineFiring): Firing {
    const time = BigInt(Math.round(fired.at * 1e3)) * 1_000n;
    this.#counts.set(fired.rule, (this.#counts.get(fired.rule) ?? 0) + 1);
    this.#last.set(fired.rule, time);
    this.#deps.metrics.counter("jx_rules_firings_total", "Rules that fired", { rule: fired.rule }).add();
    this.#deps.log.info({ rule: fired.rule, cause: fired.cause, reason: fired.reason.en }, "a rule fired");
    return {
      id: this.#deps.newId(),
      rule: fired.rule,
      ruleHash: fired.hash,
      priority: fired.priority,
      time,
      cause: fired.cause,
      reason: { ...fired.reason },
      operands: fired.operands.map(operandView),
      actions: fired.actions.map((action) => ({ kind: action.type, text: actionText(action), state: "pending" })),
    };
  }

  #announce(firing: Firing, correlationId: string): void {
    void this.#deps.bus.publish({
      kind: "json",
      topic: topics.firing(encodeURIComponent(firing.rule)),
      correlationId,
      from: "inside",
      payload: firing,
    });
  }

  /** One timer, set to what the engine needs next. */
  #arm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const due = this.#engine.nextDue();
    if (due === undefined) return;
    const wait = Math.min(Math.max(0, due - this.#now()), 2_147_483_647);
    this.#timer = setTimeout(() => this.#finish(this.#engine.advance(this.#now()), this.#deps.newId()), wait);
  }
}
