import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { addEventToJson } from "@jx/contracts";
import type { HttpQuestion } from "./helpers/http-sender.ts";
import type { MqttQuestion } from "./helpers/mqtt-sender.ts";
import { type BenchEdge, startBenchEdge } from "./parts/bench-edge.ts";
import { messageOf, nextEvent } from "./parts/events.ts";
import { Helper } from "./parts/helper.ts";
import { type BenchOptions, figure, median, type Print, shown } from "./parts/report.ts";

export const name = "store: events on disk a second, the whole edge listening; senders in other processes";

const CONNECTIONS = 16;
const ROUNDS = 5;
/** Of the edge's group commit the naive way has none: each event is one transaction. */
const COUNTS = { naive: 1_000, "in process": 40_000, mqtt: 10_000, http: 4_000 } as const;
type Way = keyof typeof COUNTS;

/** Four ways in turns: bus, MQTT, HTTP, and an insert of the event's JSON with a commit each, which is the baseline. */
export async function run(print: Print, { quick }: BenchOptions): Promise<void> {
  await using bench = await startBenchEdge();
  await using mqtt = new Helper<MqttQuestion, void>("../helpers/mqtt-sender.ts");
  await using http = new Helper<HttpQuestion, void>("../helpers/http-sender.ts");
  const naive = openNaive(join(bench.folder, "naive.db"));
  const port = bench.edge.broker?.port ?? 0;
  const api = bench.api("core-data");
  const ways: Record<Way, (count: number, readings: number) => Promise<number>> = {
    naive: async (count, readings) => {
      for (let i = 0; i < count; i += 1) naive.insert(i, readings);
      return count;
    },
    "in process": (count, readings) => storedOf(bench, count, () => publish(bench, count, readings)),
    mqtt: (count, readings) => storedOf(bench, count, () => mqtt.ask({ port, count, readings })),
    http: async (count, readings) => {
      await http.ask({ api, connections: CONNECTIONS, count, readings });
      return count;
    },
  };
  for (const readings of [1, 5]) {
    const rates = { naive: [], "in process": [], mqtt: [], http: [] } as Record<Way, number[]>;
    const lost = { naive: 0, "in process": 0, mqtt: 0, http: 0 } as Record<Way, number>;
    for (let round = -1; round < (quick ? 1 : ROUNDS); round += 1) {
      for (const way of Object.keys(COUNTS) as Way[]) {
        const count = quick ? COUNTS[way] / 20 : COUNTS[way];
        const start = performance.now();
        const stored = await ways[way](count, readings);
        // The first round warms up.
        if (round < 0) continue;
        rates[way].push((stored * 1000) / (performance.now() - start));
        lost[way] += count - stored;
      }
    }
    report(print, readings, rates, lost);
  }
  naive.close();
}

function report(print: Print, readings: number, rates: Record<Way, number[]>, lost: Record<Way, number>): void {
  const label = { naive: "one insert and commit each", "in process": "in process", mqtt: "MQTT", http: "HTTP" };
  for (const way of Object.keys(rates) as Way[]) {
    const rate = median(rates[way]);
    const ratio = median(rates[way].map((each, i) => each / (rates.naive[i] ?? Number.NaN)));
    const name = `${label[way]}, ${readings} reading${readings === 1 ? "" : "s"}`;
    print(
      `${name.padEnd(40)} ${shown(rate).padStart(8)} events/s  ${shown(ratio)} × the baseline${lost[way] > 0 ? `, ${lost[way]} not stored` : ""}`,
      figure(name, rate, "events/s"),
    );
  }
}

/** What a bus of EdgeX's own kind does not tell: when all that was sent is on disk, or nothing more comes. */
async function storedOf(bench: BenchEdge, count: number, send: () => Promise<void>): Promise<number> {
  const before = bench.edge.eventsStored();
  const stored = (): number => bench.edge.eventsStored() - before;
  await send();
  for (let last = -1, still = 0; stored() < count && still < 1_000; ) {
    await sleep(1);
    still = stored() === last ? still + 1 : 0;
    last = stored();
  }
  return stored();
}

/** As a device service publishes: it waits when the bus has no room. */
async function publish({ edge }: BenchEdge, count: number, readings: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const wait = edge.bus.publish(messageOf(nextEvent(i, readings)));
    if (wait !== undefined) await wait;
    else if (i % 64 === 63) await new Promise((resolve) => setImmediate(resolve));
  }
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
