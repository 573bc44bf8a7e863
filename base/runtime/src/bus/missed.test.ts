import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { topics } from "@jx/contracts";
import { createBus } from "./bus.ts";
import { onMissed } from "./missed.ts";

const WITHIN_MS = 2_000;
/** The longest time without a look. */
const SELDOM_MS = 750_000;

function setup(t: TestContext, services = 1) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  // The mocked timers leave performance.now() alone; it goes with them here.
  let now = 0;
  t.mock.method(performance, "now", () => now);
  const bus = createBus({ onError: assert.ifError });
  const looks: number[] = [];
  const parts = Array.from({ length: services }, () =>
    onMissed(bus, { name: "test", withinMs: WITHIN_MS }, () => looks.push(now)),
  );
  t.after(() => parts.forEach((part) => void part[Symbol.dispose]()));
  return {
    looks,
    parts,
    async back() {
      const head = { topic: topics.metadataBack, correlationId: "", from: "outside" } as const;
      await bus.publish({ kind: "json", ...head, payload: null });
      await nextTurn();
    },
    pass(ms: number) {
      for (const end = now + ms; now < end; now += 10) t.mock.timers.tick(10);
    },
  };
}

test("any number of notices is one look, and one after it another", async (t) => {
  const { looks, parts, back, pass } = setup(t);
  parts[0]?.notice();
  await back();
  parts[0]?.notice();
  pass(10 * WITHIN_MS);
  assert.equal(looks.length, 1);
  await back();
  pass(WITHIN_MS);
  assert.equal(looks.length, 2);
});

test("twenty that are told at once look one after the other", async (t) => {
  const { looks, back, pass } = setup(t, 20);
  await back();
  assert.deepEqual(looks, []);
  pass(WITHIN_MS);
  assert.equal(looks.length, 20);
  // Fifteen of twenty by chance within a tenth of the time: less often than once in a hundred million runs.
  const most = Math.max(...looks.map((at) => looks.filter((other) => other >= at && other < at + 200).length));
  assert.ok(most <= 14, `${most} within 200 ms`);
});

test("without any notice a look is seldom, and comes again", async (t) => {
  const { looks, pass, parts } = setup(t);
  pass(SELDOM_MS * 0.5);
  assert.equal(looks.length, 0);
  pass(SELDOM_MS * 3.5);
  assert.ok(looks.length >= 3, String(looks));
  const so = looks.length;
  parts[0]?.[Symbol.dispose]();
  pass(SELDOM_MS);
  assert.equal(looks.length, so);
});
