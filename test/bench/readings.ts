import { dataOperations } from "@jx/contracts";
import { missingPostgres, postgresUrl, startPostgres } from "../support/postgres.ts";
import { type BenchEdge, startBenchEdge } from "./parts/bench-edge.ts";
import { messageOf, nextEvent, takeNumbers } from "./parts/events.ts";
import { watchLoop } from "./parts/loop-watch.ts";
import { machine } from "./parts/machine.ts";
import { type BenchOptions, figure, type Print, quantile, shown } from "./parts/report.ts";
import { publish, untilStored } from "./parts/store-ways.ts";

export const name =
  "readings: pages and aggregates over REST, of a million readings of 200 devices with five resources each";

const READINGS = 1_000_000;
const PER_EVENT = 5;
const CHUNK = 20_000;
const TIMES = 7;
/** Events a second that come in while everything is asked once more. */
const LOAD = 200;

interface Question {
  readonly label: string;
  readonly path: string;
}

export async function run(print: Print, { quick }: BenchOptions): Promise<void> {
  await measure("SQLite", [], quick, print);
  const missing = missingPostgres();
  if (missing !== false) return print(missing);
  await using server = await startPostgres();
  await measure("PostgreSQL", ["--store", postgresUrl(await server.createDatabase())], quick, print);
}

async function measure(store: string, args: readonly string[], quick: boolean, print: Print): Promise<void> {
  await using bench = await startBenchEdge(undefined, args);
  const stored = quick ? READINGS / 50 : READINGS;
  const first = takeNumbers(0).first;
  for (let sent = 0; sent < stored / PER_EVENT; sent += CHUNK) {
    const numbers = takeNumbers(Math.min(CHUNK, stored / PER_EVENT - sent));
    await untilStored(bench, numbers.count, () => publish(bench, numbers, PER_EVENT));
  }
  const last = takeNumbers(0).first;
  const { count } = await bench.edge.host.clients.of("core-data", dataOperations).readingCount({});
  print(`${store}: ${count.toLocaleString("en")} readings stored; load average ${machine().load.join(" ")}`);
  const questions = questionsOf(count, first, last);
  await ask(bench, questions, `, ${store}`, print);
  await besideAggregates(bench, store, print);
  await using _ = steadyLoad(bench);
  print(`the same while ${LOAD} events/s of ${PER_EVENT} readings come in; load average ${machine().load.join(" ")}`);
  await ask(bench, questions, `, ${store}, under load`, print);
}

function questionsOf(count: number, first: bigint, last: bigint): readonly Question[] {
  const page = "limit=1024";
  const half = Math.floor(count / 2);
  const tenth = `/start/${last - (last - first) / 10n}/end/${last}`;
  const device = "/reading/device/name/device-7";
  return [
    { label: "readings, first page, counted", path: `/reading/all?${page}` },
    { label: "readings, first page, offset −1", path: `/reading/all?${page}&offset=-1` },
    { label: "readings, page in the middle, counted", path: `/reading/all?${page}&offset=${half}` },
    { label: "events, first page, counted", path: `/event/all?${page}` },
    { label: "events, page in the middle, counted", path: `/event/all?${page}&offset=${Math.floor(half / PER_EVENT)}` },
    { label: "readings of a device, first page", path: `${device}?${page}` },
    { label: "readings of a device, page in the middle", path: `${device}?${page}&offset=${Math.floor(half / 200)}` },
    { label: "readings of a device and resource", path: `${device}/resourceName/resource-3?${page}` },
    { label: "readings of a resource, first page, counted", path: `/reading/resourceName/resource-3?${page}` },
    {
      label: "readings of a resource, page in the middle",
      path: `/reading/resourceName/resource-3?${page}&offset=${Math.floor(half / PER_EVENT)}`,
    },
    { label: "readings of a tenth of the time, counted", path: `/reading${tenth}?${page}` },
    { label: "count of all readings", path: "/reading/count" },
    { label: "count of a device's readings", path: "/reading/count/device/name/device-7" },
    ...["MIN", "MAX", "COUNT", "SUM", "AVG"].flatMap((func) => [
      { label: `${func} of all, 1,000 groups`, path: `/reading/all?aggregateFunc=${func}&limit=-1` },
      { label: `${func} of a device`, path: `${device}?aggregateFunc=${func}` },
      { label: `${func} of a tenth of the time`, path: `/reading${tenth}?aggregateFunc=${func}&limit=-1` },
    ]),
  ];
}

async function ask(bench: BenchEdge, questions: readonly Question[], suffix: string, print: Print): Promise<void> {
  const loop = watchLoop();
  for (const { label, path } of questions) {
    const times: number[] = [];
    let kilobytes = 0;
    let refused = "";
    for (let i = 0; i < TIMES; i += 1) {
      const start = performance.now();
      const answer = await fetch(bench.api("core-data") + path);
      const text = await answer.text();
      times.push(performance.now() - start);
      if (answer.status !== 200) refused = `, ${answer.status} ${text.slice(0, 60)}`;
      kilobytes = text.length / 1_000;
    }
    const p50 = quantile(times, 0.5);
    const line = `${label.padEnd(44)} ${shown(p50).padStart(8)} ms, worst ${shown(quantile(times, 1))} ms of ${TIMES}, ${shown(kilobytes)} kB${refused}`;
    print(line, figure(label + suffix, p50, "ms"));
  }
  const { delayP99, delayWorst } = loop();
  print(`loop delay meanwhile p99 ${shown(delayP99)} ms, worst ${shown(delayWorst)} ms`);
}

/** How long a short list takes while aggregates over everything run, one after the other. */
async function besideAggregates(bench: BenchEdge, store: string, print: Print): Promise<void> {
  const get = async (path: string): Promise<number> => {
    const start = performance.now();
    await (await fetch(bench.api("core-data") + path)).text();
    return performance.now() - start;
  };
  const lists: number[] = [];
  const aggregates: number[] = [];
  for (let i = 0; i < TIMES; i += 1) {
    let under = true;
    const aggregate = get("/reading/all?aggregateFunc=AVG&limit=-1").finally(() => {
      under = false;
    });
    while (under) lists.push(await get("/reading/device/name/device-7?limit=20"));
    aggregates.push(await aggregate);
  }
  const [p50, worst] = [quantile(lists, 0.5), quantile(lists, 1)];
  const label = "20 readings of a device beside AVG of all";
  const meanwhile = `${lists.length} lists; the aggregate ${shown(quantile(aggregates, 0.5))} ms`;
  print(
    `${label.padEnd(44)} ${shown(p50).padStart(8)} ms, worst ${shown(worst)} ms of ${meanwhile}`,
    figure(`${label}, worst, ${store}`, worst, "ms"),
  );
}

/** Publishes steadily until it is disposed. */
function steadyLoad({ edge }: BenchEdge): AsyncDisposable {
  const timer = setInterval(() => {
    for (let i = 0; i < LOAD / 50; i += 1) void edge.bus.publish(messageOf(nextEvent(i, PER_EVENT)));
  }, 20);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
    },
  };
}
