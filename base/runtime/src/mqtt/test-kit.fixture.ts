/** What the tests of this folder share: a bus with its memory of messages, and a logger that remembers. */
import type { EventMessage, JsonMessage, Message } from "@jx/contracts";
import { type Bus, createBus } from "../bus/bus.ts";
import type { Logger } from "../log/logger.ts";
import { createMetrics, type Metrics } from "../metrics/metrics.ts";

export interface Bench {
  readonly bus: Bus;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly logged: { context: object; message: string }[];
  /** Everything that crossed the bus. */
  readonly seen: Message[];
}

export function bench(): Bench {
  const logged: { context: object; message: string }[] = [];
  const write = (context: object, message: string): void => void logged.push({ context, message });
  const log: Logger = { trace: write, debug: write, info: write, warn: write, error: write, child: () => log };
  const bus = createBus({ onError: (error) => write({ error }, "a subscriber failed"), freeze: true });
  const seen: Message[] = [];
  bus.subscribe("#", { name: "seen", policy: "block", capacity: 100_000 }, (message) => void seen.push(message));
  return { bus, metrics: createMetrics(), log, logged, seen };
}

export const EVENT_TOPIC = "edgex/events/device/device-virtual/p/pump-1/temp";

export function eventMessage(value: number, id = crypto.randomUUID() as string): EventMessage {
  const names = { deviceName: "pump-1", profileName: "p" };
  const origin = 1795472304567279158n + BigInt(value);
  const reading = { ...names, resourceName: "temp", valueType: "Float64", units: "℃", mediaType: "" } as const;
  return {
    kind: "event",
    topic: EVENT_TOPIC,
    correlationId: crypto.randomUUID(),
    from: "inside",
    event: {
      ...names,
      id,
      sourceName: "temp",
      origin,
      tags: undefined,
      readings: [{ ...reading, value, origin, tags: undefined }],
    },
  };
}

export function jsonMessage(topic: string, payload: unknown): JsonMessage {
  return { kind: "json", topic, payload, correlationId: crypto.randomUUID(), from: "inside" };
}

/** Waits until something is so, or fails with what was waited for. */
export async function until(what: string, check: () => boolean, ms = 5_000): Promise<void> {
  const end = performance.now() + ms;
  while (!check()) {
    if (performance.now() > end) throw new Error(`waited ${ms} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
