/** Listens on the broker to all that a device service publishes, and asks core data afterwards what it has of it. */
import type { TestContext } from "node:test";
import { decodeEnvelope, type EventMessage } from "@jx/contracts";
import mqtt from "mqtt";
import { askJson } from "../../support/http.ts";
import { until } from "../../support/wait.ts";

export interface Witnessed {
  readonly id: string;
  readonly source: string;
  /** What the device counts up with each event of the source. */
  readonly number: number;
  /** ms, of performance.now(). */
  readonly at: number;
}

export interface Witness {
  readonly seen: readonly Witnessed[];
  /** Waits for `count` events that come after `at`. */
  more(count: number, at: number, limitMs?: number): Promise<void>;
}

const FILTER = "edgex/events/device/#";

export async function witness(t: TestContext, port: number): Promise<Witness> {
  const client = mqtt.connect({ host: "127.0.0.1", port, protocolVersion: 4, reconnectPeriod: 50 });
  t.after(() => client.endAsync(true));
  const seen: Witnessed[] = [];
  client.on("message", (topic, payload) => {
    const { event } = decodeEnvelope(topic, payload) as EventMessage;
    const number = Number(event.readings[0]?.value);
    seen.push({ id: event.id, source: event.sourceName, number, at: performance.now() });
  });
  await new Promise<void>((resolve) => void client.once("connect", () => resolve()));
  await client.subscribeAsync(FILTER);
  return {
    seen,
    more: async (count, at, limitMs) => {
      await until(`${count} more events`, () => seen.filter((event) => event.at > at).length >= count, limitMs);
    },
  };
}

const PAGE = 1_000;

/** How often core data has each event of a device; for a device that publishes no more. */
export async function storedEvents(api: string, device: string): Promise<ReadonlyMap<string, number>> {
  const count = async (): Promise<number> =>
    (await askJson<{ count: number }>(`${api}/event/count/device/name/${device}`)).count;
  let last = -1;
  await until("nothing is on its way any more", async () => {
    const before = last;
    last = await count();
    return last === before;
  });
  const stored = new Map<string, number>();
  for (let offset = 0; offset < last; offset += PAGE) {
    const url = `${api}/event/device/name/${device}?offset=${offset}&limit=${PAGE}`;
    const { events } = await askJson<{ events: readonly { id: string }[] }>(url);
    for (const { id } of events) stored.set(id, (stored.get(id) ?? 0) + 1);
  }
  return stored;
}
