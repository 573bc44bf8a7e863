/** Listens on the broker as any EdgeX peer does, and keeps what goes over it. */
import type { TestContext } from "node:test";
import { parseJson, unescapeTopic } from "@jx/contracts";
import mqtt from "mqtt";

export interface Tapped {
  /** Names in it as they are in the model, however they travelled. */
  readonly topic: string;
  /** As it was on the wire. */
  readonly wireTopic: string;
  readonly envelope: Readonly<Record<string, unknown>>;
}

export interface BusTap {
  /** What came under this beginning of a topic. */
  under(prefix: string): readonly Tapped[];
  send(wireTopic: string, text: string): void;
}

export async function tapBus(t: TestContext, port: number): Promise<BusTap> {
  const client = mqtt.connect({ host: "127.0.0.1", port, protocolVersion: 4, reconnectPeriod: 200 });
  t.after(() => client.endAsync(true));
  const seen: Tapped[] = [];
  client.on("message", (wireTopic, payload) => {
    const envelope = parseJson(payload.toString()) as Tapped["envelope"];
    seen.push({ topic: unescapeTopic(wireTopic), wireTopic, envelope });
  });
  await new Promise<void>((resolve) => void client.once("connect", () => resolve()));
  await client.subscribeAsync("edgex/#");
  return {
    under: (prefix) => seen.filter(({ topic }) => topic.startsWith(prefix)),
    send: (wireTopic, text) => void client.publish(wireTopic, text),
  };
}
