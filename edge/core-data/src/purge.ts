import { type Device, type JsonMessage, type Message, type SystemEvent, topics } from "@jx/contracts";
import type { Bus, Logger, SubscriptionHandle } from "@jx/runtime";
import type { EventStore } from "./store/event-store.ts";

export interface PurgeDeps {
  readonly bus: Bus;
  readonly store: Pick<EventStore, "deleteByDevice">;
  readonly log: Logger;
  /** Writable.EventPurge. */
  readonly isOn: () => boolean;
}

/** Deletes the events of a device that metadata has deleted, if that is wanted (core/data/controller/messaging/system_event.go). */
export function purgeWithDevices({ bus, store, log, isOn }: PurgeDeps): SubscriptionHandle {
  const filter = `${topics.systemEvent("device", "delete", "#")}`;
  return bus.subscribe(filter, { name: "core-data purge", policy: "block", capacity: 1_024 }, (message: Message) => {
    if (!isOn()) return;
    const device = ((message as JsonMessage).payload as Partial<SystemEvent> | null)?.details as Partial<Device> | null;
    const name = device?.name;
    if (typeof name !== "string" || name === "") {
      log.warn({ topic: message.topic }, "a device was deleted, but the system event does not say which");
      return;
    }
    store.deleteByDevice(name).then(
      (count) => log.info({ device: name, count }, "events of a deleted device deleted"),
      (error: unknown) => log.error({ device: name, error }, "events of a deleted device could not be deleted"),
    );
  });
}
