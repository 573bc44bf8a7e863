/** Expectations: POSIX.1-2017 XBD §9.4 and Go's regexp/syntax; random cases against V8's RegExp on the shared syntax. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compileSourcePattern } from "./source-pattern.ts";

const cases: readonly [pattern: string, yes: readonly string[], no: readonly string[]][] = [
  ["R1", ["R1"], ["R", "R12", "xR1"]],
  ["R|R1", ["R", "R1"], ["R2"]],
  [".*", ["", "任何名字", "a b"], ["a\nb"]],
  ["^T[0-9]+$", ["T0", "T42"], ["T", "T4x"]],
  ["a{2}", ["aa"], ["a", "aaa"]],
  ["(ab){1,2}c?", ["ab", "ababc"], ["c", "abababc"]],
  ["a{2,}", ["aa", "aaaaa"], ["a"]],
  ["a{x}", ["a{x}"], ["a"]],
  ["[]a]+", ["]a]"], ["b"]],
  ["[^x-z]", ["a"], ["y", ""]],
  ["[[:upper:]][[:^digit:]]", ["Ab"], ["A1", "ab"]],
  ["a\\.b", ["a.b"], ["axb"]],
  ["温度[0-9]?", ["温度", "温度1"], ["温"]],
  ["", [""], ["a"]],
];
for (const [pattern, yes, no] of cases) {
  test(`source pattern ${pattern}`, () => {
    const match = compileSourcePattern(pattern);
    for (const name of yes) assert.equal(match?.(name), true, name);
    for (const name of no) assert.equal(match?.(name), false, name);
  });
}

test("what is no POSIX pattern, or larger than any name needs, is refused", () => {
  for (const bad of [
    "(",
    ")",
    "[",
    "[a",
    "*",
    "a|*",
    "\\",
    "\\d",
    "(?:a)",
    "[z-a]",
    "[[:no:]]",
    "a{3,2}",
    "a{1001}",
    "a".repeat(513),
    "(((a{99}){99}){99})",
  ]) {
    assert.equal(compileSourcePattern(bad), undefined, bad);
  }
});

test("agrees with RegExp where the syntax is the same", () => {
  const leaf = fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "ab");
  const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
    pattern: fc.oneof(
      { depthSize: "small" },
      leaf,
      fc.tuple(tie("pattern"), tie("pattern")).map(([a, b]) => a + b),
      fc.tuple(tie("pattern"), tie("pattern")).map(([a, b]) => `(${a}|${b})`),
      fc.tuple(tie("pattern"), fc.constantFrom("*", "+", "?", "{2}", "{0,2}")).map(([a, q]) => `(${a})${q}`),
    ),
  }));
  const names = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 8 }).map((letters) => letters.join(""));
  fc.assert(
    fc.property(pattern, names, (text, name) => {
      const match = compileSourcePattern(text);
      fc.pre(match !== undefined);
      assert.equal(match(name), new RegExp(`^(?:${text})$`).test(name), `${text} on ${name}`);
    }),
    { numRuns: 2_000 },
  );
});

test("a pattern that takes RegExp minutes takes no time", () => {
  const match = compileSourcePattern("(a+)+(a+)+b");
  const start = performance.now();
  assert.equal(match?.("a".repeat(200)), false);
  assert.ok(performance.now() - start < 1_000);
});
