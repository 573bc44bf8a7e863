import type { Event, EventMessage, Message } from "@jx/contracts";
import { isAppError, messageOf, sleep } from "@jx/kit";
import { type Counter, type Logger, type Metrics, RateLimit } from "@jx/runtime";
import type { EventStore } from "./store/event-store.ts";

export interface IngestDeps {
  readonly append: EventStore["append"];
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly signal: AbortSignal;
  readonly persist: () => boolean;
}

/** Readings gathered before a batch is handed over; one group commit takes about as many. */
const BATCH_READINGS = 1_000;
/** Batches handed over and not yet acknowledged, beyond which the bus is made to wait. */
const MAX_OUTSTANDING = 4;
const RETRY_MS = 1_000;
/** Once the edge stops, a store that refuses is tried so many times more. */
const LAST_TRIES = 5;
const LAST_RETRY_MS = 200;

/**
 * Bus → store. Events gather for one turn of the loop and go to the store as a batch. When the store is behind, or the
 * disk is full, the subscription's queue fills and publishers wait: back-pressure reaches the poll (DESIGN §8.8).
 */
export class Ingest {
  readonly #deps: IngestDeps;
  readonly #refused: Counter;
  readonly #lost: Counter;
  readonly #quiet = new RateLimit();
  #batch: Event[] = [];
  #readings = 0;
  #scheduled = false;
  #outstanding = new Set<Promise<void>>();

  constructor(deps: IngestDeps) {
    this.#deps = deps;
    this.#refused = deps.metrics.counter(
      "jx_core_data_events_refused_total",
      "Events from the bus that no store can keep",
    );
    this.#lost = deps.metrics.counter(
      "jx_core_data_events_lost_total",
      "Events that the store had not taken when the edge stopped",
    );
  }

  /** The bus handler; its promise makes the next message wait. */
  take(message: Message): Promise<void> | undefined {
    if (!this.#deps.persist()) return undefined;
    const { event } = message as EventMessage;
    this.#batch.push(event);
    this.#readings += event.readings.length;
    if (this.#readings >= BATCH_READINGS) this.#flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => this.#flush());
    }
    return this.#outstanding.size < MAX_OUTSTANDING ? undefined : Promise.race(this.#outstanding);
  }

  /** Resolves when everything taken so far is on disk. */
  async drained(): Promise<void> {
    this.#flush();
    while (this.#outstanding.size > 0) await Promise.all(this.#outstanding);
  }

  #flush(): void {
    this.#scheduled = false;
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    this.#readings = 0;
    const work = this.#append(batch).finally(() => this.#outstanding.delete(work));
    this.#outstanding.add(work);
  }

  async #append(batch: readonly Event[]): Promise<void> {
    const { append, log, signal } = this.#deps;
    let triesLeft = LAST_TRIES;
    for (let told = false; ; told = true) {
      try {
        // A bus acknowledges nothing, so nobody waits.
        await append(batch, { patient: true });
        if (told) log.info({ events: batch.length }, "the store takes events again");
        return;
      } catch (error) {
        if (!isPassing(error)) return this.#without(batch, error);
        if (!told) log.error({ error, events: batch.length }, "events cannot be stored; they wait and are tried again");
        if (signal.aborted) triesLeft -= 1;
        if (triesLeft === 0) {
          this.#lost.add(batch.length);
          log.error({ events: batch.length }, "events are lost: the edge stops and the store does not take them");
          return;
        }
        await (signal.aborted ? sleep(LAST_RETRY_MS) : sleep(RETRY_MS, signal).catch(() => undefined));
      }
    }
  }

  /** One event that fits nowhere must not take its batch along: found by halving, told and counted. */
  async #without(batch: readonly Event[], error: unknown): Promise<void> {
    const [first] = batch;
    if (first !== undefined && batch.length === 1) {
      this.#refused.add();
      const repeated = this.#quiet.hit("refused");
      if (repeated === undefined) return;
      const { deviceName, sourceName } = first;
      const told = { deviceName, sourceName, reason: messageOf(error), repeated };
      this.#deps.log.warn(told, "an event was refused by the store");
      return;
    }
    const half = batch.length >> 1;
    await this.#append(batch.slice(0, half));
    await this.#append(batch.slice(half));
  }
}

/** What time may mend: a full disk, a store that is behind. Anything else lies in the events. */
function isPassing(error: unknown): boolean {
  return isAppError(error) && ["Storage", "ServiceUnavailable", "Timeout"].includes(error.kind);
}
