import {
  type ActionResult,
  type Event,
  type EventMessage,
  type Firing,
  type Message,
  qualityOf,
  type Reading,
  topics,
} from "@jx/contracts";
import type { Clock } from "@jx/kit";
import {
  createEngine,
  type Engine,
  type Firing as EngineFiring,
  type OperandIr,
  type RuleIr,
  type RuleState,
} from "@jx/pangu";
import type { Bus, Logger, Metrics } from "@jx/runtime";
import { type ActionDeps, actionText, runAction } from "./action.ts";
import type { Journal } from "./journal.ts";
import { LastReadings } from "./last-readings.ts";
import type { Memory } from "./store/firing-log.ts";
import { operandView, type RuleCounters } from "./view.ts";

export interface RuleHostDeps {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly journal: Journal;
  readonly newId: () => string;
  readonly actions: ActionDeps;
}

/** Firings whose actions run at once; beyond, a firing is kept with its actions refused and the reason. */
const MAX_ACTING = 1_000;

/**
 * Events in, firings and actions out. Actions start at once and do not wait for the disk; a firing and the state it
 * left are written together right after (DESIGN §8.14).
 */
export class RuleHost implements AsyncDisposable {
  readonly #deps: RuleHostDeps;
  readonly #engine: Engine<Reading>;
  readonly #last = new LastReadings();
  readonly #counters: Map<string, RuleCounters>;
  readonly #acting = new Set<Promise<void>>();
  readonly #wallStart: number;
  readonly #steadyStart: number;
  #timer: NodeJS.Timeout | undefined;
  #timerDue: number | undefined;
  #closed = false;

  constructor(rules: readonly RuleIr[], memory: Memory, deps: RuleHostDeps) {
    this.#deps = deps;
    this.#counters = new Map(memory.counts);
    this.#wallStart = Number(deps.clock.now() / 1_000_000n);
    this.#steadyStart = deps.clock.monotonic();
    const interrupted = new Set(memory.interrupted.map(({ rule }) => rule));
    this.#engine = createEngine<Reading>({
      rules,
      // What was interrupted while acting is judged afresh: if the condition still holds, it fires again on new data.
      states: memory.states.filter(({ rule }) => !interrupted.has(rule)).map((state) => notAhead(state, this.#now())),
      isGood: (reading) => reading.value !== null && qualityOf(reading) === "good",
    });
  }

  get engine(): Engine<Reading> {
    return this.#engine;
  }

  counters(rule: string): RuleCounters {
    return this.#counters.get(rule) ?? { firings: 0, lastFiring: undefined };
  }

  /** The bus handler: judges the event in the bus's turn; nothing here waits. */
  take(message: Message): void {
    const event: Event = (message as EventMessage).event;
    this.#last.note(event);
    this.#finish(this.#engine.step(event, this.#now()), message.correlationId);
  }

  /** @throws AppError as the engine's `replace`; the old rules then stay */
  replace(rules: readonly RuleIr[]): void {
    const before = this.#engine.rules.map(({ name }) => name);
    const asked = new Set(this.#engine.rules.flatMap(({ operands }) => operands.map(keyOf)));
    const fired = [...this.#engine.replace(rules, this.#now())];
    const unasked = rules.flatMap(({ operands }) => operands.filter((operand) => !asked.has(keyOf(operand))));
    for (const event of this.#last.of(unasked)) fired.push(...this.#engine.step(event, this.#now()));
    const names = new Set(rules.map(({ name }) => name));
    this.#deps.journal.forget(before.filter((name) => !names.has(name)));
    this.#finish(fired, this.#deps.newId());
  }

  /** A device was removed: what it last said is no value of a later device with its name. */
  forget(deviceName: string): void {
    this.#last.forget(deviceName);
  }

  /** Ends the timer, and waits until every action that has begun has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    while (this.#acting.size > 0) await Promise.all(this.#acting);
  }

  /** Host time of the engine: wall time at start plus the monotonic time since. */
  #now(): number {
    return this.#wallStart + this.#deps.clock.monotonic() - this.#steadyStart;
  }

  #finish(fired: readonly EngineFiring[], correlationId: string): void {
    const begun = fired.map((firing) => this.#begin(firing, correlationId));
    this.#deps.journal.begin(begun, this.#engine.takeChanges());
    this.#arm();
  }

  #begin(fired: EngineFiring, correlationId: string): Firing {
    const refused = this.#acting.size >= MAX_ACTING;
    // Started before anything else: the write is on its way while the firing is being kept.
    const results = refused ? undefined : fired.actions.map((each) => runAction(each, fired.rule, this.#deps.actions));
    const firing = this.#toFiring(fired, refused);
    this.#announce(firing, correlationId);
    if (results !== undefined) {
      const acting = Promise.all(results)
        .then((actions) => this.#end({ ...firing, actions }, correlationId))
        .catch((error: unknown) => this.#deps.log.error({ rule: fired.rule, error }, "a firing could not be ended"));
      this.#acting.add(acting);
      void acting.finally(() => this.#acting.delete(acting));
    }
    return firing;
  }

  #end(firing: Firing, correlationId: string): void {
    if (firing.actions.some(({ state }) => state === "pending")) return; // the edge stops; the next start sees to it
    this.#announce(firing, correlationId);
    this.#deps.journal.finish(firing);
  }

  #toFiring(fired: EngineFiring, refused: boolean): Firing {
    const { clock, log, metrics, newId } = this.#deps;
    // By the wall clock as it is now, as the readings are: the engine's own time keeps a wrong start for good.
    const time = clock.now() - BigInt(Math.max(0, Math.round((this.#now() - fired.at) * 1e6)));
    this.#counters.set(fired.rule, { firings: this.counters(fired.rule).firings + 1, lastFiring: time });
    metrics.counter("jx_rules_firings_total", "Rules that fired", { rule: fired.rule }).add();
    log.info({ rule: fired.rule, cause: fired.cause, reason: fired.reason.en }, "a rule fired");
    if (refused) log.error({ rule: fired.rule }, `its actions are refused: those of ${MAX_ACTING} firings still run`);
    const ending: Pick<ActionResult, "state" | "message"> = refused
      ? { state: "failed", message: `refused: the actions of ${MAX_ACTING} firings still run` }
      : { state: "pending" };
    return {
      id: newId(),
      rule: fired.rule,
      ruleHash: fired.hash,
      priority: fired.priority,
      time,
      cause: fired.cause,
      reason: { ...fired.reason },
      operands: fired.operands.map(operandView),
      actions: fired.actions.map((action) => ({ kind: action.type, text: actionText(action), ...ending })),
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
    const due = this.#closed ? undefined : this.#engine.nextDue();
    if (due === this.#timerDue) return;
    clearTimeout(this.#timer);
    this.#timerDue = due;
    if (due === undefined) return;
    const wait = Math.min(Math.max(0, due - this.#now()), MAX_TIMER_MS);
    this.#timer = setTimeout(() => {
      this.#timerDue = undefined;
      try {
        this.#finish(this.#engine.advance(this.#now()), this.#deps.newId());
      } catch (error) {
        this.#deps.log.error({ error }, "a timer of the rules failed"); // as on the bus: told, never fatal
      }
    }, wait);
  }
}

/** setTimeout takes no more; the timer then looks once more. */
const MAX_TIMER_MS = 2_147_483_647;

/** A `for` that began in what is now the future, because the clock was wrong then or is now, begins now instead. */
function notAhead(state: RuleState, now: number): RuleState {
  return { ...state, since: state.since.map((since) => (since === null ? null : Math.min(since, now))) };
}

function keyOf({ device, resource }: OperandIr): string {
  return `${device}\0${resource}`;
}
