/** Cases: edgex-behaviour.md §2.5, read in edgex-go core/data/application/eventpurge.go. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { AutoEvent, Device } from "@jx/contracts";
import { createLogger } from "@jx/runtime";
import { event } from "../store/sample-events.ts";
import { openSqliteEventStore } from "../store/sqlite.ts";
import { retentionPass } from "./pass.ts";
import type { RetentionSettings } from "./rules.ts";

const HOUR = 3_600_000_000_000n;
const NOW = 1_000n * HOUR;
const SETTINGS: RetentionSettings = {
  Interval: "10m",
  DefaultMaxCap: -1,
  DefaultMinCap: 1,
  DefaultDuration: "168h",
};
const folder = mkdtempSync(join(tmpdir(), "jx-retention-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** Stores events of so many hours of age for each "device/source", passes once, and gives what is left, newest first. */
async function left(
  stored: Readonly<Record<string, readonly number[]>>,
  devices: Readonly<Record<string, readonly Partial<AutoEvent>[]>> = {},
  settings: Partial<RetentionSettings> = {},
): Promise<{
  readonly ages: Readonly<Record<string, readonly number[]>>;
  readonly count: number;
  readonly logs: string;
}> {
  files += 1;
  await using store = await openSqliteEventStore({ file: join(folder, `${files}.db`) });
  const names = Object.keys(stored).map((key) => key.split("/") as [string, string]);
  for (const [deviceName, sourceName] of names) {
    for (const age of stored[`${deviceName}/${sourceName}`] ?? [])
      await store.append([event({ deviceName, sourceName, origin: NOW - BigInt(age) * HOUR })]);
  }
  const logs: string[] = [];
  const all = Object.entries(devices).map(([name, autoEvents]) => ({ name, autoEvents }) as unknown as Device);
  const count = await retentionPass(
    all,
    { ...SETTINGS, ...settings },
    {
      store,
      clock: { now: () => NOW, monotonic: () => 0 },
      log: createLogger({ level: "WARN", write: (line) => logs.push(line) }),
      signal: new AbortController().signal,
    },
  );
  const ages: Record<string, readonly number[]> = {};
  for (const [deviceName, sourceName] of names) {
    const { items } = await store.events({ deviceName, sourceName }, { offset: 0, limit: 1_000 });
    ages[`${deviceName}/${sourceName}`] = items.map(({ origin }) => Number((NOW - origin) / HOUR));
  }
  return { ages, count, logs: logs.join("\n") };
}

test("by default what is older than 168 h goes, but for the newest old one of each source; the bound itself is old", async () => {
  const { ages, count } = await left({ "d/s": [1, 167, 168, 169, 300], "d/t": [200], "e/s": [168, 500] });
  assert.deepEqual(ages, { "d/s": [1, 167, 168], "d/t": [200], "e/s": [168] });
  assert.equal(count, 3);
});

test("without DefaultMinCap none of the old ones stays", async () => {
  for (const DefaultMinCap of [0, -1]) {
    const { ages } = await left({ "d/s": [1, 168, 300], "d/t": [200] }, {}, { DefaultMinCap });
    assert.deepEqual(ages, { "d/s": [1], "d/t": [] });
  }
});

test("nothing goes before a source has DefaultMaxCap events", async () => {
  const { ages } = await left({ "d/s": [1, 200, 300], "d/t": [200, 300] }, {}, { DefaultMaxCap: 3 });
  assert.deepEqual(ages, { "d/s": [1, 200], "d/t": [200, 300] });
});

test("by number alone: at maxCap, down to the newest minCap, whatever their age", async () => {
  const settings = { DefaultDuration: "0s", DefaultMaxCap: 4, DefaultMinCap: 2 };
  const { ages } = await left({ "d/s": [1, 2, 3, 4], "d/t": [1, 2, 900] }, {}, settings);
  assert.deepEqual(ages, { "d/s": [1, 2], "d/t": [1, 2, 900] });
});

test("a duration of 0 without a cap keeps everything, where EdgeX keeps the newest only", async () => {
  const stored = { "d/s": [1, 200, 900], "e/s": [900, 901] };
  const none = { DefaultDuration: "0s" };
  assert.deepEqual((await left(stored, {}, none)).ages, stored);
  const inherited = { d: [{ sourceName: "s", retention: { minCap: 1 } }] };
  assert.deepEqual((await left(stored, inherited, none)).ages, stored);
  const zero = { d: [{ sourceName: "s", retention: { maxCap: 0, minCap: 0, duration: "0s" } }] };
  assert.deepEqual((await left(stored, zero)).ages, { ...stored, "e/s": [900] });
  const meant = { d: [{ sourceName: "s", retention: { minCap: 2, duration: "0s" } }] };
  assert.deepEqual((await left(stored, meant, none)).ages, { ...stored, "d/s": [1, 200] });
});

test("an auto event's own words count for its source; 0 and empty stand for the defaults; days are taken", async () => {
  const stored = {
    "d/long": [200, 700, 800],
    "d/short": [1, 20, 30, 40],
    "d/capped": [1, 2, 3],
    "d/plain": [1, 200, 300],
    "e/short": [1, 20, 30, 40],
  };
  const devices = {
    d: [
      { sourceName: "long", retention: { duration: "30d" } },
      { sourceName: "short", retention: { minCap: -1, duration: "1d1h" } },
      { sourceName: "capped", retention: { maxCap: 3, minCap: 1, duration: "0s" } },
      { sourceName: "plain", retention: { maxCap: 0, minCap: 0, duration: "" } },
    ],
    e: [{ sourceName: "other" }],
  };
  const { ages } = await left(stored, devices);
  assert.deepEqual(ages, {
    "d/long": [200, 700, 800],
    "d/short": [1, 20],
    "d/capped": [1],
    "d/plain": [1, 200],
    "e/short": [1, 20, 30, 40],
  });
});

test("names are names: R says nothing of R1, and .* nothing of all", async () => {
  const retention = { duration: "9000h" };
  const devices = {
    d: [
      { sourceName: "R", retention },
      { sourceName: ".*", retention },
    ],
  };
  const { ages } = await left(
    { "d/R": [200, 300], "d/R1": [200, 300], "d1/R": [200, 300], "d/.*": [200, 300] },
    devices,
  );
  assert.deepEqual(ages, { "d/R": [200, 300], "d/R1": [200], "d1/R": [200], "d/.*": [200, 300] });
});

test("words that are no duration keep the source and are told", async () => {
  const devices = { d: [{ sourceName: "s", retention: { duration: "soon" } }] };
  const { ages, logs } = await left({ "d/s": [200, 300], "d/t": [200, 300] }, devices);
  assert.deepEqual(ages, { "d/s": [200, 300], "d/t": [200] });
  assert.match(logs, /"deviceName":"d","sourceName":"s","problem":"\\"soon\\" is not a duration/);
});
