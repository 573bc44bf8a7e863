import assert from "node:assert/strict";
import { test } from "node:test";
import { formatBytes, formatOrigin, formatSpan, formatTime, formatValue } from "./format.ts";
import { toJson, toJsonLine } from "./json.ts";

test("local time with its offset names the same instant", () => {
  const text = formatTime(1_700_000_000_123);
  assert.match(text, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.123 [+-]\d\d:\d\d$/);
  assert.equal(Date.parse(text.replace(" ", "T").replace(" ", "")), 1_700_000_000_123);
  assert.equal(formatOrigin(1_700_000_000_123_456_789n), text);
});

test("spans, sizes and values as people read them", () => {
  assert.deepEqual([400, 59_000, 600_000, 7_200_000, 260_000_000].map(formatSpan), [
    "0.4 s",
    "59 s",
    "10 min",
    "2 h",
    "3 d",
  ]);
  assert.deepEqual([0, 999, 1_500, 83_300_000_000].map(formatBytes), ["0 B", "999 B", "1.50 kB", "83.3 GB"]);
  assert.equal(formatValue(0.1 + 0.2), "0.3");
  assert.equal(formatValue(18_446_744_073_709_551_615n), "18446744073709551615");
  assert.equal(formatValue(new Uint8Array(3)), "3 bytes");
  assert.equal(formatValue([1n, 2n]), '["1","2"]');
  assert.equal(formatValue("x".repeat(100)).length, 80);
});

test("JSON keeps 64-bit integers and makes base64 of bytes", () => {
  assert.equal(
    toJsonLine({ a: 18_446_744_073_709_551_615n, b: Uint8Array.of(1, 2, 3) }),
    '{"a": 18446744073709551615,"b": "AQID"}',
  );
  assert.equal(toJson([]), "[]");
});
