import { isDeepStrictEqual } from "node:util";
import type { AutoEvent } from "@jx/contracts";
import { messageOf, parseDurationMs, toAppError } from "@jx/kit";
import { readSource, type Source } from "../command/source.ts";
import type { DriverLog } from "../driver.ts";
import { exchangeRead, planRead, type ReadPlan } from "../exchange.ts";
import { type CommandDeps, eventOf } from "../read.ts";
import type { BoundDevice } from "../registry/bind.ts";
import { OnChange } from "./on-change.ts";
import type { Scheduler } from "./scheduler.ts";

/** First runs are spread over the interval, but nobody waits longer than this for the first value, milliseconds. */
const LONGEST_PHASE_MS = 5_000;

export interface AutoEventsDeps extends CommandDeps {
  readonly scheduler: Scheduler;
  readonly log: DriverLog;
  monotonic(): number;
  random(): number;
}

interface DeviceTimers {
  readonly autoEvents: readonly AutoEvent[];
  stop(): void;
}

/** Polls what the devices' auto events ask for. Never two polls of one source at once: a late one is skipped and counted. */
export class AutoEvents implements Disposable {
  readonly #deps: AutoEventsDeps;
  readonly #timers = new Map<string, DeviceTimers>();

  constructor(deps: AutoEventsDeps) {
    this.#deps = deps;
  }

  /** Follows the registry. Timers go on when the auto events are the same: an update of a label shifts no poll. */
  update(name: string, bound: BoundDevice | undefined): void {
    const running = this.#timers.get(name);
    const wanted = bound?.device.adminState === "LOCKED" ? [] : (bound?.device.autoEvents ?? []);
    if (running !== undefined && isDeepStrictEqual(running.autoEvents, wanted)) return;
    running?.stop();
    this.#timers.delete(name);
    if (wanted.length === 0) return;
    const stops = wanted.map((autoEvent) => this.#start(name, autoEvent));
    this.#timers.set(name, {
      autoEvents: structuredClone(wanted),
      stop: () => {
        for (const stop of stops) stop();
      },
    });
  }

  [Symbol.dispose](): void {
    for (const timers of this.#timers.values()) timers.stop();
    this.#timers.clear();
  }

  #start(device: string, autoEvent: AutoEvent): () => void {
    const { scheduler, log, random } = this.#deps;
    let intervalMs: number;
    try {
      intervalMs = Math.max(1, parseDurationMs(autoEvent.interval));
    } catch (error) {
      log.warn({ device, source: autoEvent.sourceName, reason: messageOf(error) }, "auto event skipped");
      return () => undefined;
    }
    const poll = new Poll(device, autoEvent, this.#deps);
    const task = { intervalMs, run: () => void poll.run(), missed: (count: number) => poll.skip(count) };
    return scheduler.add(task, Math.min(intervalMs, LONGEST_PHASE_MS) * (1 - random()));
  }
}

/** One auto event of one device. */
class Poll {
  readonly #device: string;
  readonly #sourceName: string;
  readonly #onChange: OnChange | undefined;
  readonly #deps: AutoEventsDeps;
  /** Worked out anew when the device or its profile changed. */
  #prepared: { readonly bound: BoundDevice; readonly source: Source; readonly plan: ReadPlan } | undefined;
  #busy = false;

  constructor(device: string, { sourceName, onChange, onChangeThreshold }: AutoEvent, deps: AutoEventsDeps) {
    this.#device = device;
    this.#sourceName = sourceName;
    this.#onChange = onChange === true ? new OnChange(onChangeThreshold ?? 0) : undefined;
    this.#deps = deps;
  }

  skip(count = 1): void {
    this.#deps.devices.lasting(this.#device).monitor.skipped(count);
  }

  async run(): Promise<void> {
    const { registry, publisher, devices, log } = this.#deps;
    const bound = registry.get(this.#device);
    if (bound === undefined || bound.profile === undefined || registry.locked) return;
    if (bound.device.operatingState === "DOWN" && !this.#deps.settings().returnsFromDown) return;
    const { breaker } = devices.lasting(this.#device);
    if (this.#busy || publisher.blocked(this.#device) || !breaker.allows(this.#deps.monotonic())) return this.skip();
    this.#busy = true;
    try {
      await this.#poll(bound);
    } catch (error) {
      // Health and the change of state tell about it; a line for each poll would fill the log.
      log.debug({ device: this.#device, source: this.#sourceName, reason: messageOf(error) }, "poll failed");
    } finally {
      this.#busy = false;
    }
  }

  async #poll(bound: BoundDevice): Promise<void> {
    const { source, plan } = this.#prepare(bound);
    const outcome = await exchangeRead(plan, this.#deps.devices.line(bound), "poll");
    if (outcome.values.length === 0) return;
    const event = eventOf(bound, source, outcome.values, this.#deps);
    const changed = this.#onChange?.changed(event.readings) ?? event.readings;
    if (changed.length === 0) return;
    const partial = this.#deps.settings().changedReadingsOnly;
    const sent = partial ? Object.freeze({ ...event, readings: Object.freeze(changed) }) : event;
    await this.#deps.publisher.publish(sent, this.#deps.newId());
  }

  #prepare(bound: BoundDevice): { source: Source; plan: ReadPlan } {
    if (this.#prepared?.bound === bound) return this.#prepared;
    try {
      const source = readSource(bound, this.#sourceName, true, this.#deps.settings().maxOperations);
      this.#prepared = { bound, source, plan: planRead(bound, source.resources) };
      return this.#prepared;
    } catch (error) {
      this.#deps.devices.lasting(this.#device).monitor.refused(toAppError(error));
      throw error;
    }
  }
}
