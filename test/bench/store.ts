import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { addEventToJson } from "@jx/contracts";
import type { HttpAnswer, HttpQuestion } from "./helpers/http-sender.ts";
import type { MqttQuestion } from "./helpers/mqtt-sender.ts";
import { startBenchEdge } from "./parts/bench-edge.ts";
import { EDGEX_STORING } from "./parts/edgex-figures.ts";
import { type Numbered, nextEvent, takeNumbers } from "./parts/events.ts";
import { Helper } from "./parts/helper.ts";
import { lostOf } from "./parts/lost.ts";
import { type BenchOptions, figure, median, type Print, shown, spread } from "./parts/report.ts";
import { publish, untilStored } from "./parts/store-ways.ts";

export const name = "store: events on disk a second, the whole edge listening; numbered by senders in other processes";

const ROUNDS = 5;
/** Of the edge's group commit the naive way has none: each event is one transaction. */
const COUNTS = { naive: 1_000, bus: 40_000, mqtt: 10_000, http1: 1_000, http16: 6_000, http64: 10_000 } as const;
type Way = keyof typeof COUNTS;
type PerWay<T> = Record<Way, T[]>;

const LABELS: Readonly<Record<Way, string>> = {
  naive: "one insert and commit each",
  bus: "in process",
  mqtt: "MQTT",
  http1: "REST, 1 connection",
  http16: "REST, 16 connections",
  http64: "REST, 64 connections",
};
/** EdgeX's Go services do 172 over MQTT; these are what the project wants of five-reading events. */
const WANTED: Partial<Record<Way, number>> = { bus: 20_000, mqtt: 5_000, http64: 5_000 };

/** All ways in turns, and an insert of the event's JSON with a commit each, which is the baseline. */
export async function run(print: Print, { quick }: BenchOptions): Promise<void> {
  await using bench = await startBenchEdge();
  await using mqtt = new Helper<MqttQuestion, number>("../helpers/mqtt-sender.ts");
  await using http = new Helper<HttpQuestion, HttpAnswer>("../helpers/http-sender.ts");
  const naive = openNaive(join(bench.folder, "naive.db"));
  const port = bench.edge.broker?.port ?? 0;
  const api = bench.api("core-data");
  const post = (connections: number) => (numbers: Numbered, readings: number) =>
    http.ask({ api, connections, ...numbers, readings });
  const ways: Record<Way, (numbers: Numbered, readings: number) => Promise<HttpAnswer | undefined>> = {
    naive: async ({ count }, readings) => {
      for (let i = 0; i < count; i += 1) naive.insert(i, readings);
      return undefined;
    },
    bus: async (numbers, readings) => {
      await untilStored(bench, numbers.count, () => publish(bench, numbers, readings));
      return undefined;
    },
    mqtt: async (numbers, readings) => {
      await untilStored(bench, numbers.count, () => mqtt.ask({ port, ...numbers, readings }));
      return undefined;
    },
    http1: post(1),
    http16: post(16),
    http64: post(64),
  };
  const sent = perWay<Numbered>();
  let readingsSent = 0;
  for (const readings of [1, 5]) {
    const rates = perWay<number>();
    const times = perWay<number>();
    for (let round = -1; round < (quick ? 1 : ROUNDS); round += 1) {
      for (const way of Object.keys(COUNTS) as Way[]) {
        const numbers = takeNumbers(quick ? COUNTS[way] / 20 : COUNTS[way]);
        const start = performance.now();
        const answers = await ways[way](numbers, readings);
        const took = performance.now() - start;
        if (way !== "naive") readingsSent += numbers.count * readings;
        sent[way].push(numbers);
        // The first round warms up.
        if (round < 0) continue;
        rates[way].push((numbers.count * 1000) / took);
        times[way].push(...(answers ?? []));
      }
    }
    report(print, readings, rates, times);
  }
  naive.close();
  await bench.end();
  for (const way of ["bus", "mqtt", "http1", "http16", "http64"] as const) {
    const count = sent[way].reduce((sum, numbers) => sum + numbers.count, 0);
    const lost = lostOf(bench.folder, sent[way]);
    const text = `${LABELS[way]}: ${count.toLocaleString("en")} sent, ${lost} of them not in the store afterwards`;
    print(text, figure(`${LABELS[way]}, lost`, lost, "", { atMost: 0 }));
  }
  const bytes = statSync(join(bench.folder, "core-data/events.db")).size / readingsSent;
  print(`${shown(bytes)} bytes of disk a reading`, figure("disk a reading", bytes, "bytes"));
  print(EDGEX_STORING);
}

function perWay<T>(): PerWay<T> {
  return { naive: [], bus: [], mqtt: [], http1: [], http16: [], http64: [] };
}

function report(print: Print, readings: number, rates: PerWay<number>, times: PerWay<number>): void {
  const ratio = (way: Way, to: Way): string =>
    `${shown(median(rates[way].map((rate, i) => rate / (rates[to][i] ?? Number.NaN))))} ×`;
  for (const way of Object.keys(COUNTS) as Way[]) {
    const rate = median(rates[way]);
    const name = `${LABELS[way]}, ${readings} reading${readings === 1 ? "" : "s"}`;
    const wanted = readings === 5 ? WANTED[way] : undefined;
    print(
      `${name.padEnd(40)} ${shown(rate).padStart(8)} events/s  ${ratio(way, "naive")} the baseline`,
      figure(name, rate, "events/s", wanted === undefined ? {} : { atLeast: wanted }),
    );
    if (times[way].length > 0) print(`  answered in ${spread(times[way])}`);
  }
  print(
    `  64 connections against MQTT ${ratio("http64", "mqtt")}, in process against MQTT ${ratio("bus", "mqtt")}, ` +
      `64 connections against 16 ${ratio("http64", "http16")}`,
  );
}

/** What one writes first: JSON in a row, indexed by id, device and time, as durable as ours (WAL, synchronous FULL). */
function openNaive(file: string) {
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE event (id TEXT PRIMARY KEY, device TEXT, origin INTEGER, json TEXT);
    CREATE INDEX event_device ON event (device, origin)`);
  const insert = database.prepare("INSERT INTO event VALUES (?, ?, ?, ?)");
  return {
    insert(i: number, readings: number): void {
      const event = nextEvent(i, readings);
      insert.run(event.id, event.deviceName, event.origin, addEventToJson({ event }));
    },
    close: () => database.close(),
  };
}
