import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { AppError } from "@jx/kit";
import { createLogger } from "@jx/runtime";
import { type RetentionDeps, runRetention } from "./retention.ts";
import type { EventStore, RetainPolicy } from "./store/event-store.ts";

const HOUR_NS = 3_600_000_000_000n;

function setup(settings: { Interval: string; DefaultDuration: string }) {
  const policies: RetainPolicy[] = [];
  const abort = new AbortController();
  const disk = { refuses: false };
  const store = {
    async retain(policy: RetainPolicy) {
      policies.push(policy);
      if (disk.refuses) throw new AppError("Storage", "read-only");
      return 1;
    },
  } as unknown as EventStore;
  const deps: RetentionDeps = {
    store,
    clock: { now: () => 100n * HOUR_NS, monotonic: () => 0 },
    log: createLogger({ level: "ERROR", write: () => undefined }),
    signal: abort.signal,
    settings: () => settings,
  };
  const end = (): void => abort.abort(new AppError("Aborted", "end"));
  return { policies, deps, end, disk };
}

/** Time passes as the test says; what was due then has run afterwards. */
function mockTime(t: TestContext): (ms: number) => Promise<void> {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  return async (ms) => {
    t.mock.timers.tick(ms);
    for (let i = 0; i < 10; i += 1) await Promise.resolve();
  };
}

test("first after one interval, then again and again, by the settings as they are then", async (t) => {
  const pass = mockTime(t);
  const settings = { Interval: "1h", DefaultDuration: "1h" };
  const { policies, deps, end } = setup(settings);
  const running = runRetention(deps);
  await pass(3_599_999);
  assert.deepEqual(policies, []);
  await pass(1);
  settings.Interval = "1m";
  await pass(3_600_000);
  settings.DefaultDuration = "2h";
  await pass(60_000);
  await pass(60_000);
  end();
  await running;
  assert.deepEqual(
    policies.map(({ olderThan }) => Number((olderThan ?? 0n) / HOUR_NS)),
    [99, 99, 99, 98],
    "an interval that has begun runs by what it began with",
  );
});

test("0s switches it off: no interval, or nothing that is old enough", async () => {
  for (const settings of [
    { Interval: "0s", DefaultDuration: "1h" },
    { Interval: "1ms", DefaultDuration: "0s" },
  ]) {
    const { policies, deps } = setup(settings);
    await runRetention(deps);
    assert.deepEqual(policies, []);
  }
});

test("an interval beyond what a timer takes is a long one, not none", async () => {
  const { policies, deps, end } = setup({ Interval: "1000h", DefaultDuration: "1h" });
  const running = runRetention(deps);
  await new Promise((resolve) => setTimeout(resolve, 30)); // a real timer: only it has the bound
  end();
  await running;
  assert.deepEqual(policies, []);
});

test("a pass that fails is tried again after a minute, and the end is not waited for", async (t) => {
  const pass = mockTime(t);
  const { policies, deps, end, disk } = setup({ Interval: "1s", DefaultDuration: "1h" });
  disk.refuses = true;
  const running = runRetention(deps);
  await pass(1_000);
  await pass(59_000);
  assert.equal(policies.length, 1);
  disk.refuses = false;
  await pass(1_000);
  await pass(1_000);
  assert.equal(policies.length, 2);
  end();
  await running;
});
