import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeviceProfile, DeviceResource, LiveReading } from "@jx/contracts";
import { valueRows } from "./rows.ts";

const resource = (name: string, valueType: string, readWrite: "R" | "RW", isHidden = false): DeviceResource => ({
  name,
  properties: { valueType, readWrite },
  ...(isHidden ? { isHidden } : {}),
});

const profile: DeviceProfile = {
  name: "p",
  deviceResources: [
    resource("Stop", "Bool", "RW"),
    resource("Running", "Bool", "R"),
    resource("Temp", "Float32", "R"),
    resource("Secret", "Float32", "R", true),
  ],
};

function reading(name: string): LiveReading {
  return {
    device: "d",
    resource: name,
    valueType: "Int16",
    value: 1,
    units: "",
    quality: "good",
    origin: "1",
    eventId: "e",
  };
}

test("measurements, then states, then what can be written, each in the profile's order", () => {
  assert.deepEqual(
    valueRows(profile, undefined).map(({ name, group }) => `${group} ${name}`),
    ["measurements Temp", "states Running", "writable Stop"],
  );
});

test("a hidden resource shows once it has a value, and so does one the profile does not know", () => {
  const rows = valueRows(
    profile,
    new Map([
      ["Secret", reading("Secret")],
      ["Extra", reading("Extra")],
    ]),
  );
  assert.deepEqual(
    rows.map(({ name }) => name),
    ["Temp", "Secret", "Extra", "Running", "Stop"],
  );
  assert.equal(rows[2]?.resource, undefined);
});

test("without a profile the readings alone make the rows", () => {
  assert.deepEqual(
    valueRows(undefined, new Map([["x", reading("x")]])).map(({ name }) => name),
    ["x"],
  );
  assert.deepEqual(valueRows(undefined, undefined), []);
});
