/** Go replaces an escape of half a surrogate pair by U+FFFD (Go 1.26, encoding/json/decode.go, unquoteBytes). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJson } from "./json.ts";

const cases: readonly [text: string, parsed: unknown][] = [
  [String.raw`"\ud800x"`, "\ufffdx"],
  [String.raw`"\uDC00\uD800"`, "\ufffd\ufffd"],
  [String.raw`"\ud83d\ude00"`, "😀"],
  [String.raw`"\ud83d\ud83d\ude00"`, "\ufffd😀"],
  [String.raw`"\ud83dude00"`, "\ufffdude00"],
  [String.raw`"\\ud800"`, String.raw`\ud800`],
  [String.raw`"\\\ud800"`, "\\\ufffd"],
  [String.raw`{"\udfff":["\udbff",1]}`, { "\ufffd": ["\ufffd", 1] }],
  [String.raw`{"origin":1795472304567279158,"name":"\ud800"}`, { origin: 1795472304567279158n, name: "\ufffd" }],
];
for (const [text, parsed] of cases) {
  test(`half a surrogate pair is U+FFFD: ${text}`, () => assert.deepEqual(parseJson(text), parsed));
}
