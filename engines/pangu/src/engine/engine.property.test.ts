import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { NaiveEngine } from "../../bench/naive-engine.ts";
import { type ConditionIr, type OperandIr, type Relation, type RuleIr, sealRule } from "../ir.ts";
import { createEngine } from "./engine.ts";
import type { Firing, ReadingLike, RuleState } from "./types.ts";

const RESOURCES = ["a", "b", "c", "on", "mode"] as const;
const operands: OperandIr[] = RESOURCES.map((resource) => {
  const kind = resource === "on" ? "boolean" : resource === "mode" ? "string" : "number";
  return {
    device: "d",
    resource,
    kind,
    valueType: { boolean: "Bool", string: "String", number: "Float64" }[kind],
    unit: "",
  };
});

// Small whole numbers, so that values meet their limits often and differences are exact.
const number = fc.integer({ min: -4, max: 4 });
const relation = fc.constantFrom<Relation>("=", "!=", "<", "<=", ">", ">=");
const equality = fc.constantFrom<Relation>("=", "!=");

const comparison: fc.Arbitrary<ConditionIr> = fc.oneof(
  fc
    .record({
      type: fc.constant("compare" as const),
      left: fc.nat(2),
      relation,
      right: fc.oneof(
        fc.record({ constant: number }),
        fc.record({ operand: fc.nat(2), scale: fc.constantFrom(1, 2), offset: number }),
      ),
      hysteresis: fc.nat(3),
    })
    .map((ir) => (ir.relation === "=" || ir.relation === "!=" ? { ...ir, hysteresis: 0 } : ir)),
  fc.record({
    type: fc.constant("compare" as const),
    left: fc.constant(3),
    relation: equality,
    right: fc.record({ constant: fc.boolean() }),
    hysteresis: fc.constant(0),
  }),
  fc.record({
    type: fc.constant("compare" as const),
    left: fc.constant(4),
    relation: equality,
    right: fc.record({ constant: fc.constantFrom("x", "y") }),
    hysteresis: fc.constant(0),
  }),
);

const { condition } = fc.letrec<{ condition: ConditionIr }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    comparison,
    fc.record({
      type: fc.constantFrom("all" as const, "any" as const),
      parts: fc.array(tie("condition"), { minLength: 2, maxLength: 3 }),
    }),
    fc.record({ type: fc.constant("not" as const), part: tie("condition") }),
    fc.record({ type: fc.constant("hold" as const), part: tie("condition"), ms: fc.integer({ min: 1, max: 5 }) }),
  ),
}));

const rules = fc
  .array(condition, { minLength: 1, maxLength: 5 })
  .map((conditions): RuleIr[] =>
    conditions.map((ir, i) =>
      sealRule({ name: `r${i}`, priority: "normal", operands, condition: ir, actions: [], line: 1 }),
    ),
  );

const value = { a: number, b: number, c: number, on: fc.boolean(), mode: fc.constantFrom("x", "y") };
const anyValue = (resource: keyof typeof value) =>
  fc.oneof(
    { weight: 9, arbitrary: value[resource] as fc.Arbitrary<unknown> },
    { weight: 1, arbitrary: fc.constantFrom(null, NaN) },
  );

function eventOf(
  resources: fc.Arbitrary<readonly (keyof typeof value)[]>,
  good: fc.Arbitrary<boolean>,
  pick = anyValue,
) {
  return resources
    .chain((names) =>
      fc.tuple(
        ...names.map((resourceName) =>
          fc.record({
            deviceName: fc.constant("d"),
            resourceName: fc.constant(resourceName),
            value: pick(resourceName),
            origin: fc.constant(1n),
            good,
          }),
        ),
      ),
    )
    .map((readings) => ({ id: "e", readings }));
}

const flakyEvent = eventOf(
  fc.subarray([...RESOURCES], { minLength: 1 }),
  fc.integer({ max: 9, min: 0 }).map((n) => n > 0),
);
const isGood = ({ good }: ReadingLike & { readonly good: boolean }) => good;
const brief = (firings: readonly Firing[]) => firings.map(({ rule, at }) => ({ rule, at }));
const sorted = (list: { rule: string; at: number }[]) =>
  list.sort((a, b) => a.at - b.at || a.rule.localeCompare(b.rule));

test("the engine fires what a walk over every rule at every event fires, whenever the host looks", () => {
  const action = fc.record({ gap: fc.nat(4), event: flakyEvent, looks: fc.nat(2) });
  fc.assert(
    fc.property(rules, fc.array(action, { maxLength: 30 }), (set, script) => {
      const engine = createEngine({ rules: set, isGood });
      const naive = new NaiveEngine(set);
      const [got, expected]: { rule: string; at: number }[][] = [[], []];
      let now = 0;
      for (const { gap, event, looks } of script) {
        for (let look = 1; look <= looks; look++) got?.push(...brief(engine.advance(now + (gap * look) / 3)));
        now += gap;
        got?.push(...brief(engine.step(event, now)));
        expected?.push(...naive.step(event, now));
        for (const rule of set) assert.doesNotThrow(() => engine.explain(rule.name));
      }
      got?.push(...brief(engine.advance(now + 100)));
      expected?.push(...naive.advance(now + 100));
      assert.deepEqual(sorted(got ?? []), sorted(expected ?? []));
      assert.equal(engine.nextDue(), undefined);
    }),
    { numRuns: 400 },
  );
});

test("a restart from the stored changes, or a replace by the same rules, changes no firing", () => {
  const plain = (resource: keyof typeof value) => value[resource] as fc.Arbitrary<unknown>;
  const full = eventOf(fc.constant(RESOURCES), fc.constant(true), plain);
  const step = fc.record({ gap: fc.nat(4), event: full, how: fc.constantFrom("go", "restart", "replace") });
  fc.assert(
    fc.property(rules, full, fc.array(step, { minLength: 1, maxLength: 20 }), (set, first, script) => {
      const steady = createEngine({ rules: set, isGood });
      let other = createEngine({ rules: set, isGood });
      const stored = new Map<string, string>();
      const store = () => other.takeChanges().forEach((state) => void stored.set(state.rule, JSON.stringify(state)));
      let [now, last] = [0, first];
      assert.deepEqual(brief(steady.step(first, now)), brief(other.step(first, now)));
      for (const { gap, event, how } of script) {
        store();
        if (how === "restart") {
          other = createEngine({
            rules: set,
            states: [...stored.values()].map((text) => JSON.parse(text) as RuleState),
            isGood,
          });
          assert.deepEqual(brief(other.step(last, now)), [], "known values fire nothing after a restart");
        } else if (how === "replace") {
          assert.deepEqual(brief(other.replace([...set].reverse(), now)), []);
        }
        assert.equal(other.nextDue(), steady.nextDue());
        now += gap;
        last = event;
        assert.deepEqual(sorted(brief(other.step(event, now))), sorted(brief(steady.step(event, now))));
      }
    }),
    { numRuns: 300 },
  );
});
