import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LineSplitter } from "./lines.ts";

function split(chunks: readonly Uint8Array[], max: number): string[] {
  const out: string[] = [];
  const lines = new LineSplitter(max, { onLine: (line) => out.push(line), onTooLong: () => out.push("TOO LONG") });
  for (const chunk of chunks) lines.push(chunk);
  return out;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("however the stream is cut, the lines are the same, characters of several bytes too", () => {
  const line = fc.stringMatching(/^[a-z轴承℃💧]{1,12}$/u);
  fc.assert(
    fc.property(fc.array(line, { minLength: 1 }), fc.array(fc.nat(40)), (lines, cuts) => {
      const whole = bytes(`${lines.join("\n")}\n`);
      const chunks: Uint8Array[] = [];
      let at = 0;
      for (const cut of cuts) {
        chunks.push(whole.subarray(at, at + cut));
        at = Math.min(whole.length, at + cut);
      }
      chunks.push(whole.subarray(at));
      assert.deepEqual(split(chunks, 100), lines);
    }),
  );
});

test("a line that is too long is reported once, and the next one is read", () => {
  const long = "x".repeat(25);
  assert.deepEqual(split([bytes(`a\n${long}\nb\n`)], 10), ["a", "TOO LONG", "b"]);
  const pieces = [...`a\n${long}${long}\nb\n`].map(bytes);
  assert.deepEqual(split(pieces, 10), ["a", "TOO LONG", "b"]);
});

test("empty lines are passed over and an unfinished line waits", () => {
  assert.deepEqual(split([bytes("\n  \na\r\nb")], 10), ["a\r"]);
});
