/** Both ends of a bus that is a broker: one client publishes, another gets all of it; both are mqtt.js. */
import { addEventToJson } from "@jx/contracts";
import mqtt from "mqtt";
import { messageOf, nextEvent } from "../parts/events.ts";
import { answer } from "../parts/helper.ts";

export interface EndsQuestion {
  readonly port: number;
  readonly count: number;
}

const WINDOW = 200;

/** Messages a second, from the first publish to the last arrival, with the JSON made and parsed as EdgeX's services do. */
answer(async ({ port, count }: EndsQuestion): Promise<number> => {
  const url = `mqtt://127.0.0.1:${port}`;
  const [sender, receiver] = await Promise.all([mqtt.connectAsync(url), mqtt.connectAsync(url)]);
  let got = 0;
  const all = Promise.withResolvers<void>();
  receiver.on("message", (_topic, payload) => {
    JSON.parse(payload.toString());
    got += 1;
    if (got === count) all.resolve();
  });
  await receiver.subscribeAsync("bench/#");
  const start = performance.now();
  let waiting: Promise<unknown>[] = [];
  for (let i = 0; i < count; i += 1) {
    const { topic, event } = messageOf(nextEvent(i, 5));
    // Not under edgex/: the broker alone is wanted, not the bus behind it.
    waiting.push(sender.publishAsync(topic.replace(/^edgex/, "bench"), addEventToJson({ event })));
    if (waiting.length < WINDOW) continue;
    await Promise.all(waiting);
    waiting = [];
    // QoS 0 repeats nothing: never more under way than the broker keeps for a client.
    while (i + 1 - got > WINDOW) await new Promise((resolve) => setImmediate(resolve));
  }
  await all.promise;
  const rate = (count * 1000) / (performance.now() - start);
  await Promise.all([sender.endAsync(), receiver.endAsync()]);
  return rate;
});
