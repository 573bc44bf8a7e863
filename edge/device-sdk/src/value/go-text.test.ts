import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReadingValue, ValueType } from "@jx/contracts";
import { goText } from "./go-text.ts";

// Go's fmt.Sprint of these values; "1e+06" and "[1 2 3]" stand in shared/reference/edgex-device-sdk.md §2 and §3.
const texts: [ValueType, ReadingValue, string][] = [
  ["Bool", true, "true"],
  ["Int16", -3, "-3"],
  ["Uint64", 18446744073709551615n, "18446744073709551615"],
  ["Float64", 12.3, "12.3"],
  ["Float32", Math.fround(12.3), "12.3"],
  ["Float32", 16777216, "1.6777216e+07"],
  ["Float64", 100000, "100000"],
  ["Float64", 1e6, "1e+06"],
  ["Float64", 123456789, "1.23456789e+08"],
  ["Float64", 0.0001, "0.0001"],
  ["Float64", 0.00001, "1e-05"],
  ["Float64", -1.5e-7, "-1.5e-07"],
  ["Float64", 1e100, "1e+100"],
  ["Float64", 0, "0"],
  ["Float64", -0, "-0"],
  ["Float64", Number.POSITIVE_INFINITY, "+Inf"],
  ["Float64", Number.NaN, "NaN"],
  ["Int16Array", [1, 2, 3], "[1 2 3]"],
  ["Float32Array", [1.5, 1e6], "[1.5 1e+06]"],
  ["BoolArray", [true, false], "[true false]"],
  ["String", "on", "on"],
  ["Binary", new Uint8Array([1, 2]), "[1 2]"],
];

test("values as Go prints them", () => {
  for (const [type, value, text] of texts) assert.equal(goText(value, type), text);
});
