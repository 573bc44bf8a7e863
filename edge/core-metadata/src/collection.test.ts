import assert from "node:assert/strict";
import { test } from "node:test";
import { Collection, type Named } from "./collection.ts";

test("a changed record keeps its place among those created in the same millisecond", () => {
  const collection = new Collection<Named>();
  collection.put({ name: "first", created: 5 });
  collection.put({ name: "second", created: 5 });
  collection.put({ name: "first", created: 5, labels: ["changed"] });
  assert.deepEqual(
    collection.all().map(({ name }) => name),
    ["first", "second"],
  );
});

test("a replaced record is no longer found under its old id", () => {
  const collection = new Collection<Named>();
  collection.put({ name: "one", id: "old" });
  collection.put({ name: "one", id: "new" });
  assert.deepEqual([collection.byId("old"), collection.byId("new")?.name], [undefined, "one"]);
});
