import type { MqttQuestion } from "./helpers/mqtt-sender.ts";
import { type BenchEdge, startBenchEdge } from "./parts/bench-edge.ts";
import { type Numbered, takeNumbers } from "./parts/events.ts";
import { Helper } from "./parts/helper.ts";
import { lostOf } from "./parts/lost.ts";
import { type BenchOptions, figure, type Print, shown } from "./parts/report.ts";
import { countWaits, publishEvenly, untilStored } from "./parts/store-ways.ts";

export const name = "pressure: five-reading events at rising even rates, until the store first makes a publisher wait";

const SECONDS = 3;
const STEP = 2_500;
const MOST = 60_000;
/** An even sender that falls behind by more is held up, by the store or by its own processor. */
const BEHIND = 0.97;

interface Step {
  /** Publishes that the bus made wait. */
  readonly waited: number;
  readonly took: number;
}

/** In process and over MQTT. REST needs no search: each post waits for its answer, so its senders are always held. */
export async function run(print: Print, { quick }: BenchOptions): Promise<void> {
  await using bench = await startBenchEdge();
  await using mqtt = new Helper<MqttQuestion, number>("../helpers/mqtt-sender.ts");
  const port = bench.edge.broker?.port ?? 0;
  const sent: Numbered[] = [];
  const ways: Record<string, (numbers: Numbered, rate: number) => Promise<Step>> = {
    "in process": (numbers, rate) => publishEvenly(bench, numbers, rate),
    MQTT: async (numbers, rate) => {
      const waits = countWaits(bench);
      const took = await mqtt.ask({ port, ...numbers, readings: 5, rate });
      return { took, waited: waits() };
    },
  };
  for (const [way, send] of Object.entries(ways)) {
    await climb(way, bench, print, quick, async (rate) => {
      const numbers = takeNumbers(Math.round(rate * (quick ? 0.2 : SECONDS)));
      sent.push(numbers);
      let step: Step = { waited: 0, took: 0 };
      await untilStored(bench, numbers.count, async () => {
        step = await send(numbers, rate);
      });
      return { ...step, rate: (numbers.count * 1_000) / step.took };
    });
  }
  await bench.end();
  const lost = lostOf(bench.folder, sent);
  print(`${lost} lost, all ways and rates together`, figure("lost", lost, "", { atMost: 0 }));
}

async function climb(
  way: string,
  { edge }: BenchEdge,
  print: Print,
  quick: boolean,
  tryRate: (rate: number) => Promise<Step & { readonly rate: number }>,
): Promise<void> {
  await tryRate(STEP); // warms up
  let held = 0;
  for (let rate = STEP; rate <= (quick ? 2 * STEP : MOST); rate += STEP) {
    const step = await tryRate(rate);
    if (step.waited > 0 || step.rate < BEHIND * rate) {
      const why = step.waited > 0 ? `the store made ${step.waited} publishes wait` : "the sender fell behind";
      print(
        `${way.padEnd(12)} even at ${shown(held)} events/s; offered ${shown(rate)}, ${why}: ${shown(step.rate)} events/s`,
        figure(`${way}: highest even rate without a wait`, held, "events/s"),
      );
      return;
    }
    held = rate;
  }
  print(`${way.padEnd(12)} even at ${shown(held)} events/s, ${shown(edge.eventsStored())} stored; no higher was tried`);
}
