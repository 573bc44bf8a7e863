import { randomUUID } from "node:crypto";
import { type Event, type EventMessage, topics } from "@jx/contracts";

export const SERVICE = "device-bench";
export const PROFILE = "bench";
const DEVICES = 200;

/** Events that can be told apart: the i-th has the origin `first` + i, which is its number in the sequence. */
export interface Numbered {
  readonly first: bigint;
  readonly count: number;
}

let last = BigInt(Date.now()) * 1_000_000n;

/** The next so many numbers; what is sent under them is looked for in the store (parts/lost.ts). */
export function takeNumbers(count: number): Numbered {
  const first = last + 1n;
  last += BigInt(count);
  return { first, count };
}

export function numberedEvent(first: bigint, i: number, readings: number): Event {
  return eventOf(i, first + BigInt(i), readings);
}

/** The next event of a plant of 200 devices: they take turns, values move by tenths. */
export function nextEvent(i: number, readings: number): Event {
  last += 1_000n;
  return eventOf(i, last, readings);
}

function eventOf(i: number, origin: bigint, readings: number): Event {
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
