import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReadingValue, ValueType } from "@jx/contracts";
import { parseValue } from "./parse.ts";

// Rules: shared/reference/edgex-device-sdk.md §2 "PUT values"; literals from the Go language specification.
const taken: [ValueType, unknown, ReadingValue][] = [
  ["Bool", true, true],
  ["Bool", "t", true],
  ["Bool", 0, false],
  ["String", "", ""],
  ["String", 1_000_000, "1000000"],
  ["String", false, "false"],
  ["Uint8", 255, 255],
  ["Int16", "-32768", -32768],
  ["Int16", "+5", 5],
  ["Int32", 7.0, 7],
  ["Int32", 1_000_000, 1_000_000],
  ["Int64", "-9223372036854775808", -9223372036854775808n],
  ["Uint64", 18446744073709551615n, 18446744073709551615n],
  ["Uint64", 1e6, 1000000n],
  ["Float64", 1e21, 1e21],
  ["Float64", "1.5e-3", 0.0015],
  ["Float64", "0x1p-2", 0.25],
  ["Float64", "-0x1.8p1", -3],
  ["Float64", "1_000.5", 1000.5],
  ["Float64", "-Inf", Number.NEGATIVE_INFINITY],
  ["Float64", "nan", Number.NaN],
  ["Float32", 0.1, Math.fround(0.1)],
  ["Float32", "QUmZmg==", Math.fround(12.6)],
  ["Float64", "QCkzMzMzMzM=", 12.6],
  ["BoolArray", [true, "0"], [true, false]],
  ["BoolArray", "[true, false]", [true, false]],
  ["StringArray", ["a", 1], ["a", "1"]],
  ["StringArray", '["a","b,c"]', ["a", "b,c"]],
  ["Int16Array", [1, 2, 3], [1, 2, 3]],
  ["Int16Array", "[1, -2]", [1, -2]],
  ["Uint8Array", "1,2", [1, 2]],
  ["Int64Array", "[9223372036854775807]", [9223372036854775807n]],
  ["Float32Array", "[1.5e+00, -2e+01]", [1.5, -20]],
  ["Int8Array", "[]", []],
  ["Object", { a: 1 }, { a: 1 }],
  // As it comes of the body: integers of many digits under these keys keep them (contracts/wire/json.ts).
  ["Object", { value: 1234567890123456789n } as unknown, { value: 1234567890123456789n } as unknown as ReadingValue],
  ["Float64", 2 ** 60, 2 ** 60],
  ["Object", '{"a": {"b": [1]}}', { a: { b: [1] } }],
  ["ObjectArray", [{ a: 1 }], [{ a: 1 }]],
  ["ObjectArray", "[]", []],
];

test("what a PUT may carry", () => {
  for (const [type, given, expected] of taken) {
    assert.deepEqual(parseValue(given, type), expected, `${type} ${String(given)}`);
  }
});

const refused: [ValueType, unknown, RegExp][] = [
  ["Bool", "yes", /^failed to convert set parameter yes to ValueType Bool -> strconv\.ParseBool: .* invalid syntax$/],
  ["Int8", 128, /^failed to convert set parameter 128 to ValueType Int8 -> strconv\.ParseInt: .* value out of range$/],
  ["Int64", 2 ** 53, /^failed to convert set parameter 9007199254740992 to ValueType Int64 -> .* send it as text$/],
  ["Uint64Array", [1, 2 ** 63], /send it as text/],
  ["String", 2 ** 60, /send it as text/],
  ["Uint8", -1, /strconv\.ParseUint: parsing "-1": invalid syntax/],
  ["Uint8", "+1", /invalid syntax/],
  ["Int16", "7.0", /invalid syntax/],
  ["Int16", 7.5, /invalid syntax/],
  ["Int16", "", /empty/],
  ["Int16", "  ", /empty/],
  ["Int16", null, /<nil>/],
  ["Int16", "0x10", /invalid syntax/],
  ["Float64", "1e400", /value out of range/],
  ["Float32", "1e39", /value out of range/],
  ["Float64", "one", /invalid syntax/],
  ["Float64", "_1", /invalid syntax/],
  ["Uint8Array", "[1, 256]", /ValueType Uint8Array .* out of range/],
  ["StringArray", "a", /ValueType StringArray/],
  ["Object", "[1]", /not a JSON object/],
  ["Object", "{", /ValueType Object/],
  ["ObjectArray", [1], /not an array of JSON objects/],
  ["Binary", "AQ==", /cannot be written/],
];

test("what a PUT may not carry", () => {
  for (const [type, given, message] of refused) {
    assert.throws(() => parseValue(given, type), { kind: "ContractInvalid", message }, `${type} ${String(given)}`);
  }
});

test("a huge value is not repeated whole in the message", () => {
  assert.throws(
    () => parseValue("9".repeat(100_000), "Int64"),
    (error: Error) => error.message.length < 100_500 && /9…/.test(error.message),
  );
});
