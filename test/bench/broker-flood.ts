import { setTimeout as sleep } from "node:timers/promises";
import { createBus, createMetrics, openBroker } from "@jx/runtime";
import type { FloodAnswer, FloodQuestion } from "./helpers/flood-clients.ts";
import { messageOf, nextEvent } from "./parts/events.ts";
import { Helper } from "./parts/helper.ts";
import { type BenchOptions, figure, type Print, shown } from "./parts/report.ts";
import { silentLog } from "./parts/silent-log.ts";

export const name = "broker-flood: 5 kB events, one subscriber who stops reading, and the gaps of one who reads";

const SECONDS = 10;
/** As in test/integration/mqtt/flood.test.ts: about ten events a millisecond, 5 kB each. */
const BURST = 10;
const FILLER = "x".repeat(4_000);

export async function run(print: Print, { quick }: BenchOptions): Promise<void> {
  const metrics = createMetrics();
  const bus = createBus({ onError: (error) => silentLog.error({ error }, "") });
  await using broker = await openBroker({ port: 0 }, { bus, log: silentLog, metrics });
  await using clients = new Helper<FloodQuestion, FloodAnswer>("../helpers/flood-clients.ts");
  await clients.ask({ ask: "join", port: broker.port });
  await flood(0.2);
  await clients.ask({ ask: "begin" });
  const before = process.memoryUsage.rss();
  const sent = await flood(quick ? 0.5 : SECONDS);
  const grown = process.memoryUsage.rss() - before;
  await sleep(200);
  const { received, gap } = await clients.ask({ ask: "end" });
  print(`sent                  ${sent.toLocaleString("en")} events, ${shown(sent / (quick ? 0.5 : SECONDS))} a second`);
  print(`the reader got        ${received.toLocaleString("en")} of them`);
  print(`its largest gap       ${shown(gap)} ms`, figure("largest gap of the reader", gap, "ms", { atMost: 100 }));
  print(`memory grew by        ${Math.round(grown / 2 ** 20)} MB`, figure("memory grown", grown / 2 ** 20, "MB"));

  async function flood(seconds: number): Promise<number> {
    const end = performance.now() + seconds * 1_000;
    let sent = 0;
    for (; performance.now() < end; sent += 1) {
      const event = { ...nextEvent(sent, 5), tags: { filler: FILLER } };
      void bus.publish(messageOf(event));
      if (sent % BURST === BURST - 1) await sleep(1);
    }
    return sent;
  }
}
