/**
 * How fast events are stored and acknowledged in process, what that costs the main loop, and how long pages take.
 * Run: node edge/core-data/src/store/append.bench.ts [stored readings before the page queries, default 1,000,000]
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Event } from "@jx/contracts";
import type { EventStore } from "./event-store.ts";
import { event, reading } from "./sample-events.ts";
import { openSqliteEventStore } from "./sqlite.ts";

const DEVICES = 200;
const print = (line: string): void => console.log(line);
let clock = BigInt(Date.now()) * 1_000_000n;

/** The next event of a plant: devices take turns, values move by tenths. */
function next(i: number, readings: number): Event {
  clock += 1_000_000n;
  const deviceName = `device-${i % DEVICES}`;
  const list = Array.from({ length: readings }, (_, n) =>
    reading({ deviceName, resourceName: `resource-${n}`, origin: clock, value: 40 + ((i + n) % 100) / 10 }),
  );
  return event({ deviceName, sourceName: "all", origin: clock, readings: list });
}

/** Bytes that this process has caused to be written to the disk (proc_pid_io(5)); NaN where there is no /proc. */
function bytesWritten(): number {
  try {
    return Number(/^write_bytes: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
  } catch {
    return Number.NaN;
  }
}

function quantile(sorted: readonly number[], q: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0).toFixed(1);
}

/** `callers` append one event after another, each waiting for its acknowledgement. */
async function throughput(store: EventStore, readings: number, callers: number, seconds: number): Promise<void> {
  const latencies: number[] = [];
  const end = performance.now() + seconds * 1_000;
  let count = 0;
  const call = async (): Promise<void> => {
    while (performance.now() < end) {
      const from = performance.now();
      count += 1;
      await store.append([next(count, readings)]);
      latencies.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  latencies.sort((a, b) => a - b);
  print(
    `${readings} readings an event, ${callers} callers: ${Math.round(count / seconds)} events/s acknowledged, ` +
      `p50 ${quantile(latencies, 0.5)} ms, p99 ${quantile(latencies, 0.99)} ms`,
  );
}

/** A steady load, and the delay of this thread's loop under it; `patient` as what comes by the bus is. */
async function steady(store: EventStore, readingsPerSecond: number, seconds: number, patient: boolean): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const perTurn = readingsPerSecond / 5 / 100;
  const latencies: number[] = [];
  const pending: Promise<void>[] = [];
  const start = performance.now();
  const written = bytesWritten();
  delay.enable();
  for (let turn = 0; turn < seconds * 100; turn += 1) {
    for (let i = 0; i < perTurn; i += 1) {
      const from = performance.now();
      pending.push(
        store
          .append([next(turn * perTurn + i, 5)], { patient })
          .then(() => void latencies.push(performance.now() - from)),
      );
    }
    await sleep(Math.max(0, start + (turn + 1) * 10 - performance.now()));
  }
  delay.disable();
  await Promise.all(pending);
  latencies.sort((a, b) => a - b);
  const wall = (performance.now() - start) / 1_000;
  print(
    `${Math.round((latencies.length * 5) / wall)} readings/s, ${patient ? "nobody waiting" : "each waited for"}: loop delay p50 ${(delay.percentile(50) / 1e6).toFixed(1)} ms, ` +
      `p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, max ${(delay.max / 1e6).toFixed(1)} ms (timer resolution 1 ms included); ` +
      `acknowledged p50 ${quantile(latencies, 0.5)} ms, p99 ${quantile(latencies, 0.99)} ms; ` +
      `${Math.round((bytesWritten() - written) / latencies.length / 5)} bytes written a reading`,
  );
}

async function timed(label: string, work: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < 5; i += 1) {
    const from = performance.now();
    await work();
    times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  print(`${label}: ${times[0]?.toFixed(1)} ms best, ${times[2]?.toFixed(1)} ms median of 5`);
}

async function pages(store: EventStore, file: string, stored: number): Promise<void> {
  for (let have = await store.countReadings({}); have < stored; have += 5_000) {
    await store.append(Array.from({ length: 1_000 }, (_, i) => next(i, 5)));
  }
  const count = await store.countReadings({});
  print(`${count} readings stored, ${(statSync(file).size / count).toFixed(0)} bytes each`);
  const page = { offset: 0, limit: 1_024 };
  const uncounted = { offset: -1, limit: 1_024 };
  await timed("1,024 events of all", () => store.events({}, uncounted));
  await timed("1,024 events of all, counted", () => store.events({}, page));
  await timed("1,024 readings of all, counted", () => store.readings({}, page));
  await timed("1,024 readings of a device", () => store.readings({ deviceName: "device-7" }, page));
  await timed("1,024 readings of a resource of 200 devices", () =>
    store.readings({ resourceNames: ["resource-3"] }, uncounted),
  );
  await timed("1,024 readings of a device and resource", () =>
    store.readings({ deviceName: "device-7", resourceNames: ["resource-3"] }, page),
  );
  await timed("1,024 events at offset 100,000", () => store.events({}, { offset: 100_000, limit: 1_024 }));
}

const folder = mkdtempSync(join(tmpdir(), "jx-bench-"));
try {
  const file = join(folder, "events.db");
  await using store = await openSqliteEventStore({ file });
  for (const readings of [1, 5]) {
    for (const callers of [1, 32, 1_000]) await throughput(store, readings, callers, 3);
  }
  for (const rate of [500, 20_000]) {
    for (const patient of [true, false]) await steady(store, rate, 5, patient);
  }
  await pages(store, file, Number(process.argv[2] ?? 1_000_000));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
