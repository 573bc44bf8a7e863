import assert from "node:assert/strict";
import { test } from "node:test";
import { createSystemClock } from "./system-clock.ts";

function fake() {
  const state = { wall: 1_700_000_000_000, steady: 0, steps: [] as number[] };
  const clock = createSystemClock({
    wall: () => state.wall,
    monotonic: () => state.steady,
    onStep: (ms) => state.steps.push(ms),
  });
  const pass = (ms: number): void => {
    state.wall += ms;
    state.steady += ms;
  };
  return { state, clock, pass };
}

test("strictly increasing, also within one millisecond", () => {
  const { clock } = fake();
  const times = Array.from({ length: 100 }, () => clock.now());
  for (let i = 1; i < times.length; i += 1) assert.ok((times[i] ?? 0n) > (times[i - 1] ?? 0n));
});

test("a step back of an hour is told and time still increases", () => {
  const { state, clock, pass } = fake();
  const before = clock.now();
  pass(5);
  state.wall -= 3_600_000;
  const after = clock.now();
  pass(100);
  const later = clock.now();
  assert.ok(after > before);
  assert.equal(later - after, 50_000_001n, "half speed until the wall clock has caught up");
  assert.deepEqual(state.steps, [-3_600_000]);
});

test("a jump forward from 1970 is told and followed", () => {
  const { state, clock } = fake();
  state.wall = 0;
  clock.now();
  state.wall = 1_700_000_100_000;
  assert.equal(clock.now() / 1_000_000n, 1_700_000_100_000n);
  assert.equal(state.steps.length, 2);
});

test("slewing is followed without a word, and one step is told once", () => {
  const { state, clock, pass } = fake();
  for (let i = 0; i < 100; i += 1) {
    pass(1_000);
    state.wall += 0.5; // NTP slews by at most 500 ppm
    clock.now();
  }
  assert.deepEqual(state.steps, []);
  assert.ok(Math.abs(Number(clock.now() / 1_000n) / 1_000 - state.wall) < 2);
  state.wall += 60_000;
  for (let i = 0; i < 5; i += 1) {
    clock.now();
    pass(10);
  }
  assert.equal(state.steps.length, 1);
  assert.ok(Math.abs((state.steps[0] ?? 0) - 60_000) <= 2);
});

test("after a step back time has caught up once the wall clock has passed it", () => {
  const { state, clock, pass } = fake();
  const before = clock.now();
  state.wall -= 10_000;
  clock.now();
  pass(30_000);
  const after = clock.now();
  assert.ok(after > before);
  assert.equal(after / 1_000_000n, BigInt(state.wall));
});
