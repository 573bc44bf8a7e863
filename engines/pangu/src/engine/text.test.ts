import assert from "node:assert/strict";
import { test } from "node:test";
import { showMs, showValue } from "./text.ts";

test("a Float32 shows its own digits, a double all of them", () => {
  assert.equal(showValue(Math.fround(42.3), "℃", "Float32"), "42.3 ℃");
  assert.equal(showValue(Math.fround(16777217), "", "Float32"), "16777216");
  assert.equal(showValue(Math.fround(3.4e38), "", "Float32"), "3.4e+38");
  assert.equal(showValue(0.1 + 0.2, "bar", "Float64"), "0.30000000000000004 bar");
  assert.equal(showValue(18446744073709551615n, "", "Uint64"), "18446744073709551615");
  assert.equal(showValue(null, "℃"), "—");
});

test("durations in the largest unit that is whole", () => {
  const shown = [250, 1000, 1500, 90_000, 300_000, 7_200_000].map(showMs);
  assert.deepEqual(shown, ["250 ms", "1 s", "1.5 s", "90 s", "5 min", "2 h"]);
});
