import assert from "node:assert/strict";
import { test } from "node:test";
import { covers } from "./apply.ts";

test("empty values, order of keys, stamps and states make no difference", () => {
  const wanted = { name: "M", description: "", autoEvents: [{ sourceName: "P", interval: "1s", onChange: false }] };
  const stored = {
    id: "1",
    created: 1,
    adminState: "LOCKED",
    // As core-metadata prints them.
    autoEvents: [
      {
        interval: "1s",
        onChange: false,
        onChangeThreshold: 0,
        sourceName: "P",
        retention: { maxCap: 0, minCap: 0, duration: "" },
      },
    ],
    name: "M",
    properties: {},
  };
  assert.ok(covers(stored, wanted));
});

test("a zero that means something is a difference", () => {
  assert.ok(
    !covers(
      { name: "M", properties: { valueType: "Int16" } },
      { name: "M", properties: { valueType: "Int16", minimum: 0 } },
    ),
  );
  assert.ok(!covers({ attributes: { startingAddress: 1 } }, { attributes: { startingAddress: 0 } }));
  assert.ok(!covers({ labels: ["a", "b"] }, { labels: ["b", "a"] }));
});
