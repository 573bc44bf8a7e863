import assert from "node:assert/strict";
import { test } from "node:test";
import type { Rule } from "./state.ts";
import { thresholdsOf } from "./thresholds.ts";

function rule(name: string, text: string): Rule {
  return {
    name,
    file: "f",
    line: 1,
    hash: "h",
    text,
    state: "false",
    operands: [],
    explanation: { zh: "", en: "" },
    firings: 0,
    problems: [],
  };
}

const values = (text: string, device: string, resource: string, units: string): number[] =>
  thresholdsOf([rule("r", text)], device, resource, units).map(({ value }) => value);

test("the demo's own rules, in both languages", () => {
  const zh =
    '规则 "停泵" 优先级 高 {\n  当 ("CCW-Pump-1".BearingTempDE > 42 ℃ 回差 2 ℃ 且 "CCW-Pump-1".Running) 持续 1 s';
  assert.deepEqual(values(zh, "CCW-Pump-1", "BearingTempDE", "°C"), [42]);
  assert.deepEqual(values(zh, "CCW-Pump-2", "BearingTempDE", "°C"), []);
  assert.deepEqual(values(zh, "CCW-Pump-1", "Running", ""), []);
  const en = 'when ("CCW-Pump-2".BearingTempDE > 42 °C hysteresis 2 °C and "CCW-Pump-2".Running) for 1 s';
  assert.deepEqual(values(en, "CCW-Pump-2", "BearingTempDE", "°C"), [42]);
});

test("bare names, full-width signs, negative numbers, several limits", () => {
  assert.deepEqual(values("当 水箱.液位 ＜ 1.2 m 或 水箱.液位 ≥ 2.2 m", "水箱", "液位", "m"), [1.2, 2.2]);
  assert.deepEqual(values("when a.b <= -5", "a", "b", "°C"), [-5]);
  assert.deepEqual(values("when a.b > 1e3 and a.b > 1000", "a", "b", ""), [1000]);
});

test("another unit is left out: the page converts nothing", () => {
  assert.deepEqual(values("when a.b > 108 °F", "a", "b", "°C"), []);
  assert.deepEqual(values("when a.b > 500 kPa", "a", "b", "MPa"), []);
});

test("a comparison of two resources has no constant", () => {
  assert.deepEqual(values("when a.b > c.d", "a", "b", ""), []);
});
