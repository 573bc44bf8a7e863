import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { CompareIr, Relation } from "../ir.ts";
import { contradicts, exhausts } from "./intervals.ts";

const compare: fc.Arbitrary<CompareIr> = fc.record({
  type: fc.constant("compare"),
  left: fc.constant(0),
  relation: fc.constantFrom<Relation>("=", "!=", "<", "<=", ">", ">="),
  right: fc.record({ constant: fc.integer({ min: -3, max: 3 }) }),
  hysteresis: fc.constant(0),
});

/** Brute force: limits are whole numbers from -3 to 3, so halves from -4 to 4 visit every interval between them. */
const SAMPLES = Array.from({ length: 17 }, (_, i) => i / 2 - 4);

function holds(value: number, { relation, right }: CompareIr): boolean {
  const constant = "constant" in right ? Number(right.constant) : 0;
  const [less, same] = [value < constant, value === constant];
  return { "=": same, "!=": !same, "<": less, "<=": less || same, ">": !less && !same, ">=": !less }[relation];
}

test("a contradiction is one for every value, and every contradiction of bounds is seen", () => {
  fc.assert(
    fc.property(fc.array(compare, { minLength: 2, maxLength: 4 }), (parts) => {
      const possible = SAMPLES.some((value) => parts.every((part) => holds(value, part)));
      if (contradicts(parts)) assert.equal(possible, false);
      // x >= 1 and x <= 1 and x != 1 leaves nothing and is not seen: != counts against = only.
      else if (parts.every(({ relation }) => relation !== "!=")) assert.equal(possible, true);
      const complete = SAMPLES.every((value) => parts.some((part) => holds(value, part)));
      if (exhausts(parts)) assert.equal(complete, true);
      else if (parts.every(({ relation }) => relation !== "=")) assert.equal(complete, false);
    }),
    { numRuns: 1000 },
  );
});
