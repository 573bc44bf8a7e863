import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event, Reading } from "@jx/contracts";
import { LatestValues } from "./latest-values.ts";

function reading(
  deviceName: string,
  resourceName: string,
  value: Reading["value"],
  more: Partial<Reading> = {},
): Reading {
  return {
    deviceName,
    profileName: "p",
    resourceName,
    valueType: "Float32",
    value,
    origin: 1_795_504_174_458_234_630n,
    units: "°C",
    mediaType: "",
    tags: undefined,
    ...more,
  };
}

function event(id: string, ...readings: Reading[]): Event {
  return { id, deviceName: "d", profileName: "p", sourceName: "s", origin: 1n, readings, tags: undefined };
}

test("the newest reading of each series is told once, as JSON can carry it", () => {
  const values = new LatestValues();
  values.add(event("1", reading("d", "a", 1), reading("d", "b", 2)));
  values.add(event("2", reading("d", "a", 3, { tags: { quality: "uncertain" } })));
  assert.deepEqual(values.takeChanged(10), [
    {
      device: "d",
      resource: "a",
      valueType: "Float32",
      value: 3,
      units: "°C",
      quality: "uncertain",
      origin: "1795504174458234630",
      eventId: "2",
    },
    {
      device: "d",
      resource: "b",
      valueType: "Float32",
      value: 2,
      units: "°C",
      quality: "good",
      origin: "1795504174458234630",
      eventId: "1",
    },
  ]);
  assert.deepEqual(values.takeChanged(10), []);
});

test("64-bit integers become strings, Binary its size, arrays keep their items", () => {
  const values = new LatestValues();
  values.add(
    event(
      "1",
      reading("d", "u", 2n ** 64n - 1n, { valueType: "Uint64" }),
      reading("d", "i", [1n, -2n], { valueType: "Int64Array" }),
      reading("d", "f", [1.5, 2], { valueType: "Float32Array" }),
      reading("d", "b", new Uint8Array(300), { valueType: "Binary" }),
      reading("d", "n", null),
    ),
  );
  assert.deepEqual(
    values.takeChanged(10).map(({ value }) => value),
    ["18446744073709551615", ["1", "-2"], [1.5, 2], 300, null],
  );
});

test("what does not fit into one message waits for the next", () => {
  const values = new LatestValues();
  values.add(event("1", ...["a", "b", "c"].map((name) => reading("d", name, 1))));
  assert.equal(values.takeChanged(2).length, 2);
  assert.equal(values.waiting, 1);
  assert.deepEqual(
    values.takeChanged(2).map(({ resource }) => resource),
    ["c"],
  );
});

test("everything comes in pieces, without an empty one, and changes can be forgotten", () => {
  const values = new LatestValues();
  assert.deepEqual([...values.all(2)], []);
  values.add(event("1", ...["a", "b", "c", "d"].map((name) => reading("d", name, 1))));
  values.forgetChanges();
  assert.equal(values.waiting, 0);
  assert.deepEqual(
    [...values.all(2)].map((piece) => piece.length),
    [2, 2],
  );
  assert.deepEqual(
    [...values.all(3)].map((piece) => piece.length),
    [3, 1],
  );
});

test("a removed device is forgotten, and one whose name begins alike is not", () => {
  const values = new LatestValues();
  values.add(event("1", reading("pump", "a", 1), reading("pump-2", "a", 2)));
  values.remove("pump");
  assert.deepEqual(
    values.takeChanged(10).map(({ device }) => device),
    ["pump-2"],
  );
  assert.deepEqual(
    [...values.all(10)].flat().map(({ device }) => device),
    ["pump-2"],
  );
});

test("series beyond the bound are counted and not kept", () => {
  const values = new LatestValues();
  const readings = Array.from({ length: 50_003 }, (_, index) => reading("d", `r${index}`, index));
  values.add(event("1", ...readings));
  assert.equal(values.ignored, 3);
  assert.equal(values.waiting, 50_000);
  values.add(event("2", reading("d", "r0", 7)));
  assert.equal(values.ignored, 3, "a known series is still taken");
});
