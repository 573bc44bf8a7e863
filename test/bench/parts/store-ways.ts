import { setTimeout as sleep } from "node:timers/promises";
import type { BenchEdge } from "./bench-edge.ts";
import { messageOf, type Numbered, numberedEvent } from "./events.ts";

/** Waits until all that a bus was given is on disk, or nothing more comes; a bus of EdgeX's kind does not tell. */
export async function untilStored({ edge }: BenchEdge, count: number, send: () => Promise<unknown>): Promise<void> {
  const before = edge.eventsStored();
  const stored = (): number => edge.eventsStored() - before;
  await send();
  for (let last = -1, still = 0; stored() < count && still < 1_000; ) {
    await sleep(1);
    still = stored() === last ? still + 1 : 0;
    last = stored();
  }
}

/** As a device service publishes: it waits when the bus has no room. */
export async function publish({ edge }: BenchEdge, { first, count }: Numbered, readings: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const wait = edge.bus.publish(messageOf(numberedEvent(first, i, readings)));
    if (wait !== undefined) await wait;
    else if (i % 64 === 63) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Even publishing at a rate, events a second; gives how many publishes the bus made wait, and how long it took, ms. */
export async function publishEvenly({ edge }: BenchEdge, numbers: Numbered, rate: number) {
  const start = performance.now();
  let waited = 0;
  for (let i = 0; i < numbers.count; ) {
    const due = Math.min(numbers.count, Math.ceil(((performance.now() - start) * rate) / 1_000));
    for (; i < due; i += 1) {
      const wait = edge.bus.publish(messageOf(numberedEvent(numbers.first, i, 5)));
      if (wait === undefined) continue;
      waited += 1;
      await wait;
    }
    await sleep(1);
  }
  return { waited, took: performance.now() - start };
}

/** Counts the publishes of others, such as the broker's for what clients sent, that the bus makes wait. */
export function countWaits({ edge }: BenchEdge): () => number {
  const { bus } = edge;
  const original = bus.publish;
  let waited = 0;
  bus.publish = (message) => {
    const wait = original(message);
    if (wait !== undefined) waited += 1;
    return wait;
  };
  return () => {
    bus.publish = original;
    return waited;
  };
}
