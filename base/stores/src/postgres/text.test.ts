import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { postgresToText, textToPostgres } from "./text.ts";

test("every text comes back, holds no U+0000 on its way, and equal ones alone are equal", () => {
  const text = fc.string({ unit: fc.constantFrom("\0", "\u0010", "0", "\\", "a", "泵") });
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(postgresToText(textToPostgres(a)), a);
      assert.ok(!textToPostgres(a).includes("\0"));
      assert.equal(textToPostgres(a) === textToPostgres(b), a === b);
    }),
  );
  assert.equal(textToPostgres("C:\\x '$1'"), "C:\\x '$1'", "what needs no escape stays as it is");
});

test("an escape of another kind is told, not guessed at", () => {
  for (const wrong of ["\u0010", "\u0010x", "a\u0010"]) assert.throws(() => postgresToText(wrong), { kind: "Storage" });
});
