import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Scheduler } from "./scheduler.ts";

/** A clock that stands still until the test moves it; timers fire late by `lag` milliseconds. */
class FakeClock {
  now = 0;
  lag = 0;
  #timer: { at: number; callback: () => void } | undefined;

  readonly deps = {
    monotonic: (): number => this.now,
    setTimer: (callback: () => void, ms: number): (() => void) => {
      const timer = { at: this.now + ms, callback };
      this.#timer = timer;
      return () => {
        if (this.#timer === timer) this.#timer = undefined;
      };
    },
  };

  runTo(end: number): void {
    for (let timer = this.#timer; timer !== undefined && timer.at + this.lag <= end; timer = this.#timer) {
      this.#timer = undefined;
      this.now = Math.max(this.now, timer.at + this.lag);
      timer.callback();
    }
    this.now = Math.max(this.now, end);
  }
}

function none(count: number): void {
  assert.fail(`${count} periods missed`);
}

test("deadlines are absolute: late timers do not add up", () => {
  const clock = new FakeClock();
  clock.lag = 7;
  using scheduler = new Scheduler(clock.deps);
  const runs: number[] = [];
  scheduler.add({ intervalMs: 100, run: () => runs.push(clock.now), missed: none }, 30);
  clock.runTo(100_000);
  assert.equal(runs.length, 1_000);
  assert.equal(runs[0], 37);
  assert.equal(runs[999], 99_937);
});

test("periods that passed while the process was held up are counted, not made up for", () => {
  const clock = new FakeClock();
  using scheduler = new Scheduler(clock.deps);
  const runs: number[] = [];
  let missed = 0;
  const task = {
    intervalMs: 100,
    run: () => runs.push(clock.now),
    missed: (count: number) => {
      missed += count;
    },
  };
  scheduler.add(task, 100);
  clock.runTo(250);
  clock.now = 780;
  clock.runTo(1_000);
  assert.deepEqual(runs, [100, 200, 780, 800, 900, 1_000]);
  assert.equal(missed, 4);
  assert.equal(runs.length + missed, 10);
});

test("many tasks share one timer and each keeps its own beat", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ interval: fc.integer({ min: 1, max: 500 }), first: fc.nat(500) }), {
        minLength: 1,
        maxLength: 40,
      }),
      (tasks) => {
        const clock = new FakeClock();
        using scheduler = new Scheduler(clock.deps);
        const counts = tasks.map(() => 0);
        tasks.forEach(({ interval, first }, i) => {
          const run = (): void => {
            assert.equal((clock.now - first) % interval, 0);
            counts[i] = (counts[i] ?? 0) + 1;
          };
          scheduler.add({ intervalMs: interval, run, missed: none }, first);
        });
        clock.runTo(1_000);
        tasks.forEach(({ interval, first }, i) => {
          assert.equal(counts[i], Math.floor((1_000 - first) / interval) + 1);
        });
      },
    ),
    { numRuns: 100 },
  );
});

test("a stopped task runs no more", () => {
  const clock = new FakeClock();
  using scheduler = new Scheduler(clock.deps);
  let runs = 0;
  const task = {
    intervalMs: 10,
    run: () => {
      runs += 1;
    },
    missed: none,
  };
  const stop = scheduler.add(task, 10);
  clock.runTo(35);
  stop();
  clock.runTo(1_000);
  assert.equal(runs, 3);
});
