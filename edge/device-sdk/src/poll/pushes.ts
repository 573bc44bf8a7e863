import { isAppError, messageOf } from "@jx/kit";
import type { AnySession, DriverLog, PushedSample } from "../driver.ts";
import type { Connections } from "../link/connections.ts";
import { type CommandDeps, eventOf } from "../read.ts";
import type { BoundDevice, BoundResource } from "../registry/bind.ts";

/** How many values of one resource may wait while the bus is full. */
const QUEUE_PER_RESOURCE = 16;

export interface PushesDeps extends CommandDeps {
  readonly connections: Connections;
  readonly log: DriverLog;
}

/** Values that devices send by themselves, for drivers that offer it: one event per value, the oldest dropped first. */
export class Pushes implements Disposable {
  readonly #deps: PushesDeps;
  readonly #sessions = new Map<string, AnySession>();
  readonly #running = new Map<string, AbortController>();

  constructor(deps: PushesDeps) {
    this.#deps = deps;
  }

  /** A connection has opened. */
  onSession(key: string, session: AnySession): void {
    if (session.subscribe === undefined) return;
    this.#sessions.set(key, session);
    void session.closed.then(() => {
      if (this.#sessions.get(key) === session) this.#sessions.delete(key);
    });
    for (const device of this.#deps.connections.devicesOf(key)) this.#restart(device, this.#deps.registry.get(device));
  }

  /** Follows the registry. */
  update(name: string, bound: BoundDevice | undefined): void {
    this.#restart(name, bound);
  }

  [Symbol.dispose](): void {
    for (const controller of this.#running.values()) controller.abort();
    this.#running.clear();
    this.#sessions.clear();
  }

  #restart(name: string, bound: BoundDevice | undefined): void {
    this.#running.get(name)?.abort();
    this.#running.delete(name);
    if (bound === undefined || !("driver" in bound.binding) || bound.device.adminState === "LOCKED") return;
    if (!this.#deps.settings().asyncReadings) return;
    const session = this.#sessions.get(bound.binding.connectionKey);
    const usable = [...bound.resources.values()].filter(
      ({ problem, resource }) => problem === undefined && resource.properties.readWrite !== "W",
    );
    if (session === undefined || usable.length === 0) return;
    const controller = new AbortController();
    this.#running.set(name, controller);
    void this.#listen(bound, session, usable, controller.signal);
  }

  async #listen(
    bound: BoundDevice,
    session: AnySession,
    resources: readonly BoundResource[],
    signal: AbortSignal,
  ): Promise<void> {
    const { log, devices } = this.#deps;
    if (!("driver" in bound.binding)) return;
    const queue = new PushQueue(bound, this.#deps);
    try {
      const stream = session.subscribe?.(resources, bound.binding.properties, { signal, log }) ?? [];
      for await (const samples of stream) {
        if (signal.aborted) return;
        for (const pushed of samples) queue.add(pushed);
      }
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ device: bound.device.name, reason: messageOf(error) }, "the device's own messages ended");
      if (isAppError(error)) devices.lasting(bound.device.name).monitor.failed(error);
    }
  }
}

class PushQueue {
  readonly #bound: BoundDevice;
  readonly #deps: PushesDeps;
  readonly #waiting = new Map<string, PushedSample<unknown>[]>();
  #draining = false;

  constructor(bound: BoundDevice, deps: PushesDeps) {
    this.#bound = bound;
    this.#deps = deps;
  }

  add(pushed: PushedSample<unknown>): void {
    const { name } = pushed.resource;
    let queue = this.#waiting.get(name);
    if (queue === undefined) {
      queue = [];
      this.#waiting.set(name, queue);
    }
    queue.push(pushed);
    if (queue.length > QUEUE_PER_RESOURCE) {
      queue.shift();
      this.#deps.devices.lasting(this.#bound.device.name).monitor.dropped();
    }
    if (!this.#draining) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#draining = true;
    for (let more = true; more; ) {
      more = false;
      for (const queue of this.#waiting.values()) {
        const pushed = queue.shift();
        if (pushed === undefined) continue;
        more = true;
        await this.#publish(pushed);
      }
    }
    this.#draining = false;
  }

  async #publish({ resource: { name }, sample }: PushedSample<unknown>): Promise<void> {
    const { devices, publisher, registry, log, newId } = this.#deps;
    const resource = this.#bound.resources.get(name);
    if (resource === undefined || registry.locked) return;
    const { monitor } = devices.lasting(this.#bound.device.name);
    if ("error" in sample) return monitor.answered(undefined, [], new Map([[name, sample.error]]));
    monitor.answered(undefined, [name], new Map());
    try {
      const event = eventOf(this.#bound, { name, tags: undefined }, [{ resource, sample }], this.#deps);
      await publisher.publish(event, newId());
    } catch (error) {
      log.debug({ device: this.#bound.device.name, resource: name, reason: messageOf(error) }, "value refused");
    }
  }
}
