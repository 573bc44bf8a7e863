/** Expectations: POSIX.1-2017 XBD §9.4 and Go's regexp/syntax; random cases against V8's RegExp on the shared syntax. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError } from "@jx/kit";
import fc from "fast-check";
import { fuzzing } from "../fuzz.ts";
import { compileRe2, compileSourcePattern, PatternWork } from "./source-pattern.ts";

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

const tooSlow = { kind: "ContractInvalid", code: "pattern-too-slow" };

test("a large pattern on a long name is refused, and so are many that are slow together", () => {
  const large = compileSourcePattern(`(${"a?".repeat(200)})*b`) ?? assert.fail();
  const start = performance.now();
  assert.throws(() => large("a".repeat(100_000)), tooSlow);
  assert.throws(() => large("\u{1f600}".repeat(20_000_000)), tooSlow);
  const work = new PatternWork();
  assert.throws(() => {
    for (let i = 0; i < 10_000; i += 1) large(`${"a".repeat(40)}${i}`, work);
  }, tooSlow);
  assert.ok(performance.now() - start < 10_000);
  assert.equal(large("aab"), true, "one refusal is of one request");
});

test("whatever the pattern, it is compiled or refused, and matched or refused, in little time", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "(",
      ")",
      "[",
      "]",
      "*",
      "+",
      "?",
      "{",
      "}",
      "|",
      "^",
      "$",
      "\\",
      ".",
      "-",
      ",",
      "a",
      "9",
      "{1000}",
    ),
    fc.constantFrom(
      "(?:",
      "(?i)",
      "\\p{L}",
      "\\p{Han}",
      "\\p{",
      "\\Q",
      "\\E",
      "\\b",
      "[[:alpha:]]",
      "[^",
      "{2,}",
      "{,3}",
      "(a*)*",
    ),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  const pattern = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join("").slice(0, 600));
  const name = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.nat({ max: 3_000 }).map((length) => "a".repeat(length)),
  );
  fc.assert(
    fc.property(pattern, name, fc.constantFrom(compileSourcePattern, compileRe2), (text, wanted, compile) => {
      const start = performance.now();
      try {
        compile(text)?.(wanted);
      } catch (error) {
        assert.ok(isAppError(error, "ContractInvalid"), String((error as Error).stack));
      }
      assert.ok(performance.now() - start < 5_000, `${performance.now() - start} ms`);
    }),
    fuzzing(2_000),
  );
});
