/** Publishes numbered events to a broker as an outside device service does: EdgeX envelopes, QoS 0. */
import { setTimeout as sleep } from "node:timers/promises";
import { encodeEnvelope } from "@jx/contracts";
import mqtt from "mqtt";
import { messageOf, type Numbered, numberedEvent } from "../parts/events.ts";
import { answer } from "../parts/helper.ts";

export interface MqttQuestion extends Numbered {
  readonly port: number;
  readonly readings: number;
  /** Events a second, evenly; as fast as the broker takes them when left out. */
  readonly rate?: number;
}

/** Handed to mqtt.js and not yet on the socket. */
const WINDOW = 200;

/** Answers how long it took, ms. */
answer(async ({ port, first, count, readings, rate }: MqttQuestion): Promise<number> => {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`);
  const start = performance.now();
  let waiting: Promise<unknown>[] = [];
  for (let i = 0; i < count; i += 1) {
    const message = messageOf(numberedEvent(first, i, readings));
    const bytes = encodeEnvelope(message);
    waiting.push(client.publishAsync(message.topic, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
    if (waiting.length === WINDOW) {
      await Promise.all(waiting);
      waiting = [];
    }
    if (rate === undefined) continue;
    const early = start + ((i + 1) * 1_000) / rate - performance.now();
    if (early >= 1) await sleep(early);
  }
  await Promise.all(waiting);
  const took = performance.now() - start;
  await client.endAsync();
  return took;
});
