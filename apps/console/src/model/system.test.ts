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
