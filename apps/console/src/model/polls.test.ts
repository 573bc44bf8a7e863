import assert from "node:assert/strict";
import { test } from "node:test";
import type { Device, DeviceProfile } from "@jx/contracts";
import { isStale, pollIntervals } from "./polls.ts";

function device(autoEvents: Device["autoEvents"]): Device {
  return {
    name: "d",
    adminState: "UNLOCKED",
    operatingState: "UP",
    serviceName: "s",
    profileName: "p",
    protocols: {},
    ...(autoEvents === undefined ? {} : { autoEvents }),
  };
}

const profile: DeviceProfile = {
  name: "p",
  deviceCommands: [
    { name: "All", readWrite: "R", resourceOperations: [{ deviceResource: "a" }, { deviceResource: "b" }] },
  ],
};

test("a resource is polled by its own auto event and by those of commands; the shortest counts", () => {
  const intervals = pollIntervals(
    device([
      { sourceName: "All", interval: "5s" },
      { sourceName: "a", interval: "500ms" },
    ]),
    profile,
  );
  assert.deepEqual(
    [...intervals],
    [
      ["a", 500],
      ["b", 5_000],
    ],
  );
});

test("auto events on change, and intervals nobody can read, say nothing about age", () => {
  const intervals = pollIntervals(
    device([
      { sourceName: "a", interval: "1s", onChange: true },
      { sourceName: "b", interval: "soon" },
    ]),
    undefined,
  );
  assert.equal(intervals.size, 0);
  assert.equal(pollIntervals(device(undefined), profile).size, 0);
});

test("stale means older than three polls", () => {
  assert.equal(isStale(1_500, 500), false);
  assert.equal(isStale(1_501, 500), true);
  assert.equal(isStale(1e9, undefined), false);
});
