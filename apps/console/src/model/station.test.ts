import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveReading } from "@jx/contracts";
import type { DeviceValues, Rule } from "./state.ts";
import { faultyPump, hasStation, isAlarmed, pumpState } from "./station.ts";

function pump(flags: Readonly<Record<string, boolean>>): DeviceValues {
  const reading = (resource: string, value: boolean): LiveReading => ({
    device: "p",
    resource,
    valueType: "Bool",
    value,
    units: "",
    quality: "good",
    origin: "1",
    eventId: "e",
  });
  return new Map(Object.entries(flags).map(([name, value]) => [name, reading(name, value)]));
}

test("the state of a pump, the latched trip first", () => {
  assert.equal(pumpState(undefined), "unknown");
  assert.equal(pumpState(pump({ Tripped: true })), "unknown");
  assert.equal(pumpState(pump({ Running: true })), "running");
  assert.equal(pumpState(pump({ Running: true, Starting: true })), "starting");
  assert.equal(pumpState(pump({ Running: false, Coasting: true })), "coasting");
  assert.equal(pumpState(pump({ Running: false, Coasting: true, Tripped: true })), "tripped");
  assert.equal(pumpState(pump({ Running: false })), "stopped");
});

test("the diagram needs all three devices", () => {
  const all = ["CCW-Header", "CCW-Pump-1", "CCW-Pump-2", "mine"].map((name) => ({ name }));
  assert.equal(hasStation(all), true);
  assert.equal(hasStation(all.slice(1)), false);
});

test("a fault goes where it can be seen", () => {
  const on = pump({ Running: true });
  const off = pump({ Running: false });
  assert.equal(
    faultyPump(
      new Map([
        ["CCW-Pump-1", off],
        ["CCW-Pump-2", on],
      ]),
    ),
    2,
  );
  assert.equal(
    faultyPump(
      new Map([
        ["CCW-Pump-1", on],
        ["CCW-Pump-2", on],
      ]),
    ),
    1,
  );
  assert.equal(faultyPump(new Map()), 1);
});

test("a value is alarmed while a rule that looks at it holds or waits", () => {
  const rule = (state: Rule["state"]): Rule => ({
    name: "r",
    file: "f",
    line: 1,
    hash: "h",
    text: "",
    state,
    operands: [{ deviceName: "d", resourceName: "t", value: 43, units: "°C" }],
    explanation: { zh: "", en: "" },
    firings: 0,
    problems: [],
  });
  assert.equal(isAlarmed([rule("waiting")], "d", "t"), true);
  assert.equal(isAlarmed([rule("true")], "d", "t"), true);
  assert.equal(isAlarmed([rule("false")], "d", "t"), false);
  assert.equal(isAlarmed([rule("true")], "d", "u"), false);
  assert.equal(isAlarmed(undefined, "d", "t"), false);
});
