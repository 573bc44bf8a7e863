import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Device } from "@jx/contracts";
import { AppError } from "@jx/kit";
import { createLogger } from "@jx/runtime";
import type { RetainPolicy } from "../store/event-store.ts";
import { type RetentionDeps, runRetention } from "./retention.ts";
import type { RetentionSettings } from "./rules.ts";

const HOUR_NS = 3_600_000_000_000n;
const DEFAULTS: RetentionSettings = { Interval: "1h", DefaultMaxCap: -1, DefaultMinCap: 1, DefaultDuration: "1h" };

function setup(settings: RetentionSettings) {
  const policies: RetainPolicy[] = [];
  const logs: string[] = [];
  const abort = new AbortController();
  const world = { diskRefuses: false, devices: [] as readonly Device[] | undefined };
  const deps: RetentionDeps = {
    store: {
      async retain(policy: RetainPolicy) {
        policies.push(policy);
        if (world.diskRefuses) throw new AppError("Storage", "read-only");
        return 1;
      },
      countEvents: async () => 0,
      sources: async () => [{ deviceName: "d", sourceName: "s" }],
    },
    clock: { now: () => 100n * HOUR_NS, monotonic: () => 0 },
    log: createLogger({ level: "WARN", write: (line) => logs.push(line) }),
    signal: abort.signal,
    settings: () => settings,
    async devices() {
      if (world.devices === undefined) throw new AppError("ServiceUnavailable", "core-metadata is not there");
      return world.devices;
    },
  };
  const end = (): void => abort.abort(new AppError("Aborted", "end"));
  return { policies, deps, end, world, logs };
}

/** Time passes as the test says; what was due then has run afterwards. */
function mockTime(t: TestContext): (ms: number) => Promise<void> {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  return async (ms) => {
    t.mock.timers.tick(ms);
    for (let i = 0; i < 40; i += 1) await Promise.resolve();
  };
}

test("first after one interval, then again and again, by the settings as they are then", async (t) => {
  const pass = mockTime(t);
  const settings = { ...DEFAULTS };
  const { policies, deps, end } = setup(settings);
  const running = runRetention(deps);
  await pass(3_599_999);
  assert.deepEqual(policies, []);
  await pass(1);
  Object.assign(settings, { Interval: "1m" });
  await pass(3_600_000);
  Object.assign(settings, { DefaultDuration: "2h" });
  await pass(60_000);
  await pass(60_000);
  end();
  await running;
  assert.deepEqual(
    policies.map(({ olderThan }) => Number((olderThan ?? 0n) / HOUR_NS)),
    [99, 99, 98, 98],
    "an interval that has begun runs to its end, and the pass takes the rules of then",
  );
});

test("an interval of 0s switches it off", async () => {
  const { policies, deps } = setup({ ...DEFAULTS, Interval: "0s" });
  await runRetention(deps);
  assert.deepEqual(policies, []);
});

test("an interval beyond what a timer takes is a long one, not none", async () => {
  const { policies, deps, end } = setup({ ...DEFAULTS, Interval: "1000h" });
  const running = runRetention(deps);
  await new Promise((resolve) => setTimeout(resolve, 30)); // a real timer: only it has the bound
  end();
  await running;
  assert.deepEqual(policies, []);
});

test("a pass that fails is tried again after a minute, and the end is not waited for", async (t) => {
  const pass = mockTime(t);
  const { policies, deps, end, world } = setup({ ...DEFAULTS, Interval: "1s" });
  world.diskRefuses = true;
  const running = runRetention(deps);
  await pass(1_000);
  await pass(59_000);
  assert.equal(policies.length, 1);
  world.diskRefuses = false;
  await pass(1_000);
  await pass(1_000);
  assert.equal(policies.length, 2);
  end();
  await running;
});

test("nothing is deleted before core metadata has told what auto events want; its last word holds after that", async (t) => {
  const pass = mockTime(t);
  const { policies, deps, end, world, logs } = setup({ ...DEFAULTS, Interval: "1s" });
  const keeps = { interval: "1s", sourceName: "s", retention: { duration: "99h" } };
  world.devices = undefined;
  const running = runRetention(deps);
  await pass(1_000);
  assert.deepEqual(policies, []);
  assert.match(logs.at(-1) ?? "", /no old events are deleted before it has/);
  world.devices = [{ name: "d", autoEvents: [keeps] } as unknown as Device];
  await pass(1_000);
  world.devices = undefined;
  await pass(1_000);
  end();
  await running;
  assert.deepEqual(
    policies.map(({ olderThan }) => (olderThan ?? 0n) / HOUR_NS),
    [1n, 1n],
  );
  assert.match(logs.at(-1) ?? "", /its last answer holds/);
});
