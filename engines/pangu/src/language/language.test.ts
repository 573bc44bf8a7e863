import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Catalog, ResourceType } from "../catalog.ts";
import { check, MAX_TEXT } from "./index.ts";

const type = (valueType: string, unit = "", min?: number, max?: number, writable = false): ResourceType => ({
  valueType,
  unit,
  min,
  max,
  writable,
});

const catalog: Catalog = new Map([
  [
    "泵1",
    new Map([
      ["轴承温度", type("Float32", "℃", -20, 150)],
      ["压力", type("Float64", "bar")],
      ["运行", type("Bool", "", undefined, undefined, true)],
      ["转速", type("Int16", "rpm", 0, 3000, true)],
      ["状态", type("String", "", undefined, undefined, true)],
      ["波形", type("Int8Array")],
      ["浊度", type("Float32", "NTU")],
      ["系数", type("Float32")],
      ["级别", type("Uint8")],
      ["电量", type("Float64", "kWh")],
      ["密度", type("Float64", "kg/m3")],
      ["计数", type("Int32", "个/炉 (净)")],
    ]),
  ],
  ["a/b+# é", new Map([['x.y "z"', type("Float64", "kPa")]])],
]);

/** [Chinese, English] of one and the same rule body. */
const TWINS: readonly (readonly [string, string])[] = [
  ["当 泵1.轴承温度 > 42 ℃ 则 记录 “热”", 'when 泵1.轴承温度 > 42 degC then log "热"'],
  [
    "当 泵1。轴承温度 ＞ 42℃ 持续 10 s 回差 2 ℃ 则 令 泵1.运行 ＝ 假 核对 2 秒",
    'when "泵1"."轴承温度" > 315.15 K for 10s hysteresis 2 K then set 泵1.运行 = false verify within 2000 ms',
  ],
  [
    "当 （泵1.压力 ≥ 3.2 MPa 或 非 泵1.运行） 持续 5 分 则 通知 “x” 至 “值班” 级别 严重",
    'when (泵1.压力 >= 32 bar or not 泵1.运行) for 300 s then notify "x" to "值班" level critical',
  ],
  [
    "当 泵1.运行 为 真 且 泵1.状态 ≠ “停” 则 令 泵1.转速 = 50 转/分； 记录 “a”",
    'when 泵1.运行 is true and 泵1.状态 != "停" then set 泵1.转速 = 50 r/min log "a"',
  ],
  [
    "当 泵1.轴承温度 ＜＝ －5 ℃ 则 记录 “冷 {泵1.轴承温度}”",
    'when 泵1.轴承温度 <= -5 ℃ then log "冷 {“泵1”.轴承温度}"',
  ],
  [
    '当 “a/b+# é”.“x.y \\"z\\"” > 1 bar 则 记录 “x” /* 注 */',
    'when "a/b+# é"."x.y \\"z\\"" > 100 kPa then log "x" // note\n',
  ],
  [
    "当 泵1.电量 > 2 千瓦时 且 泵1.密度 > 1 kg/m³ 且 泵1.计数 > 3 “个/炉 (净)” 则 记录 “x”",
    'when 泵1.电量 > 2 kW·h and 泵1.密度 > 1 kg/m^3 and 泵1.计数 > 3 "个/炉 (净)" then log "x"',
  ],
  ["当 泵1.级别 > 3 则 记录 “x”", 'when 泵1.级别 == 3 or 泵1.级别 > 3 then log "x"'],
];

test("Chinese and English, full width and ASCII, give one rule", () => {
  for (const [chinese, english] of TWINS.slice(0, -1)) {
    const zh = check(`规则 “r” 优先级 高 ｛ ${chinese} ｝`, catalog);
    const en = check(`rule "r" priority high { ${english} }`, catalog);
    assert.deepEqual([...zh.problems, ...en.problems], [], chinese);
    assert.equal(zh.rules.length, 1, chinese);
    assert.deepEqual(zh.rules, en.rules);
  }
  const [chinese, english] = TWINS.at(-1) ?? ["", ""];
  const one = check(`规则 “r” { ${chinese} }`, catalog).rules[0];
  assert.notEqual(one?.conditionHash, check(`rule "r" { ${english} }`, catalog).rules[0]?.conditionHash);
});

test("and binds before or, not before both, and a for belongs to what it follows", () => {
  const condition = (text: string) => check(`rule "r" { when ${text} then log "x" }`, catalog).rules[0]?.condition;
  const running = { type: "compare", left: 0, relation: "=", right: { constant: true }, hysteresis: 0 };
  assert.deepEqual(condition("泵1.运行 or 泵1.运行 and not 泵1.运行 for 1 s"), {
    type: "any",
    parts: [
      running,
      { type: "all", parts: [running, { type: "not", part: { type: "hold", part: running, ms: 1000 } }] },
    ],
  });
  assert.deepEqual(condition("((泵1.运行 and 泵1.运行) for 1 h)"), {
    type: "hold",
    part: { type: "all", parts: [running, running] },
    ms: 3_600_000,
  });
  assert.deepEqual(condition('泵1.压力 > “a/b+# é”.“x.y \\"z\\"”'), {
    type: "compare",
    left: 0,
    relation: ">",
    right: { operand: 1, scale: 0.01, offset: 0 },
    hysteresis: 0,
  });
});

/** Condition or whole body (when it has "then"), code, column of the problem within the rule `rule "r" { when …`. */
const PROBLEMS: readonly (readonly [string, string, "error" | "warning", string])[] = [
  ["泵1.轴承温度 > 42 MPa", "unit-mismatch", "error", "MPa"],
  ["泵1.轴承温度 > 泵1.压力", "unit-mismatch", "error", "泵1.压力"],
  ["泵1.轴承温度 > 42 ℃ hysteresis 2 bar", "unit-mismatch", "error", "bar"],
  ["泵1.系数 > 1e999", "out-of-range", "error", "1e999"],
  ["泵1.浊度 > 4 ntu", "unit-mismatch", "error", "ntu"],
  ["泵1.轴承温度 > 42", "unit-missing", "warning", "42"],
  ["泵1.系数 > 4 ℃", "unit-unexpected", "warning", "℃"],
  ["泵2.轴承温度 > 42 ℃", "unknown-device", "error", "泵2"],
  ["泵1.轴承温 > 42 ℃", "unknown-resource", "error", "轴承温"],
  ["泵1.波形 > 3", "unsupported-type", "error", "泵1.波形"],
  ["泵1.轴承温度 > 200 ℃", "always-false", "warning", "200 ℃"],
  ["泵1.轴承温度 >= -20 ℃", "always-true", "warning", "-20 ℃"],
  ["泵1.级别 < 256", "always-true", "warning", "256"],
  ["泵1.轴承温度", "type-mismatch", "error", "泵1.轴承温度"],
  ["泵1.运行 > 3", "type-mismatch", "error", "3"],
  ['泵1.状态 > "a"', "type-mismatch", "error", ">"],
  ["泵1.压力 = 真", "type-mismatch", "error", "真"],
  ["泵1.压力 > 3 bar for 3 bar", "bad-duration", "error", "3 bar"],
  ["泵1.压力 > 5 bar for 0 s", "bad-duration", "error", "0 s"],
  ["泵1.压力 = 5 bar hysteresis 1 bar", "bad-hysteresis", "error", "1 bar"],
  ["(泵1.压力 > 5 bar) hysteresis 1 bar", "bad-hysteresis", "error", "1 bar"],
  ["泵1.压力 > 5 bar and 泵1.压力 < 4 bar", "always-false", "warning", "泵1.压力 > 5 bar and 泵1.压力 < 4 bar"],
  ["泵1.运行 or not 泵1.运行", "always-true", "warning", "泵1.运行 or not 泵1.运行"],
  ["泵1.运行 then set 泵1.压力 = 3 bar", "read-only", "error", "泵1.压力"],
  ["泵1.运行 then set 泵1.转速 = 3001 rpm", "out-of-range", "error", "3001 rpm"],
  ["泵1.运行 then set 泵1.转速 = 0.5 rpm", "out-of-range", "error", "0.5 rpm"],
  ["泵1.运行 then set 泵1.转速 = 3 ℃", "unit-mismatch", "error", "℃"],
  ["泵1.运行 then set 泵1.运行 = 1", "type-mismatch", "error", "1 "],
  ['泵1.运行 then notify "x" level urgent', "unknown-word", "error", "urgent"],
  ['泵1.运行 then log "{泵1}"', "bad-placeholder", "error", '"{泵1}"'],
  ["泵1.运行 then", "syntax", "error", "}"],
  ["pump-1.x > 3", "syntax", "error", "-1"],
  ['泵1.运行 then log "open', "syntax", "error", '"open'],
];

test("each mistake is found, where it is", () => {
  for (const [body, code, severity, where] of PROBLEMS) {
    const text = `// first line\nrule "r" { when ${body}${body.includes("then") ? "" : ' then log "x"'} }`;
    const { rules, problems } = check(text, catalog);
    const [problem, ...more] = problems;
    assert.equal(more.length, 0, `${body}: ${JSON.stringify(problems)}`);
    assert.equal(problem?.code, code, body);
    assert.equal(problem?.severity, severity, body);
    assert.equal(problem?.line, 2, body);
    assert.equal(problem?.column, (text.split("\n")[1]?.lastIndexOf(where) ?? -1) + 1, body);
    assert.ok(problem?.message.zh !== "" && problem?.message.en !== "");
    assert.equal(rules.length, severity === "error" ? 0 : 1, body);
  }
});

test("a name may begin with a word of the language, and a resource may be one", () => {
  const named: Catalog = new Map([
    ["当前", new Map([["则", type("Bool")]])],
    [
      "forklift",
      new Map([
        ["level", type("Bool")],
        ["trueState", type("Bool")],
      ]),
    ],
  ]);
  const { rules, problems } = check(
    'rule "r" { when 当前.则 and forklift.level or forklift.trueState then log "x" }',
    named,
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(
    rules[0]?.operands.map(({ device, resource }) => `${device}.${resource}`),
    ["当前.则", "forklift.level", "forklift.trueState"],
  );
});

test("messages name both quantities and the nearest name", () => {
  const [mismatch] = check('rule "r" { when 泵1.轴承温度 > 42 MPa then log "x" }', catalog).problems;
  assert.match(mismatch?.message.en ?? "", /pressure compared with temperature/);
  assert.match(mismatch?.message.zh ?? "", /压力与温度/);
  const [unknown] = check('rule "r" { when 泵1.轴乘温度 > 42 ℃ then log "x" }', catalog).problems;
  assert.match(unknown?.message.en ?? "", /did you mean "轴承温度"/);
});

test("hysteresis takes the contradiction away: 5 bar may still be held when 4 is reached", () => {
  const { problems } = check(
    'rule "r" { when 泵1.压力 > 5 bar hysteresis 2 bar and 泵1.压力 < 4 bar then log "x" }',
    catalog,
  );
  assert.deepEqual(problems, []);
});

test("one wrong rule of a file leaves the others; a second rule of a name is an error", () => {
  const good = 'rule "a" { when 泵1.运行 then log "x" }';
  const { rules, problems } = check(
    `${good}\n\n${good}\nrule "b" { when 泵9.x then log "x" }\nrule "c" { when not 泵1.运行 then log "x" }`,
    catalog,
  );
  assert.deepEqual(
    rules.map(({ name, line }) => [name, line]),
    [
      ["a", 1],
      ["c", 5],
    ],
  );
  assert.deepEqual(
    problems.map(({ code, line }) => [code, line]),
    [
      ["duplicate-rule", 3],
      ["unknown-device", 4],
    ],
  );
});

test("size and depth are bounded", () => {
  assert.equal(check(" ".repeat(MAX_TEXT + 1), catalog).problems[0]?.code, "too-large");
  for (const deep of ["(".repeat(65), "(".repeat(50_000), "not ".repeat(50_000), "非 （".repeat(40)]) {
    const [problem] = check(`rule "r" { when ${deep}泵1.运行`, catalog).problems;
    assert.match(problem?.message.en ?? "", /nested too deeply/);
  }
  const wide = Array.from({ length: 5000 }, () => "not (泵1.运行)").join(" and ");
  assert.equal(check(`rule "r" { when ${wide} then log "x" }`, catalog).rules.length, 1);
  assert.deepEqual(check("// nothing yet", catalog), { rules: [], problems: [] });
});

test("an unclosed text costs no time", () => {
  for (const piece of ["{{", "{", '{"a"}', "{a}", "{“a”}", '{"', '\\"', "}{"]) {
    const started = performance.now();
    for (const quote of ['"', "“"]) check(`rule "r" { when a.b then log ${quote}${piece.repeat(2000)}`, catalog);
    assert.ok(performance.now() - started < 10_000, piece);
  }
});

test("no text makes it throw, and what is not a rule is a problem", () => {
  const words = [
    "rule",
    "规则",
    '"r"',
    "“r”",
    "{",
    "｝",
    "when",
    "当",
    "泵1",
    ".",
    "轴承温度",
    "运行",
    ">",
    "≥",
    "42",
    "℃",
    "MPa",
    "for",
    "持续",
    "s",
    "(",
    "）",
    "and",
    "非",
    "then",
    "则",
    "set",
    "log",
    '"{泵1.运行}"',
    "=",
    "真",
    "-",
    ";",
    "\n",
    "//",
    "/*",
    "\\",
    "级别",
    "💥",
  ];
  const soup = fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((list) => list.join(" "));
  const valid =
    '规则 "r" 优先级 高 { 当 泵1.轴承温度 > 42 ℃ 持续 10 s 且 (泵1.运行 或 非 泵1.压力 < 3 bar) 则 令 泵1.运行 = 假 核对 2 s; 通知 "热 {泵1.轴承温度}" 至 "ops" 级别 严重 }';
  const mutated = fc
    .tuple(fc.nat(valid.length), fc.nat(6), fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom(...words)))
    .map(([at, cut, put]) => valid.slice(0, at) + put + valid.slice(at + cut));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary", maxLength: 60 }), soup, mutated), (text) => {
      const { rules, problems } = check(text, catalog);
      const blank = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n\r]*/g, "").trim() === "";
      assert.ok(blank || rules.length + problems.length > 0, "neither a rule nor a problem");
      for (const { line, column, endLine, endColumn } of problems) {
        assert.ok(line >= 1 && column >= 1 && (endLine > line || endColumn >= column));
        assert.ok(line <= text.split("\n").length);
      }
    }),
    { numRuns: 500 },
  );
});
