/** Each row is what Go 1.26's regexp.MatchString(pattern, text) answered; null: it refused the pattern. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compileRe2 } from "./source-pattern.ts";

const VECTORS: readonly (readonly [pattern: string, text: string, matches: boolean | null])[] = [
  ["^10\\.0\\.", "10.0.0.5", true],
  ["^10\\.0\\.", "110.0.0.5", false],
  ["simple[0-9]+", "a simple7 b", true],
  ["simple[0-9]+", "simple", false],
  ["\\d+", "abc1", true],
  ["\\d+", "abc", false],
  ["\\D", "1", false],
  ["^\\w+$", "a_1", true],
  ["^\\w+$", "a-1", false],
  ["\\bfoo\\b", "a foo b", true],
  ["\\bfoo\\b", "afoo", false],
  ["\\Bfoo", "afoo", true],
  ["(?i)ABC", "xabcx", true],
  ["(?i:a)b", "Ab", true],
  ["(?i:a)b", "AB", false],
  ["(?:ab)+c", "ababc", true],
  ["(?P<n>x)y", "xy", true],
  ["(?<n>x)y", "xy", true],
  ["a.b", "a\nb", false],
  ["(?s)a.b", "a\nb", true],
  ["^b$", "a\nb", false],
  ["(?m)^b$", "a\nb", true],
  ["a*?b", "aab", true],
  ["a{2,3}?$", "aaaa", true],
  ["^a{2,3}$", "aaaa", false],
  ["a**", "a", null],
  ["a+*", "a", null],
  ["x{1001}", "x", null],
  ["(", "(", null],
  [")", ")", null],
  ["[", "[", null],
  ["[a", "a", null],
  ["*", "a", null],
  ["\\pL", "1", false],
  ["\\pL", "水", true],
  ["\\p{Greek}", "α", true],
  ["\\P{Greek}", "α", false],
  ["\\p{^Greek}", "α", false],
  ["\\pN", "7", true],
  ["\\p{Nope}", "x", null],
  ["[\\d-]+$", "1-2", true],
  ["[^\\d]", "1", false],
  ["[[:alpha:]]", "1", false],
  ["[[:^alpha:]]", "1", true],
  ["\\x41", "A", true],
  ["\\x{1F600}", "😀", true],
  ["\\Qa.b\\E", "a.b", true],
  ["\\Qa.b\\E", "axb", false],
  ["\\Qa.b", "xa.b", true],
  ["\\.", "x", false],
  ["\\A1", "21", false],
  ["1\\z", "12", false],
  ["a|b", "xbx", true],
  ["^(a|b)$", "c", false],
  ["", "anything", true],
  ["(?i)[a-c]", "B", true],
  ["[^a]", "\n", true],
  ["(?=a)", "a", null],
  ["\\1", "1", null],
  ["\\Z", "Z", null],
  ["\\e", "e", null],
  ["a{,2}", "a{,2}", true],
  ["\\s", "\u000b", false],
  ["(?-i)a", "A", false],
  ["((?i)a)b", "AB", false],
  ["((?i)a)b", "Ab", true],
  ["\\_", "_", true],
  ["[\\]]", "]", true],
  ["[]a]", "]", true],
  ["[a-\\d]", "a", null],
  ["(?U)a+", "a", true],
  ["\\07", "\u0007", true],
  ["[\\Qa]", "a", null],
];

test("patterns of provision watchers match what Go's do", () => {
  for (const [pattern, text, wanted] of VECTORS) {
    assert.equal(compileRe2(pattern)?.(text) ?? null, wanted, `${pattern} on ${JSON.stringify(text)}`);
  }
});

test("a hostile pattern takes time in proportion, not for ever", () => {
  const started = performance.now();
  for (const pattern of ["(a+)+$", "(a|a)*b", "((a*)*)*x", "(.*)*(.*)*y"]) {
    assert.equal(compileRe2(pattern)?.(`${"a".repeat(1_024)}!`), false, pattern);
  }
  assert.equal(compileRe2("(((((a{9}){9}){9}){9}){9})"), undefined, "too large");
  assert.equal(compileRe2("a".repeat(513)), undefined);
  assert.ok(performance.now() - started < 2_000);
});

test("no text whatever breaks it", () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 4, unit: "binary" }),
    fc.constantFrom(
      "\\",
      "\\p{",
      "\\x{",
      "(?",
      "(?P<",
      "[[:",
      "[^",
      "{1,",
      "\\Q",
      "\\E",
      "(?i",
      "\\pL",
      "*?",
      "[a-",
      "\\b",
    ),
  );
  const pattern = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(pattern, fc.string({ maxLength: 30, unit: "binary" }), (text, value) => {
      const matches = compileRe2(text)?.(value);
      assert.ok(matches === undefined || typeof matches === "boolean");
    }),
    { numRuns: 2_000 },
  );
});

test("where the syntax is the same it matches as JavaScript does", () => {
  const atom = fc.oneof(
    fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "\\d", "\\w", "\\.", "\\b", "^", "$"),
    fc.constantFrom("(a|b)", "(?:ab)", "(a)?", "b*", "a+", "a{1,2}", "b??", "[0-9]+"),
  );
  const pattern = fc.array(fc.array(atom, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 });
  const value = fc.string({ maxLength: 12, unit: fc.constantFrom("a", "b", "1", ".", " ", "-") });
  fc.assert(
    fc.property(pattern, value, (alternatives, text) => {
      const source = alternatives.map((atoms) => atoms.join("")).join("|");
      assert.equal(compileRe2(source)?.(text), new RegExp(source, "u").test(text), `${source} on ${text}`);
    }),
    { numRuns: 2_000 },
  );
});
