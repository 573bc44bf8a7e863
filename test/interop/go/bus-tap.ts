/** Listens on the broker as any EdgeX peer does, and keeps what goes over it. */
import type { TestContext } from "node:test";
import { parseJson } from "@jx/contracts";
import mqtt from "mqtt";

export interface Tapped {
  readonly topic: string;
  /** The envelope, as it was on the wire. */
  readonly envelope: Readonly<Record<string, unknown>>;
}

export interface BusTap {
  readonly seen: readonly Tapped[];
  /** What came under this beginning of a topic. */
  under(prefix: string): readonly Tapped[];
}

export async function tapBus(t: TestContext, port: number): Promise<BusTap> {
  const client = mqtt.connect({ host: "127.0.0.1", port, protocolVersion: 4, reconnectPeriod: 200 });
  t.after(() => client.endAsync(true));
  const seen: Tapped[] = [];
  client.on("message", (topic, payload) => {
    seen.push({ topic, envelope: parseJson(payload.toString()) as Tapped["envelope"] });
  });
  await new Promise<void>((resolve) => void client.once("connect", () => resolve()));
  await client.subscribeAsync("edgex/#");
  return { seen, under: (prefix) => seen.filter(({ topic }) => topic.startsWith(prefix)) };
}
