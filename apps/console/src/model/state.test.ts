import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveMessage, LiveReading } from "@jx/contracts";
import { type FiringView, mergeFirings, NOTHING, reduce } from "./state.ts";

function reading(device: string, resource: string, value: number, origin = "1795504174458234630"): LiveReading {
  return { device, resource, valueType: "Float32", value, units: "°C", quality: "good", origin, eventId: "e" };
}

function firing(id: string, time: string, states: FiringView["actions"][number]["state"][]): FiringView {
  return {
    id,
    rule: "r",
    ruleHash: "h",
    time,
    cause: "rise",
    reason: { zh: "因", en: "why" },
    operands: [],
    actions: states.map((state) => ({ kind: "set", text: "a = 1", state })),
  };
}

const readings = (...data: LiveReading[]): LiveMessage => ({ name: "readings", data });

test("the newest reading of each series is kept, and maps of other devices stay the same object", () => {
  const first = reduce(NOTHING, readings(reading("a", "x", 1), reading("b", "y", 2)), 1_000);
  const second = reduce(first, readings(reading("a", "x", 3), reading("a", "z", 4)), 1_250);
  assert.deepEqual(
    [...(second.values.get("a") ?? [])].map(([name, { value }]) => [name, value]),
    [
      ["x", 3],
      ["z", 4],
    ],
  );
  assert.equal(second.values.get("b"), first.values.get("b"));
  assert.equal(first.values.get("a")?.get("x")?.value, 1, "the state before is not changed");
});

test("ages follow the edge's clock, whatever this browser's says", () => {
  const status = { now: 5_000, rssBytes: 1, loopDelayMs: 0, eventsStored: 0, eventsPerSecond: 0, deferred: 0 };
  const state = reduce(NOTHING, { name: "status", data: status }, 65_000);
  assert.equal(state.clockOffset, -60_000);
  assert.equal(state.lastMessage, 65_000);
});

test("each return to life counts as a session", () => {
  const live = reduce(NOTHING, readings(), 1);
  assert.deepEqual([live.connection, live.sessions], ["live", 1]);
  assert.equal(reduce(live, readings(), 2).sessions, 1);
  assert.equal(reduce({ ...live, connection: "lost" }, readings(), 3).sessions, 2);
});

test("a firing that is told again takes the place of the pending one, and an older telling never does", () => {
  const begun = firing("f", "1795504205355475000", ["pending", "done"]);
  const ended = firing("f", "1795504205355475000", ["verified", "done"]);
  assert.deepEqual(mergeFirings([begun], [ended]), [ended]);
  assert.deepEqual(mergeFirings([ended], [begun]), [ended]);
});

test("firings are newest first by all 64 bits, and bounded", () => {
  const older = firing("a", "1795504205355475001", ["done"]);
  const newer = firing("b", "1795504205355475002", ["done"]);
  assert.deepEqual(
    mergeFirings([older], [newer]).map(({ id }) => id),
    ["b", "a"],
  );
  assert.deepEqual(
    mergeFirings([older], [newer], 1).map(({ id }) => id),
    ["b"],
  );
});

test("a device that was removed takes its values with it", () => {
  const state = reduce(NOTHING, readings(reading("a", "x", 1), reading("b", "y", 2)), 1);
  const deleted = reduce(state, { name: "metadata", data: { type: "device", action: "delete", subject: "a" } }, 2);
  assert.deepEqual([...deleted.values.keys()], ["b"]);
  assert.equal(deleted.metadataVersion, 1);
  const leftOut = reduce(state, { name: "metadata", data: { type: "everything", action: "update", subject: "" } }, 2);
  assert.deepEqual([leftOut.sessions, leftOut.metadataVersion], [state.sessions + 1, 1], "all is to be asked again");
  const updated = reduce(state, { name: "metadata", data: { type: "device", action: "update", subject: "a" } }, 2);
  assert.deepEqual([...updated.values.keys()], ["a", "b"]);
});
