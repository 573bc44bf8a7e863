import {
  API_VERSION,
  type Device,
  type DeviceProfile,
  type DeviceService,
  type ProvisionWatcher,
  type SystemEvent,
  topics,
} from "@jx/contracts";
import type { Clock } from "@jx/kit";
import type { Bus, Counter, Logger, Metrics } from "@jx/runtime";

export interface SystemEventsDeps {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

type Action = SystemEvent["action"];

/** Events that wait for a subscriber with a full queue; more are dropped and counted. */
const MAX_WAITING = 10_000;

/**
 * Tells the bus what changed (edgex-behaviour.md §1.5). A change is acknowledged without waiting for the subscribers:
 * one of them may be waiting for that very answer.
 */
export class SystemEvents {
  readonly #deps: SystemEventsDeps;
  readonly #dropped: Counter;
  #tail: Promise<void> | undefined;
  #waiting = 0;

  constructor(deps: SystemEventsDeps) {
    this.#deps = deps;
    this.#dropped = deps.metrics.counter(
      "jx_metadata_system_events_dropped_total",
      "System events dropped because a subscriber was too slow",
    );
  }

  /** `owners`: the device's service, and its former one when it has changed. */
  device(action: Action, device: Device, owners: readonly string[], correlationId: string): void {
    for (const owner of new Set(owners))
      this.#publish("device", action, owner, device, device.profileName, correlationId);
  }

  /** Adds and deletes go to core-metadata alone; `services` with a device of the profile get an update as well. */
  profile(action: Action, profile: DeviceProfile, services: Iterable<string>, correlationId: string): void {
    const details = { ...profile, linkedDeviceCount: 0 };
    for (const owner of new Set([SOURCE, ...services])) {
      this.#publish("deviceprofile", action, owner, details, profile.name, correlationId);
    }
  }

  service(action: Action, service: DeviceService, correlationId: string): void {
    this.#publish("deviceservice", action, service.name, service, undefined, correlationId);
  }

  /** `owners`: the watcher's service, and its former one when it has changed. */
  watcher(action: Action, watcher: ProvisionWatcher, owners: readonly string[], correlationId: string): void {
    const { profileName } = watcher.discoveredDevice;
    for (const owner of new Set(owners)) {
      this.#publish("provisionwatcher", action, owner, watcher, profileName, correlationId);
    }
  }

  #publish(
    type: SystemEvent["type"],
    action: Action,
    owner: string,
    details: unknown,
    profile: string | undefined,
    correlationId: string,
  ): void {
    const payload: SystemEvent = {
      apiVersion: API_VERSION,
      type,
      action,
      source: SOURCE,
      owner,
      tags: null,
      details,
      timestamp: this.#deps.clock.now(),
    };
    const topic = topics.systemEvent(type, action, owner, profile);
    const send = (): Promise<void> | undefined =>
      this.#deps.bus.publish({ kind: "json", topic, payload, correlationId, from: "inside" });
    if (this.#tail === undefined) this.#follow(send());
    else if (this.#waiting < MAX_WAITING) this.#follow(this.#tail.then(send));
    else this.#drop(topic);
  }

  /** Keeps the order while a subscriber has no room: the next event waits for this one. */
  #follow(sent: Promise<void> | undefined): void {
    if (sent === undefined) return;
    this.#waiting += 1;
    const tail = sent.finally(() => {
      this.#waiting -= 1;
      if (this.#tail === tail) this.#tail = undefined;
    });
    this.#tail = tail;
  }

  #drop(topic: string): void {
    this.#dropped.add();
    this.#deps.log.warn({ topic, waiting: this.#waiting }, "a system event was dropped: a subscriber is too slow");
  }
}

const SOURCE = "core-metadata";
