import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@jx/kit";
import type { Catalog, ResourceType } from "../catalog.ts";
import type { RuleIr } from "../ir.ts";
import { check } from "../language/index.ts";
import { createEngine } from "./engine.ts";
import type { EventLike, RuleState } from "./types.ts";

const type = (valueType: string, unit = ""): ResourceType => ({
  valueType,
  unit,
  min: undefined,
  max: undefined,
  writable: true,
});
const catalog: Catalog = new Map([
  [
    "p",
    new Map([
      ["t", type("Float32", "℃")],
      ["q", type("Float64", "bar")],
      ["u", type("Float64", "bar")],
      ["run", type("Bool")],
      ["mode", type("String")],
      ["n", type("Uint64")],
    ]),
  ],
]);

function compile(text: string): readonly RuleIr[] {
  const { rules, problems } = check(text, catalog);
  assert.deepEqual(
    problems.filter(({ severity }) => severity === "error"),
    [],
  );
  return rules;
}

const rule = (condition: string, name = "r", actions = 'log "x"') =>
  `rule "${name}" { when ${condition} then ${actions} }`;

interface TestReading {
  readonly deviceName: string;
  readonly resourceName: string;
  readonly value: unknown;
  readonly origin: bigint;
  readonly good: boolean;
}

let eventNumber = 0;
function event(values: Readonly<Record<string, unknown>>, good = true): EventLike<TestReading> {
  const id = `event-${++eventNumber}`;
  const readings = Object.entries(values).map(([resourceName, value]) => ({
    deviceName: "p",
    resourceName,
    value,
    origin: 7n,
    good,
  }));
  return { id, readings };
}

function engineOf(text: string, states: readonly RuleState[] = []) {
  return createEngine<TestReading>({ rules: compile(text), states, isGood: ({ good }) => good });
}

test("fires once per rising edge, with reason, operands and actions", () => {
  const engine = engineOf(
    rule(
      "p.t > 42 ℃",
      "hot",
      'set p.run = false verify within 2 s; notify "{p.t} at {p.mode}" to "ops" level critical',
    ),
  );
  assert.equal(engine.step(event({ t: 41 }), 0).length, 0);
  const seen = event({ t: Math.fround(42.3) });
  const [firing, ...more] = engine.step(seen, 5);
  assert.equal(more.length, 0);
  assert.ok(firing);
  assert.equal(firing.rule, "hot");
  assert.equal(firing.at, 5);
  assert.equal(firing.cause, "rise");
  assert.deepEqual(firing.reason, { zh: "p t 42.3 ℃ > 42 ℃", en: "p t 42.3 ℃ > 42 ℃" });
  assert.equal(firing.operands[0]?.eventId, seen.id);
  assert.equal(firing.operands[0]?.origin, 7n);
  assert.deepEqual(firing.actions[1], { type: "notify", text: "42.3 ℃ at —", channel: "ops", level: "critical" });
  assert.equal(engine.step(event({ t: 50 }), 6).length, 0);
  assert.equal(engine.step(event({ t: 40 }), 7).length, 0);
  assert.equal(engine.step(event({ t: 43 }), 8).length, 1);
});

test("true at the first good sample fires once and says so", () => {
  const engine = engineOf(rule("p.t > 42 ℃"));
  assert.equal(engine.step(event({ t: 50 }, false), 0).length, 0);
  assert.deepEqual(
    engine.step(event({ t: 50 }), 1).map(({ cause }) => cause),
    ["true-at-start"],
  );
  assert.equal(engine.step(event({ t: 51 }), 2).length, 0);
});

test("hysteresis: true above 42, false only at 40 and below", () => {
  const engine = engineOf(rule("p.t > 42 ℃ hysteresis 2 ℃"));
  const fires = [41, 43, 41, 43, 40.5, 43, 40, 42, 43].map((t, i) => engine.step(event({ t }), i).length);
  assert.deepEqual(fires, [0, 1, 0, 0, 0, 0, 0, 0, 1]);
});

test("for: fires at its due time, starts anew after false, whenever the host looks", () => {
  const engine = engineOf(rule("p.t > 42 ℃ for 10 s"));
  engine.step(event({ t: 43 }), 1000);
  assert.equal(engine.nextDue(), 11_000);
  engine.step(event({ t: 41 }), 10_999);
  assert.equal(engine.nextDue(), undefined);
  engine.step(event({ t: 43 }), 12_000);
  // The false sample comes after the due time: the condition had held ten seconds, so it fired before.
  const late = engine.step(event({ t: 41 }), 30_000);
  assert.deepEqual(
    late.map(({ at, reason }) => [at, reason.zh]),
    [[22_000, "p t 43 ℃ > 42 ℃，持续 10 s"]],
  );
  assert.equal(engine.advance(40_000).length, 0);
});

test("a bad reading pauses a for and neither restarts nor fires it", () => {
  const engine = engineOf(rule("p.t > 42 ℃ for 10 s"));
  engine.step(event({ t: 43 }), 0);
  engine.step(event({ t: 43 }, false), 5000);
  assert.equal(engine.nextDue(), undefined);
  assert.equal(engine.advance(20_000).length, 0);
  assert.equal(engine.step(event({ t: 43 }), 20_001).length, 1);
  engine.step(event({ t: 43 }, false), 20_002);
  assert.equal(engine.step(event({ t: 43 }), 20_003).length, 0, "a blink of quality is no new edge");
});

test("nested for counts from the inner due time", () => {
  const engine = engineOf(rule("(p.t > 42 ℃ for 5 s) for 10 s"));
  engine.step(event({ t: 43 }), 0);
  assert.deepEqual(
    engine.advance(60_000).map(({ at }) => at),
    [15_000],
  );
});

test("and, or, not over unknown", () => {
  const both = engineOf(rule("p.t > 42 ℃ and p.run"));
  assert.equal(both.step(event({ t: 50 }), 0).length, 0);
  assert.equal(both.explain("r")?.truth, null);
  assert.equal(both.step(event({ run: true }), 1).length, 1);
  const either = engineOf(rule("p.t > 42 ℃ or p.run"));
  assert.equal(either.step(event({ t: 50 }), 0)[0]?.reason.en, "p t 50 ℃ > 42 ℃");
  const negated = engineOf(rule("not p.run"));
  assert.equal(negated.step(event({ run: true }), 0).length, 0);
  assert.equal(negated.step(event({ run: false }), 1)[0]?.reason.zh, "并非（p run 为真）");
});

test("readings of one event are one moment", () => {
  const engine = engineOf(rule("p.t > 42 ℃ and p.run"));
  engine.step(event({ t: 0, run: true }), 0);
  assert.equal(engine.step(event({ t: 50, run: false }), 1).length, 0);
});

test("a comparison of two readings of one event never sees one new and one old", () => {
  const engine = engineOf(rule("p.q > p.u hysteresis 5 bar"));
  engine.step(event({ q: 0, u: 0 }), 0);
  assert.equal(engine.step(event({ q: 10, u: 10 }), 1).length, 0);
  assert.equal(engine.step(event({ u: 9 }), 2).length, 1);
  assert.equal(engine.explain("r")?.condition.parts.length, 0);
});

test("which limit of a hysteresis counts survives a restart, also where nothing fired", () => {
  const text = rule("p.t > 42 ℃ hysteresis 2 ℃ and p.run");
  const before = engineOf(text);
  before.step(event({ t: 30, run: false }), 0);
  before.takeChanges();
  before.step(event({ t: 43 }), 1);
  const [state, ...more] = before.takeChanges();
  assert.ok(state !== undefined && more.length === 0);
  assert.equal(engineOf(text, [state]).step(event({ t: 41, run: true }), 2).length, 1);
});

test("texts, booleans, 64-bit numbers and resources among each other", () => {
  for (const [condition, values] of [
    ['p.mode = "auto"', { mode: "auto" }],
    ['p.mode != "auto"', { mode: "hand" }],
    ["p.run is false", { run: false }],
    ["p.n >= 5", { n: 5n }],
    ["p.n = p.n", { n: 9n }],
  ] as const) {
    assert.equal(engineOf(rule(condition)).step(event(values), 0).length, 1, condition);
  }
  assert.equal(engineOf(rule("p.n > 5")).step(event({ n: "6" }), 0).length, 0, "a text is no number");
});

test("a Float32 is compared as a Float32", () => {
  for (const condition of ["p.t = 42.3 ℃", "p.t >= 42.3 ℃", "p.t <= 42.3 ℃"]) {
    assert.equal(engineOf(rule(condition)).step(event({ t: Math.fround(42.3) }), 0).length, 1, condition);
    assert.equal(engineOf(rule(condition)).step(event({ t: 42.3 }), 0).length, 1, condition);
  }
});

test("a stored state keeps a fired rule silent and lets a change during the downtime fire", () => {
  const text = `${rule("p.t > 42 ℃", "a")} ${rule("p.q > 3 bar", "b")} ${rule("p.t > 42 ℃ for 10 s", "c")}`;
  const before = engineOf(text);
  before.step(event({ t: 43, q: 1 }), 1000);
  const states = JSON.parse(JSON.stringify(before.takeChanges())) as RuleState[];
  assert.deepEqual(
    states.map(({ rule, fired }) => [rule, fired]),
    [
      ["a", true],
      ["c", false],
      ["b", false],
    ],
  );
  assert.deepEqual(before.takeChanges(), []);

  const after = engineOf(text, states);
  const fired = after.step(event({ t: 43, q: 4 }), 20_000);
  assert.deepEqual(
    fired.map(({ rule, cause }) => [rule, cause]),
    [
      ["b", "true-after-restart"],
      ["c", "true-after-restart"],
    ],
  );
  after.step(event({ t: 41 }), 21_000);
  assert.deepEqual(
    after.step(event({ t: 43 }), 22_000).map(({ rule }) => rule),
    ["a"],
  );
});

test("a stored state waits for its rule", () => {
  const text = rule("p.t > 42 ℃");
  const before = engineOf(text);
  before.step(event({ t: 43 }), 0);
  const after = engineOf("", before.takeChanges());
  assert.equal(after.step(event({ t: 43 }), 10).length, 0);
  assert.deepEqual(after.replace(compile(text), 20), []);
  assert.equal(after.step(event({ t: 43 }), 30).length, 0, "fired before the restart and still true");
  after.replace([], 40);
  after.replace(compile(text), 50);
  assert.equal(after.step(event({ t: 43 }), 60).length, 1, "taken out and put back it is a new rule");
});

test("a stored time from a clock that was ahead counts from now", () => {
  const [state] = [
    {
      rule: "r",
      conditionHash: compile(rule("p.t > 42 ℃ for 10 s"))[0]?.conditionHash ?? "",
      fired: false,
      sides: [true],
      since: [9e12],
    },
  ];
  const engine = engineOf(rule("p.t > 42 ℃ for 10 s"), [state]);
  engine.step(event({ t: 43 }), 1000);
  assert.equal(engine.nextDue(), 11_000);
});

test("replace keeps the state of an unchanged condition and fires what is new and true", () => {
  const engine = engineOf(`${rule("p.t > 42 ℃", "a")} ${rule("p.t > 10 ℃ for 10 s", "b")}`);
  assert.equal(engine.step(event({ t: 43 }), 0).length, 1);
  const next = compile(
    `${rule("p.t > 30 ℃", "new")} ${rule("p.t > 10 ℃ for 10 s", "b")} ${rule("p.t > 42 ℃", "a", 'log "other"')}`,
  );
  assert.deepEqual(
    engine.replace(next, 4000).map(({ rule, cause }) => [rule, cause]),
    [["new", "true-at-start"]],
  );
  assert.equal(engine.nextDue(), 10_000);
  assert.deepEqual(
    engine
      .takeChanges()
      .map(({ rule }) => rule)
      .sort(),
    ["a", "b", "new"],
  );
  assert.deepEqual(
    engine.advance(10_000).map(({ rule }) => rule),
    ["b"],
  );
  const [twice] = compile(rule("p.run", "x"));
  assert.ok(twice);
  assert.throws(
    () => engine.replace([twice, twice], 0),
    (error) => error instanceof AppError && error.kind === "DuplicateName",
  );
  assert.equal(engine.rules.length, 3);
});

test("explain shows truth, margin and what it waits for", () => {
  const engine = engineOf(rule("p.t > 42 ℃ for 10 s and p.q < 3 bar"));
  engine.step(event({ t: 40.2, q: 2 }), 0);
  const waiting = engine.explain("r");
  assert.equal(waiting?.truth, false);
  const [hold, pressure] = waiting?.condition.parts ?? [];
  assert.deepEqual(hold?.parts[0]?.margin, { value: -1.8, unit: "℃" });
  assert.deepEqual(pressure?.margin, { value: 1, unit: "bar" });
  engine.step(event({ t: 43 }), 100);
  assert.equal(engine.explain("r")?.condition.parts[0]?.due, 10_100);
  assert.equal(engine.explain("nobody"), undefined);
});

test("higher priority comes first in one step", () => {
  const engine = engineOf(
    'rule "l" priority low { when p.run then log "x" } rule "n" { when p.run then log "x" } 规则 "h" 优先级 高 { 当 p.run 则 记录 "x" }',
  );
  assert.deepEqual(
    engine.step(event({ run: true }), 0).map(({ rule }) => rule),
    ["h", "n", "l"],
  );
});
