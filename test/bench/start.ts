import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Launch, Launched, temporaryFolder } from "./parts/launch.ts";
import { releaseFlags, stageRelease } from "./parts/release-folder.ts";
import { type BenchOptions, figure, median, type Print, quantile, shown } from "./parts/report.ts";

export const name = "start: from the start of the process to the first stored event, with the demo; then its memory";

const ROUNDS = 5;
const ROOT = join(import.meta.dirname, "../..");
const SOURCE: Launch = { command: process.execPath, args: [join(ROOT, "scripts/run.mjs"), "scripts/start.ts"] };

/** First start: empty data folder, nothing compiled yet. Second: the same folder and what the first compiled. */
export async function run(print: Print, { quick, minutes }: BenchOptions): Promise<void> {
  using folder = temporaryFolder();
  const home = await stageRelease(folder.path);
  const release: Launch = { command: join(home, "jx"), args: ["start"] };
  const flags = releaseFlags();
  const times = { source: [], release: [] } as Record<"source" | "release", { first: number; second: number }[]>;
  for (let round = 0; round < (quick ? 1 : ROUNDS); round += 1) {
    times.source.push(await startTwice(SOURCE));
    times.release.push(await startTwice(release));
  }
  for (const [from, wanted] of [
    ["source", 2_000],
    ["release", 1_000],
  ] as const) {
    for (const which of ["first", "second"] as const) {
      const values = times[from].map((each) => each[which]);
      const value = median(values);
      print(
        `${`${which} start from ${from}`.padEnd(28)} ${shown(value).padStart(6)} ms  (best ${shown(quantile(values, 0))}, worst ${shown(quantile(values, 1))})`,
        figure(`${which} start from ${from}`, value, "ms", { atMost: wanted }),
      );
    }
  }
  const plain: Launch = { command: join(home, "bin/node"), args: [join(home, "lib/edge.js")] };
  await memory({ release, "release without flags": plain, source: SOURCE }, quick ? 0.05 : minutes, print);
  print(
    `the release's flags: ${flags.node.join(" ")} ${Object.entries(flags.env)
      .map((pair) => pair.join("="))
      .join(" ")}`,
  );
}

async function startTwice(launch: Launch): Promise<{ first: number; second: number }> {
  using folder = temporaryFolder();
  const env = { ...launch.env, NODE_COMPILE_CACHE: join(folder.path, "compiled") };
  const times: number[] = [];
  for (let i = 0; i < 2; i += 1) {
    await using edge = new Launched({ ...launch, env }, join(folder.path, "data"));
    times.push(await edge.firstEvent());
  }
  const [first = Number.NaN, second = Number.NaN] = times;
  return { first, second };
}

/** All at the same time, so that each has the same neighbours. */
async function memory(launches: Readonly<Record<string, Launch>>, minutes: number, print: Print): Promise<void> {
  using folder = temporaryFolder();
  await using stack = new AsyncDisposableStack();
  const running = Object.entries(launches).map(([name, launch], i) => {
    const env = { ...launch.env, NODE_COMPILE_CACHE: join(folder.path, `compiled-${i}`) };
    return { name, edge: stack.use(new Launched({ ...launch, env }, join(folder.path, `data-${i}`))) };
  });
  for (const { edge } of running) await edge.firstEvent();
  await sleep(minutes * 60_000);
  for (const { name, edge } of running) {
    const { rss, anonymous } = edge.memory();
    const target = name === "release" ? { atMost: 130 } : {};
    print(
      `${`memory, ${name}`.padEnd(32)} ${shown(rss).padStart(6)} MB resident, ${shown(anonymous)} MB of it anonymous, after ${minutes} min`,
      figure(`RSS after ${minutes} min, ${name}`, rss, "MB", target),
    );
  }
}
