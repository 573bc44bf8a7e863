import { createBus, createMetrics, openBroker } from "@jx/runtime";
import type { EndsQuestion } from "./helpers/mqtt-ends.ts";
import { messageOf, nextEvent } from "./parts/events.ts";
import { Helper } from "./parts/helper.ts";
import { type BenchOptions, figure, median, type Print, shown } from "./parts/report.ts";
import { silentLog } from "./parts/silent-log.ts";

export const name = "bus: five-reading events from publish to handler, in process and through the embedded broker";

const ROUNDS = 5;
const COUNT = { inProcess: 200_000, mqtt: 20_000 };

/** In turns: our bus with the services' share of subscribers, and two mqtt.js clients of one process at our broker. */
export async function run(print: Print, { quick }: BenchOptions): Promise<void> {
  const log = silentLog;
  const bus = createBus({ onError: (error) => log.error({ error }, "") });
  await using broker = await openBroker(
    { port: 0 },
    { bus: createBus({ onError: () => {} }), log, metrics: createMetrics() },
  );
  await using ends = new Helper<EndsQuestion, number>("../helpers/mqtt-ends.ts");
  let delivered = 0;
  const options = { policy: "block", capacity: 4_096 } as const;
  // As in the edge: core data, rules, live feed.
  for (const name of ["core-data", "rules", "live"])
    bus.subscribe("edgex/events/#", { name, ...options }, () => void delivered++);
  for (let i = 0; i < 100; i += 1) bus.subscribe(`edgex/other/${i}/#`, { name: `other-${i}`, ...options }, () => {});

  const rounds: { own: number; mqtt: number }[] = [];
  for (let round = -1; round < (quick ? 1 : ROUNDS); round += 1) {
    const count = quick ? 1_000 : COUNT.mqtt;
    const own = await inProcess(quick ? 10_000 : COUNT.inProcess);
    const mqtt = await ends.ask({ port: broker.port, count });
    if (round >= 0) rounds.push({ own, mqtt });
  }
  const own = median(rounds.map((each) => each.own));
  const mqtt = median(rounds.map((each) => each.mqtt));
  const ratio = median(rounds.map((each) => each.own / each.mqtt));
  print(`in process, three subscribers   ${shown(own).padStart(9)} events/s`, figure("in process", own, "events/s"));
  print(
    `MQTT and JSON, one subscriber   ${shown(mqtt).padStart(9)} events/s`,
    figure("MQTT and JSON", mqtt, "events/s"),
  );
  print(`ratio                           ${shown(ratio).padStart(9)} ×`, figure("ratio", ratio, "×"));

  async function inProcess(count: number): Promise<number> {
    delivered = 0;
    const messages = Array.from({ length: 1_000 }, (_, i) => messageOf(nextEvent(i, 5)));
    const start = performance.now();
    for (let i = 0; i < count; i += 1) {
      const message = messages[i % messages.length];
      const wait = message && bus.publish(message);
      if (wait !== undefined) await wait;
    }
    while (delivered < 3 * count) await new Promise((resolve) => setImmediate(resolve));
    return (count * 1000) / (performance.now() - start);
  }
}
