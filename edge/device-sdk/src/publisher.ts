import { type Event, type EventMessage, encodeEnvelope, topics } from "@jx/contracts";
import type { Bus, Logger } from "@jx/runtime";

/** How many events may wait for room on the bus at once, all devices together: a poll waits for its own, so few do. */
const MAX_PENDING = 10_000;

export interface PublisherDeps {
  readonly service: string;
  readonly bus: Bus;
  readonly log: Pick<Logger, "warn">;
  /** Bytes of an event's envelope on the wire (MaxEventSize); 0: any number. */
  maxEventBytes(): number;
}

export interface PublisherStats {
  readonly sent: number;
  readonly readings: number;
  /** Found no room on the bus. */
  readonly dropped: number;
  /** Larger than MaxEventSize. */
  readonly oversize: number;
}

/** Puts events on the bus and knows whose are still waiting for room. */
export class Publisher {
  readonly #deps: PublisherDeps;
  readonly #pending = new Map<string, number>();
  /** Topics of which it was told that their events are too large: once is enough for a log. */
  readonly #told = new Set<string>();
  #waiting = 0;
  #sent = 0;
  #readings = 0;
  #dropped = 0;
  #oversize = 0;

  constructor(deps: PublisherDeps) {
    this.#deps = deps;
  }

  /** A promise while the bus has no room: do not poll that device before it resolves. */
  publish(event: Event, correlationId: string): Promise<void> | undefined {
    if (this.#waiting >= MAX_PENDING) {
      this.#dropped += 1;
      return undefined;
    }
    const { service, bus } = this.#deps;
    const topic = topics.deviceEvent(service, event.profileName, event.deviceName, event.sourceName);
    const message: EventMessage = { kind: "event", topic, event, correlationId, from: "inside" };
    if (this.#isOversize(message)) return undefined;
    const wait = bus.publish(message);
    this.#sent += 1;
    this.#readings += event.readings.length;
    if (wait === undefined) return undefined;
    this.#waiting += 1;
    this.#pending.set(event.deviceName, (this.#pending.get(event.deviceName) ?? 0) + 1);
    return wait.finally(() => {
      this.#waiting -= 1;
      const left = (this.#pending.get(event.deviceName) ?? 1) - 1;
      if (left > 0) this.#pending.set(event.deviceName, left);
      else this.#pending.delete(event.deviceName);
    });
  }

  /** An event of this device still waits. */
  blocked(device: string): boolean {
    return this.#pending.has(device);
  }

  get stats(): PublisherStats {
    return { sent: this.#sent, readings: this.#readings, dropped: this.#dropped, oversize: this.#oversize };
  }

  /** Text is made for the wire only; with a limit its size is needed here. */
  #isOversize(message: EventMessage): boolean {
    const limit = this.#deps.maxEventBytes();
    if (limit === 0) return false;
    const { length } = encodeEnvelope(message);
    if (length <= limit) return false;
    this.#oversize += 1;
    if (this.#told.has(message.topic)) return true;
    if (this.#told.size < MAX_PENDING) this.#told.add(message.topic);
    const { deviceName: device, sourceName: source } = message.event;
    this.#deps.log.warn({ device, source, bytes: length, limit }, "events larger than MaxEventSize are dropped");
    return true;
  }
}
