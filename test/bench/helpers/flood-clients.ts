/** Two subscribers of everything: one reads and notes how far apart messages come, the other stops reading at all. */
import type { Socket } from "node:net";
import mqtt, { type MqttClient } from "mqtt";
import { answer } from "../parts/helper.ts";
import { pausedSubscriber } from "../parts/paused-subscriber.ts";

export type FloodQuestion = { readonly ask: "join"; readonly port: number } | { readonly ask: "begin" | "end" };
export interface FloodAnswer {
  readonly received: number;
  /** The longest time between two messages, ms. */
  readonly gap: number;
}

let healthy: MqttClient | undefined;
let paused: Socket | undefined;
let received = 0;
let last = 0;
let gap = 0;

answer(async (question: FloodQuestion): Promise<FloodAnswer> => {
  if (question.ask === "join") await join(question.port);
  if (question.ask === "begin") {
    [received, gap] = [0, 0];
    last = performance.now();
  }
  if (question.ask === "end") {
    paused?.destroy();
    await healthy?.endAsync();
  }
  return { received, gap };
});

async function join(port: number): Promise<void> {
  healthy = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`);
  healthy.on("message", () => {
    const now = performance.now();
    gap = Math.max(gap, now - last);
    last = now;
    received += 1;
  });
  await healthy.subscribeAsync("edgex/#");
  paused = await pausedSubscriber(port);
}
