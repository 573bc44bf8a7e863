import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AppError } from "./errors.ts";
import { convert, convertDifference, parseUnit, sameDimension } from "./units.ts";

test("spellings of one unit are one unit", () => {
  const groups = [
    ["℃", "°C", "degC", "Cel", "摄氏度", " °C ", "ºC"],
    ["℉", "°F", "degF"],
    ["rpm", "r/min", "rev/min", "转/分", "转／分"],
    ["m3/h", "m³/h", "㎥/h", "立方米/小时", "m^3/h"],
    ["kWh", "kW·h", "千瓦时", "kW*h"],
    ["Ω", "\u2126", "ohm"],
    ["%", "％"],
    ["μS/cm", "µS/cm", "uS/cm"],
    ["N·m", "Nm"],
  ];
  for (const [first = "", ...others] of groups) {
    const unit = parseUnit(first);
    assert.equal(unit.known, true, first);
    for (const other of others) {
      const { dimension, offset, scale } = parseUnit(other);
      assert.equal(dimension, unit.dimension, other);
      assert.ok(Math.abs(scale / unit.scale - 1) < 1e-12, other);
      assert.equal(offset, unit.offset, other);
    }
  }
});

// Vectors: NIST SP 811 (2008) appendix B.8 and the SI Brochure.
test("values convert as NIST SP 811 gives them", () => {
  const cases: readonly (readonly [number, string, string, number])[] = [
    [42, "℃", "K", 315.15],
    [212, "℉", "℃", 100],
    [-40, "℃", "℉", -40],
    [273.25, "K", "℃", 0.1],
    [3.2, "MPa", "bar", 32],
    [1, "atm", "kPa", 101.325],
    [1, "psi", "Pa", 6894.757293168],
    [1, "mmHg", "Pa", 133.322387415],
    [1, "kWh", "MJ", 3.6],
    [36, "km/h", "m/s", 10],
    [3600, "t/h", "kg/s", 1000],
    [3.6, "m3/h", "L/s", 1],
    [60, "rpm", "r/s", 1],
    [1, "μS/cm", "S/m", 1e-4],
    [1, "%", "ppm", 10_000],
    [1, "d", "min", 1440],
  ];
  for (const [value, from, to, expected] of cases) {
    const got = convert(value, parseUnit(from), parseUnit(to));
    assert.ok(Math.abs(got - expected) <= 1e-9 * Math.max(1, Math.abs(expected)), `${value} ${from} = ${got} ${to}`);
  }
  assert.equal(convert(3.2, parseUnit("MPa"), parseUnit("bar")), 32);
});

test("a difference has no offset", () => {
  assert.equal(convertDifference(5, parseUnit("℃"), parseUnit("K")), 5);
  assert.equal(convertDifference(9, parseUnit("℉"), parseUnit("℃")), 5);
});

test("quantities that share exponents stay apart, and a mismatch says both sides", () => {
  for (const [a, b] of [
    ["W", "var"],
    ["W", "VA"],
    ["J", "N·m"],
    ["Hz", "rpm"],
    ["%", "pH"],
    ["", "%"],
    ["℃", "MPa"],
  ] as const) {
    assert.equal(sameDimension(parseUnit(a), parseUnit(b)), false, `${a} ${b}`);
  }
  assert.throws(
    () => convert(1, parseUnit("MPa"), parseUnit("℃")),
    (error) =>
      error instanceof AppError && error.code === "unit-mismatch" && /pressure.*temperature/.test(error.message),
  );
});

test("an unknown unit matches itself only", () => {
  const widget = parseUnit(" NTU ");
  assert.equal(widget.known, false);
  assert.equal(widget.symbol, "NTU");
  assert.ok(sameDimension(widget, parseUnit("NTU")));
  assert.ok(!sameDimension(widget, parseUnit("ntu")));
  assert.equal(convert(7, widget, parseUnit("NTU")), 7);
});

test("any text is a unit, and conversion there and back is the same value", () => {
  const known = [
    "℃",
    "℉",
    "K",
    "bar",
    "MPa",
    "psi",
    "kW",
    "W",
    "m3/h",
    "L/s",
    "rpm",
    "r/s",
    "%",
    "ppm",
    "mm/s",
    "km/h",
  ];
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parseUnit(text).dimension.length));
  fc.assert(
    fc.property(
      fc.constantFrom(...known),
      fc.constantFrom(...known),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      (a, b, value) => {
        const [from, to] = [parseUnit(a), parseUnit(b)];
        if (!sameDimension(from, to)) return;
        const back = convert(convert(value, from, to), to, from);
        assert.ok(Math.abs(back - value) <= 1e-8 * Math.max(1, Math.abs(value)), `${value} ${a} ${b} ${back}`);
      },
    ),
  );
});
