import type { ReactionAnswer, ReactionQuestion } from "./helpers/reaction-edge.ts";
import { Helper, type HelperOptions } from "./parts/helper.ts";
import { releaseFlags } from "./parts/release-folder.ts";
import { type BenchOptions, figure, median, type Print, quantile, shown, spread } from "./parts/report.ts";

export const name = "reaction: a value in a driver's hand → the write that it causes is in the driver's hand";

const ROUNDS = 2;
const TRIGGERS = 4_000;
const PHASES = [
  { title: "1,000 events/s stored", loadDevices: 50, onlookers: false, p99: 2 },
  {
    title: "20,000 readings/s stored, console, paused MQTT subscriber, 1,024 events queried each second",
    loadDevices: 200,
    onlookers: true,
    p99: 5,
  },
] as const;

type Answers = Record<string, ReactionAnswer[]>;

/** With Node as it comes and as the release starts it, in turns; each edge goes through both loads. */
export async function run(print: Print, { quick }: BenchOptions): Promise<void> {
  const release = releaseFlags();
  const variants: Record<string, HelperOptions> = {
    "Node as it comes": {},
    "the release's flags": { nodeFlags: release.node, env: release.env },
  };
  const answers: Answers[] = PHASES.map(() =>
    Object.fromEntries(Object.keys(variants).map((variant) => [variant, []])),
  );
  for (let round = 0; round < (quick ? 1 : ROUNDS); round += 1) {
    for (const [variant, options] of Object.entries(variants)) {
      await using edge = new Helper<ReactionQuestion, ReactionAnswer>("../helpers/reaction-edge.ts", options);
      for (const [i, { loadDevices, onlookers }] of PHASES.entries()) {
        const triggers = quick ? 200 : TRIGGERS;
        answers[i]?.[variant]?.push(await edge.ask({ ask: "measure", loadDevices, onlookers, triggers }));
      }
      await edge.ask({ ask: "end" });
    }
  }
  for (const [i, phase] of PHASES.entries()) {
    print(phase.title);
    for (const [variant, list] of Object.entries(answers[i] ?? {})) report(print, phase, variant, list);
  }
}

function report(
  print: Print,
  phase: (typeof PHASES)[number],
  variant: string,
  answers: readonly ReactionAnswer[],
): void {
  const own = answers.flatMap((each) => each.own);
  const outside = answers.flatMap((each) => each.outside);
  const times = own.map(({ ms }) => ms);
  const undisturbed = own.map(({ ms, waited }) => ms - waited);
  const outsideTimes = outside.map(({ ms }) => ms);
  const where = `${phase.loadDevices === 50 ? "1,000 events/s" : "20,000 readings/s"}, ${variant}`;
  const ratio = (q: number): number => quantile(outsideTimes, q) / quantile(times, q);
  print(
    `  ${variant}: our rules       ${spread(times)}`,
    figure(`${where}: p50`, quantile(times, 0.5), "ms"),
    figure(`${where}: p99`, quantile(times, 0.99), "ms", { atMost: phase.p99 }),
  );
  print(
    `    without waiting for a processor            ${spread(undisturbed)}`,
    figure(`${where}: p99 without waiting`, quantile(undisturbed, 0.99), "ms", { atMost: phase.p99 }),
  );
  print(`    rules outside, over MQTT, JSON and HTTP    ${spread(outsideTimes)}`);
  print(
    `    ratio                                      ${shown(ratio(0.5))} × at p50, ${shown(ratio(0.99))} × at p99`,
    figure(`${where}: outside ÷ own, p50`, ratio(0.5), "×"),
  );
  const of = (key: Exclude<keyof ReactionAnswer, "own" | "outside" | "onlookers">): string =>
    shown(median(answers.map((each) => each[key])));
  print(
    `    ${of("eventsPerSecond")} events/s stored; loop delay p99 ${of("delayP99")} ms, worst ${of("delayWorst")} ms; ` +
      `${of("collections")} collections, p99 ${of("pauseP99")} ms, worst ${of("pauseWorst")} ms; ` +
      `waited ${shown(100 * median(answers.map((each) => each.waited)))} % of the time for a processor`,
  );
  const watched = answers.flatMap((each) => each.onlookers ?? []);
  if (watched.length === 0) return;
  const kilobytes = watched.reduce((sum, each) => sum + each.shown, 0) / watched.length / 1e3;
  const queries = watched.flatMap((each) => each.queries);
  print(`    the console got ${shown(kilobytes)} kB; queries took ${spread(queries)}`);
}
