import assert from "node:assert/strict";
import { test } from "node:test";
import type { Reading, ReadingValue, Tags } from "@jx/contracts";
import { OnChange } from "./on-change.ts";

function reading(value: ReadingValue, tags?: Tags, resourceName = "r"): Reading {
  const valueType = typeof value === "bigint" ? "Int64" : typeof value === "number" ? "Float64" : "Object";
  const names = { deviceName: "d", profileName: "p", resourceName };
  return { ...names, valueType, value, origin: 1n, units: "", mediaType: "", tags };
}

function sent(threshold: number, values: readonly ReadingValue[]): ReadingValue[] {
  const onChange = new OnChange(threshold);
  return values.filter((value) => onChange.changed([reading(value)]).length > 0);
}

test("numbers by more than the threshold from the last sent value", () => {
  // shared/reference/edgex-device-sdk.md §5: "10→12→13 with 2 sends 13".
  assert.deepEqual(sent(2, [10, 12, 13, 13, 15, 16]), [10, 13, 16]);
  assert.deepEqual(sent(0, [1, 1, 1.5]), [1, 1.5]);
  assert.deepEqual(sent(1, [9007199254740993n, 9007199254740994n, 9007199254740995n]), [
    9007199254740993n,
    9007199254740995n,
  ]);
});

test("everything else by content, objects and bytes included", () => {
  assert.deepEqual(sent(5, [{ a: 1 }, { a: 1 }, { a: 2 }]), [{ a: 1 }, { a: 2 }]);
  assert.equal(sent(5, [new Uint8Array([1]), new Uint8Array([1]), new Uint8Array([2])]).length, 2);
  assert.deepEqual(sent(5, ["a", "a", "b", null, null]), ["a", "b", null]);
  assert.deepEqual(
    sent(5, [
      [1, 2],
      [1, 2],
      [1, 3],
    ]),
    [
      [1, 2],
      [1, 3],
    ],
  );
});

test("a change of quality is a change, and only changed readings are named", () => {
  const onChange = new OnChange(0);
  assert.equal(onChange.changed([reading(1)]).length, 1);
  assert.equal(onChange.changed([reading(1, { quality: "uncertain" })]).length, 1);
  assert.equal(onChange.changed([reading(1, { quality: "uncertain" })]).length, 0);
  const changed = onChange.changed([reading(1, { quality: "uncertain" }), reading(2, undefined, "other")]);
  assert.deepEqual(
    changed.map(({ resourceName }) => resourceName),
    ["other"],
  );
});
