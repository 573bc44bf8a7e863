import { type Device, type JsonMessage, type Message, type SystemEvent, topics } from "@jx/contracts";
import { messageOf } from "@jx/kit";
import { type Bus, type Logger, type Missed, onMissed } from "@jx/runtime";
import type { EventStore } from "./store/event-store.ts";

export interface PurgeDeps {
  readonly bus: Bus;
  readonly store: Pick<EventStore, "deleteByDevice">;
  readonly log: Logger;
  /** All devices of core metadata. */
  readonly devices: () => Promise<readonly Device[]>;
  /** Writable.EventPurge. */
  readonly isOn: () => boolean;
}

/** Later than device services, which end their polls of a device that they find deleted. */
const LOOK_WITHIN_MS = 10_000;

/**
 * Deletes the events of a device that metadata has deleted, if that is wanted (core/data/controller/messaging/system_event.go),
 * also where the system event was missed: the device was there at one look at metadata, or was added since, and is gone at
 * the next. Devices that metadata never knew, whose events somebody posted, are none of its business.
 */
export function purgeWithDevices({ bus, store, log, devices, isOn }: PurgeDeps): Missed {
  /** Those of metadata as far as is known; undefined before it has said. */
  let known: Set<string> | undefined;
  /** What system events have said since the last look began, which may not have seen it: whether a device is there. */
  const told = new Map<string, boolean>();
  let last = Promise.resolve();
  let ended = false;
  const purge = (name: string): void => {
    store.deleteByDevice(name).then(
      (count) => log.info({ device: name, count }, "events of a deleted device deleted"),
      (error: unknown) => log.error({ device: name, error }, "events of a deleted device could not be deleted"),
    );
  };
  const look = async (): Promise<void> => {
    told.clear();
    if (!isOn()) {
      known = undefined;
      return;
    }
    try {
      const there = new Set((await devices()).map(({ name }) => name));
      if (ended) return;
      for (const [name, added] of told) there[added ? "add" : "delete"](name);
      const gone = [...(known ?? [])].filter((name) => !there.has(name));
      // A metadata that knows none of them is another one, or has lost its store: that is no reason to delete.
      const other = gone.length > 0 && gone.length === known?.size;
      if (other) log.warn({ devices: gone.length }, "metadata knows none of its devices any more; their events stay");
      else for (const name of gone) purge(name);
      known = there;
    } catch (error) {
      log.warn(
        { reason: messageOf(error) },
        "core metadata does not tell which devices are deleted; asked again later",
      );
    }
  };
  const lookInTurn = (): void => {
    last = last.then(look);
  };
  lookInTurn();
  const filter = topics.systemEvent("device", "+", "#");
  const options = { name: "core-data purge", policy: "block", capacity: 1_024 } as const;
  const subscription = bus.subscribe(filter, options, (message: Message) => {
    if (!isOn()) return;
    const { action, details } = ((message as JsonMessage).payload ?? {}) as Partial<SystemEvent>;
    const name = (details as Partial<Device> | null)?.name;
    if (action === "add" && typeof name === "string") {
      told.set(name, true);
      known?.add(name);
    } else if (action === "delete" && typeof name === "string" && name !== "") {
      told.set(name, false);
      known?.delete(name);
      purge(name);
    } else if (action === "delete") {
      log.warn({ topic: message.topic }, "a device was deleted, but the system event does not say which");
    }
  });
  const missed = onMissed(bus, { name: "core-data missed", withinMs: LOOK_WITHIN_MS }, lookInTurn);
  return {
    notice: missed.notice,
    [Symbol.dispose]() {
      ended = true;
      missed[Symbol.dispose]();
      subscription[Symbol.dispose]();
    },
  };
}
