import { setTimeout as sleep } from "node:timers/promises";
import type { MqttQuestion } from "./helpers/mqtt-sender.ts";
import { startBenchEdge } from "./parts/bench-edge.ts";
import { takeNumbers } from "./parts/events.ts";
import { Helper } from "./parts/helper.ts";
import { watchLoop } from "./parts/loop-watch.ts";
import { lostOf } from "./parts/lost.ts";
import { releaseFlags } from "./parts/release-folder.ts";
import { type BenchOptions, figure, type Print, quantile, shown } from "./parts/report.ts";
import { untilStored } from "./parts/store-ways.ts";

export const name = "sustained: 2,000 five-reading events/s over MQTT, minute by minute; with the release's V8 flags";
export const nodeFlags = releaseFlags().node;

const RATE = 2_000;
const MEGABYTE = 2 ** 20;

/** Whether loop delay and memory stay where they are; RSS is the edge's, the sender is another process. */
export async function run(print: Print, { quick, minutes }: BenchOptions): Promise<void> {
  const slices = quick ? 2 : Math.max(1, Math.round(minutes));
  const sliceMs = quick ? 1_000 : 60_000;
  await using bench = await startBenchEdge();
  await using mqtt = new Helper<MqttQuestion, number>("../helpers/mqtt-sender.ts");
  const numbers = takeNumbers((RATE * slices * sliceMs) / 1_000);
  const port = bench.edge.broker?.port ?? 0;
  const delays: number[] = [];
  const memory: number[] = [];
  await untilStored(bench, numbers.count, async () => {
    const sending = mqtt.ask({ port, ...numbers, readings: 5, rate: RATE });
    for (let minute = 1; minute <= slices; minute += 1) {
      const [report, before] = [watchLoop(), bench.edge.eventsStored()];
      await sleep(sliceMs);
      const { delayP99, delayWorst } = report();
      delays.push(delayP99);
      memory.push(process.memoryUsage.rss() / MEGABYTE);
      const rate = ((bench.edge.eventsStored() - before) * 1_000) / sliceMs;
      print(
        `${quick ? "second" : "minute"} ${String(minute).padStart(2)}: ${shown(rate)} events/s stored, loop delay p99 ` +
          `${shown(delayP99)} ms, worst ${shown(delayWorst)} ms, ${shown(memory.at(-1) ?? Number.NaN)} MB resident`,
      );
    }
    await sending;
  });
  await bench.end();
  const lost = lostOf(bench.folder, [numbers]);
  print(
    `${numbers.count.toLocaleString("en")} sent, ${lost} of them not in the store afterwards`,
    figure("lost", lost, "", { atMost: 0 }),
    figure("loop delay p99, worst minute", quantile(delays, 1), "ms"),
    figure("RSS, first minute", memory[0] ?? Number.NaN, "MB"),
    figure("RSS, last minute", memory.at(-1) ?? Number.NaN, "MB"),
  );
}
