/** Names, fields, prefix rule: go-mod-bootstrap v4.0.5 bootstrap/metrics/reporter.go, config/types.go GetEnabledMetricName. */
import assert from "node:assert/strict";
import { mock, type TestContext, test } from "node:test";
import type { JsonMessage } from "@jx/contracts";
import { createBus } from "../bus/bus.ts";
import { createLogger } from "../log/pino-logger.ts";
import { TelemetryReporter, type TelemetrySettings } from "./telemetry.ts";

const OFF: TelemetrySettings = { Interval: "30s", Metrics: {}, Tags: {} };

function start(t: TestContext, settings: TelemetrySettings) {
  mock.timers.enable({ apis: ["setInterval"] });
  t.after(() => mock.timers.reset());
  const bus = createBus({ onError: assert.ifError, freeze: true });
  const seen: JsonMessage[] = [];
  const subscription = bus.subscribe(
    "edgex/telemetry/#",
    { name: "test", policy: "block", capacity: 100 },
    (message) => void seen.push(message as JsonMessage),
  );
  const warnings: string[] = [];
  const reporter = new TelemetryReporter("core-data", settings, {
    bus,
    clock: { now: () => 1_700_000_000_000_000_001n, monotonic: () => 0 },
    log: createLogger({ level: "WARN", write: (line) => warnings.push(line) }),
    newId: () => "id",
  });
  t.after(() => reporter[Symbol.dispose]());
  return {
    reporter,
    warnings,
    async told(ms: number): Promise<[topic: string, payload: unknown][]> {
      mock.timers.tick(ms);
      await subscription.drained();
      return seen.splice(0).map(({ topic, payload }) => [topic, payload]);
    },
  };
}

test("nothing is told by default, and what is turned on within the next interval", async (t) => {
  const { reporter, told } = start(t, OFF);
  let count = 0;
  reporter.add({ name: "EventsPersisted", kind: "counter", read: () => count });
  assert.deepEqual(await told(60_000), []);
  reporter.follow({ ...OFF, Metrics: { EventsPersisted: true, ReadingsPersisted: true }, Tags: { Gateway: "g1" } });
  count = 7;
  assert.deepEqual(await told(30_000), [
    [
      "edgex/telemetry/core-data/EventsPersisted",
      {
        apiVersion: "v3",
        name: "EventsPersisted",
        fields: [{ name: "counter-count", value: 7 }],
        tags: [
          { name: "Gateway", value: "g1" },
          { name: "service", value: "core-data" },
        ],
        timestamp: 1_700_000_000_000_000_001n,
      },
    ],
  ]);
  reporter.follow({ ...OFF, Metrics: { EventsPersisted: false } });
  assert.deepEqual(await told(60_000), []);
});

test("a configured name turns on every metric that begins with it, and names them; the longest decides", async (t) => {
  const Metrics = { LastConnected: true, "LastConnected-B": false };
  const { reporter, told } = start(t, { ...OFF, Metrics });
  reporter.add({ name: "LastConnected-A", kind: "gauge", read: () => 5n, tags: { device: "A" } });
  reporter.add({ name: "LastConnected-B", kind: "gauge", read: () => 6n, tags: { device: "B" } });
  const [first, ...more] = await told(30_000);
  assert.deepEqual(more, []);
  const { timestamp: _, ...payload } = (first?.[1] ?? {}) as Record<string, unknown>;
  assert.equal(first?.[0], "edgex/telemetry/core-data/LastConnected");
  assert.deepEqual(payload, {
    apiVersion: "v3",
    name: "LastConnected",
    fields: [{ name: "gauge-value", value: 5n }],
    tags: [
      { name: "service", value: "core-data" },
      { name: "device", value: "A" },
    ],
  });
});

test("timers and histograms have six fields", async (t) => {
  const { reporter, told } = start(t, { ...OFF, Metrics: { T: true } });
  const read = () => ({ count: 1, min: 2, max: 3, mean: 4, stddev: 5, variance: 6 });
  reporter.add({ name: "T", kind: "timer", read });
  const [first] = await told(30_000);
  assert.deepEqual(
    (first?.[1] as { fields: { name: string }[] } | undefined)?.fields.map(({ name }) => name),
    ["timer-count", "timer-min", "timer-max", "timer-mean", "timer-stddev", "timer-variance"],
  );
});

test("the interval changes while it runs; 0s is never; one that is disposed is told no more", async (t) => {
  const Metrics = { A: true };
  const { reporter, told } = start(t, { ...OFF, Metrics, Interval: "0s" });
  const metric = reporter.add({ name: "A", kind: "gaugeFloat64", read: () => 0.5 });
  assert.deepEqual(await told(1_000_000), []);
  reporter.follow({ ...OFF, Metrics, Interval: "1s" });
  assert.equal((await told(3_000)).length, 3);
  reporter.follow({ ...OFF, Metrics, Interval: "1ns" });
  assert.equal((await told(1_000)).length, 10, "stretched to 100 ms");
  metric[Symbol.dispose]();
  assert.deepEqual(await told(10_000), []);
});

test("a metric that cannot be read does not keep the others", async (t) => {
  const { reporter, told, warnings } = start(t, { ...OFF, Metrics: { A: true, B: true } });
  reporter.add({
    name: "A",
    kind: "counter",
    read: () => {
      throw new Error("gone");
    },
  });
  reporter.add({ name: "B", kind: "counter", read: () => 1 });
  assert.deepEqual(
    (await told(30_000)).map(([topic]) => topic),
    ["edgex/telemetry/core-data/B"],
  );
  assert.match(warnings.join(), /gone/);
});

test("a metric for each of thousands of devices overruns no queue of the bus", async (t) => {
  mock.timers.enable({ apis: ["setInterval"] });
  t.after(() => mock.timers.reset());
  const bus = createBus({ onError: assert.ifError });
  const many = new TelemetryReporter(
    "device-x",
    { ...OFF, Metrics: { LastConnected: true } },
    {
      bus,
      clock: { now: () => 1n, monotonic: () => 0 },
      log: createLogger({ level: "WARN", write: () => undefined }),
      newId: () => "id",
    },
  );
  t.after(() => many[Symbol.dispose]());
  let got = 0;
  const options = { name: "mirror", policy: "drop-oldest", capacity: 1_000 } as const;
  bus.subscribe("edgex/telemetry/#", options, () => {
    got += 1;
  });
  for (let i = 0; i < 5_000; i += 1) many.add({ name: `LastConnected-d${i}`, kind: "gauge", read: () => i });
  mock.timers.tick(30_000);
  for (let turns = 0; turns < 1_000 && got < 5_000; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(got, 5_000);
  assert.equal(bus.stats()[0]?.dropped, 0);
});
