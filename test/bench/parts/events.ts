import { randomUUID } from "node:crypto";
import { type Event, type EventMessage, topics } from "@jx/contracts";

export const SERVICE = "device-bench";
export const PROFILE = "bench";
const DEVICES = 200;

let origin = BigInt(Date.now()) * 1_000_000n;

/** The next event of a plant of 200 devices: they take turns, values move by tenths. */
export function nextEvent(i: number, readings: number): Event {
  origin += 1_000n;
  const common = { deviceName: `device-${i % DEVICES}`, profileName: PROFILE, origin, tags: undefined };
  return {
    ...common,
    id: randomUUID(),
    sourceName: "all",
    readings: Array.from({ length: readings }, (_, n) => ({
      ...common,
      resourceName: `resource-${n}`,
      valueType: "Float64" as const,
      value: 40 + ((i + n) % 100) / 10,
      units: "℃",
      mediaType: "",
    })),
  };
}

export function messageOf(event: Event): EventMessage {
  const topic = topics.deviceEvent(SERVICE, event.profileName, event.deviceName, event.sourceName);
  return { kind: "event", topic, correlationId: event.id, from: "inside", event };
}
