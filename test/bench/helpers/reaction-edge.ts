/** The whole edge in one process, with devices of the bench, and the time from a value handed over to the write it causes. */
import { setTimeout as sleep } from "node:timers/promises";
import { rulesOperations } from "@jx/contracts";
import { BenchDevices, benchDevice, benchProfile } from "../parts/bench-device.ts";
import { startBenchEdge } from "../parts/bench-edge.ts";
import { answer, Helper } from "../parts/helper.ts";
import { install, LOAD_PROFILE, loadDevices } from "../parts/load.ts";
import { type LoopReport, watchLoop } from "../parts/loop-watch.ts";
import { processorWait } from "../parts/processor-wait.ts";
import type { OnlookersAnswer, OnlookersQuestion } from "./onlookers.ts";
import type { OutsideQuestion } from "./outside-rule.ts";

export type ReactionQuestion =
  | { readonly ask: "measure"; readonly loadDevices: number; readonly onlookers: boolean; readonly triggers: number }
  | { readonly ask: "end" };
export interface ReactionAnswer extends LoopReport {
  /** Value to write, judged by our rules, and by the process outside. */
  readonly own: readonly Latency[];
  readonly outside: readonly Latency[];
  /** The part of the time for which the edge's main thread waited for a processor. */
  readonly waited: number;
  readonly eventsPerSecond: number;
  readonly onlookers: OnlookersAnswer | undefined;
}

export interface Latency {
  readonly ms: number;
  /** Of it, the main thread waited for a processor, ms. */
  readonly waited: number;
}

const KINDS = ["rule", "outside"] as const;
const DEVICES = 50;
/** Between two values that make something happen; the two kinds take turns. */
const STEP_MS = 10;
const WARM_UP_MS = 3_000;

const latencies: Record<(typeof KINDS)[number], Latency[]> = { rule: [], outside: [] };
const handedOver = new Map<string, { at: number; waited: number }>();
const devices = new BenchDevices((device) => {
  const from = handedOver.get(device);
  if (from === undefined) return;
  handedOver.delete(device);
  const ms = performance.now() - from.at;
  const waited = Math.min(ms, processorWait() - from.waited);
  latencies[device.startsWith("rule") ? "rule" : "outside"].push({ ms, waited });
});

const stack = new AsyncDisposableStack();
const bench = stack.use(await startBenchEdge());
const { host, broker } = bench.edge;
await host.start(devices.service);
const names = KINDS.flatMap((kind) => Array.from({ length: DEVICES }, (_, i) => `${kind}-${i}`));
await install(
  bench,
  [...KINDS.map((kind) => benchProfile(`bench-${kind}`)), benchProfile(LOAD_PROFILE)],
  names.map((name) => benchDevice(name, `bench-${name.split("-")[0]}`)),
);
while (!names.every((name) => devices.listens(name))) await sleep(10);
const text = names
  .filter((name) => name.startsWith("rule"))
  .map((name) => `rule "${name}" {\n  when "${name}".In > 50 ℃\n  then set "${name}".Out = true\n}\n`)
  .join("\n");
await host.clients.of("rules", rulesOperations).putFile({ file: "bench.pangu", body: { text } });
const outside = stack.use(new Helper<OutsideQuestion, void>("../helpers/outside-rule.ts"));
await outside.ask({ port: broker?.port ?? 0, profile: "bench-outside", api: bench.api("core-command") });
const onlookers = stack.use(new Helper<OnlookersQuestion, OnlookersAnswer>("../helpers/onlookers.ts"));
const places = { gateway: bench.edge.url ?? "", coreData: bench.api("core-data"), mqttPort: broker?.port ?? 0 };
let load = 0;

answer(async (question: ReactionQuestion): Promise<ReactionAnswer | undefined> => {
  if (question.ask === "end") {
    await stack.disposeAsync();
    return undefined;
  }
  await install(bench, [], loadDevices(load, question.loadDevices));
  load = question.loadDevices;
  if (question.onlookers) await onlookers.ask(places);
  await sleep(WARM_UP_MS);
  await trigger(2 * DEVICES);
  for (const kind of KINDS) latencies[kind] = [];
  if (question.onlookers) await onlookers.ask(places);
  const storedBefore = bench.edge.eventsStored();
  const [start, waitedBefore] = [performance.now(), processorWait()];
  const report = watchLoop();
  await trigger(question.triggers);
  const loop = report();
  const stored = bench.edge.eventsStored() - storedBefore;
  const lasted = performance.now() - start;
  return {
    ...loop,
    own: latencies.rule,
    outside: latencies.outside,
    waited: (processorWait() - waitedBefore) / lasted,
    eventsPerSecond: (stored * 1000) / lasted,
    onlookers: question.onlookers ? await onlookers.ask(places) : undefined,
  };
});

/** One device of a kind after the other rises above the limit; the one half a round ahead falls below it again. */
async function trigger(count: number): Promise<void> {
  const start = performance.now();
  for (let i = 0; i < count; i += 1) {
    await sleep(Math.max(0, start + i * STEP_MS - performance.now()));
    const kind = KINDS[i % 2] ?? "rule";
    const turn = i >> 1;
    devices.push(`${kind}-${(turn + DEVICES / 2) % DEVICES}`, 0);
    const device = `${kind}-${turn % DEVICES}`;
    handedOver.set(device, { waited: processorWait(), at: performance.now() });
    devices.push(device, 100);
  }
  await sleep(500);
}
