/** Publishes events to a broker as an outside device service does: EdgeX envelopes, QoS 0. */
import { encodeEnvelope } from "@jx/contracts";
import mqtt from "mqtt";
import { messageOf, nextEvent } from "../parts/events.ts";
import { answer } from "../parts/helper.ts";

export interface MqttQuestion {
  readonly port: number;
  readonly count: number;
  readonly readings: number;
}

/** Handed to mqtt.js and not yet on the socket. */
const WINDOW = 200;

answer(async ({ port, count, readings }: MqttQuestion): Promise<void> => {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`);
  let waiting: Promise<unknown>[] = [];
  for (let i = 0; i < count; i += 1) {
    const message = messageOf(nextEvent(i, readings));
    const bytes = encodeEnvelope(message);
    waiting.push(client.publishAsync(message.topic, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
    if (waiting.length === WINDOW) {
      await Promise.all(waiting);
      waiting = [];
    }
  }
  await Promise.all(waiting);
  await client.endAsync();
});
