import { type Event, topics } from "@jx/contracts";
import type { Bus } from "@jx/runtime";

/** How many events may wait for room on the bus at once, all devices together: a poll waits for its own, so few do. */
const MAX_PENDING = 10_000;

/** Puts events on the bus and knows whose are still waiting for room. */
export class Publisher {
  readonly #service: string;
  readonly #bus: Bus;
  readonly #pending = new Map<string, number>();
  #waiting = 0;
  #sent = 0;
  #dropped = 0;

  constructor(service: string, bus: Bus) {
    this.#service = service;
    this.#bus = bus;
  }

  /** A promise while the bus has no room: do not poll that device before it resolves. */
  publish(event: Event, correlationId: string): Promise<void> | undefined {
    if (this.#waiting >= MAX_PENDING) {
      this.#dropped += 1;
      return undefined;
    }
    const topic = topics.deviceEvent(this.#service, event.profileName, event.deviceName, event.sourceName);
    const wait = this.#bus.publish({ kind: "event", topic, event, correlationId, from: "inside" });
    this.#sent += 1;
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

  get stats(): { readonly sent: number; readonly dropped: number } {
    return { sent: this.#sent, dropped: this.#dropped };
  }
}
