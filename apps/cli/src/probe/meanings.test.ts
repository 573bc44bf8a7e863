import assert from "node:assert/strict";
import { test } from "node:test";
import { isPlausible, meaningOf, meanings } from "./meanings.ts";

// IEEE 754: 25.0 is 0x41C80000 in 32 bits, 0x4039000000000000 in 64.
test("one number in each order", () => {
  const value = (registers: readonly number[], type: "Float32" | "Float64" | "Int16", order: string) =>
    meaningOf(registers, type, order)?.value;
  assert.equal(value([0x41c8, 0], "Float32", "ABCD"), 25);
  assert.equal(value([0, 0x41c8], "Float32", "CDAB"), 25);
  assert.equal(value([0xc841, 0], "Float32", "BADC"), 25);
  assert.equal(value([0, 0xc841], "Float32", "DCBA"), 25);
  assert.equal(value([0, 0, 0, 0x4039], "Float64", "wordswap"), 25);
  assert.equal(value([0xfffe], "Int16", "AB"), -2);
});

test("what the registers do not reach is left out", () => {
  assert.deepEqual([...new Set(meanings([1]).map(({ type }) => type))], ["Int16", "Uint16"]);
  assert.ok(!meanings([1, 2]).some(({ type }) => type === "Float64"));
  assert.equal(meaningOf([1], "Float32", "ABCD"), undefined);
  assert.deepEqual(meanings([]), []);
});

test("floats that are no measurement are told apart", () => {
  const floats = meanings([0x41c8, 0]).filter(({ type }) => type === "Float32");
  // As BADC it is −197376: a number that a device could show.
  assert.deepEqual(
    floats.map((meaning) => [meaning.order, isPlausible(meaning)]),
    [
      ["ABCD", true],
      ["CDAB", false],
      ["BADC", true],
      ["DCBA", false],
    ],
  );
});
