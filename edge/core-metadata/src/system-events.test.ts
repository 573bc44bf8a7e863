import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonMessage, SystemEvent } from "@jx/contracts";
import { deferred } from "@jx/kit";
import { createBus, createMetrics } from "@jx/runtime";
import { SERVICE, silent } from "./metadata.fixture.ts";
import { SystemEvents } from "./system-events.ts";

test("a subscriber without room delays events but not their order; beyond a bound they are dropped and counted", async () => {
  const bus = createBus({ onError: assert.ifError });
  const metrics = createMetrics();
  let time = 0n;
  const clock = { now: () => ++time, monotonic: () => 0 };
  const events = new SystemEvents({ bus, clock, log: silent, metrics });
  const gate = deferred<void>();
  const seen: bigint[] = [];
  using _slow = bus.subscribe("#", { name: "slow", policy: "block", capacity: 2 }, async (message) => {
    await gate.promise;
    seen.push(((message as JsonMessage).payload as SystemEvent).timestamp);
  });

  const told = 10_500;
  for (let i = 0; i < told; i += 1) events.service("update", { ...SERVICE }, "c");
  const dropped = Number(/^jx_metadata_system_events_dropped_total (\d+)$/m.exec(metrics.text())?.[1]);
  assert.ok(dropped > 0 && dropped < 510, `${dropped} of ${told}`);

  gate.resolve();
  while (seen.length < told - dropped) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(
    seen,
    Array.from(seen.keys(), (i) => BigInt(i + 1)),
    "the oldest, in order",
  );
});

test("a device that changes its service is told to both, one that does not is told once", async () => {
  const bus = createBus({ onError: assert.ifError });
  const clock = { now: () => 1n, monotonic: () => 0 };
  const events = new SystemEvents({ bus, clock, log: silent, metrics: createMetrics() });
  const topics: string[] = [];
  const all = bus.subscribe(
    "#",
    { name: "all", policy: "block", capacity: 10 },
    ({ topic }) => void topics.push(topic),
  );
  const device = { name: "d", serviceName: "b", adminState: "UNLOCKED", operatingState: "UP", protocols: {} } as const;
  events.device("update", device, ["a", "b"], "c");
  events.device("update", device, ["b", "b"], "c");
  await all.drained();
  const root = "edgex/system-events/core-metadata/device/update";
  assert.deepEqual(topics, [`${root}/a`, `${root}/b`, `${root}/b`]);
});
