import assert from "node:assert/strict";
import { test } from "node:test";
import { axisRange, extent, MAX_POINTS, mergePoints, toTrendData } from "./trend-data.ts";

const point = (at: number, value = at) => ({ at, value });
const times = (points: readonly { at: number }[]): number[] => points.map(({ at }) => at);

test("history and stream become one line: in order, each point once, nothing before the window", () => {
  const history = [point(10), point(20), point(30)];
  assert.deepEqual(times(mergePoints(history, [point(30), point(40)], 20)), [20, 30, 40]);
  assert.deepEqual(times(mergePoints([point(35), point(40)], history, 0)), [10, 20, 30, 35, 40]);
  assert.deepEqual(times(mergePoints(history, [point(50)], 15)), [20, 30, 50]);
  assert.deepEqual(mergePoints(history, [], 31), []);
});

test("only the newest points are kept", () => {
  const many = Array.from({ length: MAX_POINTS + 10 }, (_, index) => point(index));
  const kept = mergePoints(many, [point(1e9)], 0);
  assert.equal(kept.length, MAX_POINTS);
  assert.equal(kept.at(-1)?.at, 1e9);
});

test("a gap breaks the line", () => {
  assert.deepEqual(toTrendData([point(0, 1), point(1_000, 2), point(9_000, 3)], 5_000), {
    times: [0, 1, 5, 9],
    values: [1, 2, null, 3],
  });
});

test("extent and axis: room around the line and the threshold, never flat", () => {
  assert.equal(extent([]), undefined);
  assert.deepEqual(extent([point(0, 3), point(1, -1)]), { min: -1, max: 3 });
  const [low, high] = axisRange(36.8, 37, [42]);
  assert.ok(low < 36.8 && high > 42 && high < 43.5, `${low} ${high}`);
  const [flatLow, flatHigh] = axisRange(50, 50, []);
  assert.ok(flatLow < 50 && flatHigh > 50);
  assert.deepEqual(axisRange(0, 0, []), [-0.6, 0.6]);
});
