import assert from "node:assert/strict";
import { test } from "node:test";
import { QUEUES } from "@jx/contracts/system-words";
import { countRows } from "./system.ts";

test("what counts comes first, the rest in its order, in the page's language", () => {
  const counts = [
    { kind: "bus", name: "a", count: 0 },
    { kind: "bus", name: "b", count: 1 },
    { kind: "store", name: "", count: 9 },
  ] as const;
  const rows = countRows(counts, QUEUES, "zh");
  assert.deepEqual(
    rows.map(({ key, count }) => [key, count]),
    [
      ["bus b", 1],
      ["store ", 9],
      ["bus a", 0],
    ],
  );
  assert.equal(rows[0]?.kind, "总线订阅者");
});

test("the same queue of another process is a row of its own, with the services of that process", () => {
  const counts = [
    { kind: "bus", name: "mirror", count: 1 },
    { kind: "bus", name: "mirror", count: 2, elsewhere: "core-data" },
    { kind: "store", name: "", count: 3, elsewhere: "core-data" },
  ] as const;
  assert.deepEqual(
    countRows(counts, QUEUES, "en").map(({ key, name }) => [key, name]),
    [
      ["bus mirror", "mirror"],
      ["bus mirror @ core-data", "mirror @ core-data"],
      ["store @ core-data", "@ core-data"],
    ],
  );
});
