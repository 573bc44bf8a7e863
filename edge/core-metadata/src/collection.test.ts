import assert from "node:assert/strict";
import { test } from "node:test";
import { Collection, type Named } from "./collection.ts";

test("a changed record keeps its place among those created in the same millisecond", () => {
  const collection = new Collection<Named>({});
  collection.put({ name: "first", created: 5 });
  collection.put({ name: "second", created: 5 });
  collection.put({ name: "first", created: 5, labels: ["changed"] });
  assert.deepEqual(
    collection.all().map(({ name }) => name),
    ["first", "second"],
  );
});

test("links are counted as records come, change and go", () => {
  const collection = new Collection<Named & { readonly of?: string }, "of">({ of: (record) => record.of });
  collection.put({ name: "a", of: "x" });
  collection.put({ name: "b", of: "x" });
  collection.put({ name: "c", of: "" });
  assert.deepEqual([collection.linked("of", "x"), collection.linked("of", "")], [2, 0]);
  collection.put({ name: "b", of: "y" });
  collection.remove("a");
  assert.deepEqual([collection.linked("of", "x"), collection.linked("of", "y")], [0, 1]);
});

test("becoming another takes everything over and lets go of the rest", () => {
  const mine = new Collection<Named>({});
  const other = new Collection<Named>({});
  mine.put({ name: "gone", id: "1" });
  other.put({ name: "late", created: 2 });
  other.put({ name: "early", created: 1 });
  mine.become(other);
  assert.deepEqual([mine.size, mine.byId("1"), mine.all().map(({ name }) => name)], [2, undefined, ["early", "late"]]);
});

test("ids are found in any letter case", () => {
  const collection = new Collection<Named>({});
  collection.put({ name: "one", id: "ABCD" });
  assert.equal(collection.byId("abcd")?.name, "one");
});

test("a replaced record is no longer found under its old id", () => {
  const collection = new Collection<Named>({});
  collection.put({ name: "one", id: "old" });
  collection.put({ name: "one", id: "new" });
  assert.deepEqual([collection.byId("old"), collection.byId("new")?.name], [undefined, "one"]);
});
