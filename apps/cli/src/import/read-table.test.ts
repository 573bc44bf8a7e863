import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isAppError } from "@jx/kit";
import fc from "fast-check";
import { readTable } from "./read-table.ts";
import type { RowOptions } from "./rows.ts";
import { templateText } from "./template.ts";

const options: RowOptions = { addressing: undefined, writable: false, interval: "1s" };
const read = (text: string, more: Partial<RowOptions> = {}) =>
  readTable(new TextEncoder().encode(text), "p.csv", { ...options, ...more });
const example = (name: string): Uint8Array =>
  readFileSync(new URL(`../../../../docs/examples/${name}`, import.meta.url));

for (const language of ["zh", "en"] as const) {
  test(`docs/examples/points-${language}.csv is the template, and is right`, () => {
    assert.equal(
      new TextDecoder("utf-8", { ignoreBOM: true }).decode(example(`points-${language}.csv`)),
      templateText(language),
    );
    const { points, problems, unused } = readTable(example(`points-${language}.csv`), "p", options);
    assert.deepEqual([problems, unused], [[], []]);
    assert.equal(points.length, 5);
    assert.deepEqual(
      points.map(({ access }) => access),
      ["R", "R", "R", "R", "RW"],
    );
    assert.deepEqual(
      points.map(({ interval }) => interval),
      ["1s", "1s", "1s", "2s", "5s"],
    );
  });
}

test("both languages say the same", () => {
  const [zh, en] = ["zh", "en"].map((language) =>
    readTable(example(`points-${language}.csv`), "p", options).points.map(
      ({ device: _d, resource: _r, description: _t, ...rest }) => rest,
    ),
  );
  assert.deepEqual(zh, en);
});

test("a table in GBK is the same table", () => {
  // The inverse of ICU's decoder: every two-byte code of GBK (GB 18030-2022, four-byte codes left out).
  const codes = new Map<string, readonly number[]>();
  const decoder = new TextDecoder("gb18030");
  for (let high = 0x81; high <= 0xfe; high += 1) {
    for (let low = 0x40; low <= 0xfe; low += 1) {
      const text = decoder.decode(Uint8Array.of(high, low));
      if (low !== 0x7f && text.length === 1) codes.set(text, [high, low]);
    }
  }
  const utf8 = example("points-zh.csv");
  const text = new TextDecoder().decode(utf8);
  const gbk = Uint8Array.from([...text].flatMap((char) => codes.get(char) ?? [char.charCodeAt(0)]));
  const found = readTable(gbk, "p", options);
  assert.equal(found.encoding, "gb18030");
  assert.deepEqual(found.points, readTable(utf8, "p", options).points);
});

const HEAD = "Device,Resource,Host,Unit ID,Table,Address,Type,Bit,Scale,Access,Poll interval,Byte order,Min,Max";
const zero = { addressing: "zero" } as const;
const cases: readonly [what: string, row: string, problem: string | undefined][] = [
  ["right", "M,V,10.0.0.1,1,holding,0,Uint16,,,,,,,", undefined],
  ["hexadecimal, half and full width", "M,V,10.0.0.1,１,holding,0x1F,Uint16,,０.1,,500ms,,,", undefined],
  ["no name", ",V,10.0.0.1,1,holding,0,Uint16,,,,,,,", "2 [Device] this must not be empty"],
  [
    "no type",
    "M,V,10.0.0.1,1,holding,0,,,,,,,,",
    "2 [Type] this must not be empty; write one of Bool, Int16, Uint16, Int32, Uint32, Int64, Uint64, Float32, Float64",
  ],
  ["coils need none", "M,V,10.0.0.1,1,coils,0,,,,,,,,", undefined],
  [
    "wrong type",
    "M,V,10.0.0.1,1,holding,0,Text,,,,,,,",
    '2 [Type] "Text" is not known; write one of Bool, Int16, Uint16, Int32, Uint32, Int64, Uint64, Float32, Float64',
  ],
  [
    "number on coils",
    "M,V,10.0.0.1,1,coils,0,Int16,,,,,,,",
    "2 [Type] coils and discrete inputs hold Bool only, not Int16",
  ],
  ["Bool without its bit", "M,V,10.0.0.1,1,input,0,Bool,,,,,,,", "2 [Bit] a Bool in a register needs its bit, 0–15"],
  ["bit out of range", "M,V,10.0.0.1,1,input,0,Bool,16,,,,,,", '2 [Bit] "16" should be a whole number from 0 to 15'],
  [
    "write to an input",
    "M,V,10.0.0.1,1,input,0,Int16,,,RW,,,,",
    "2 [Access] discrete inputs and input registers can only be read",
  ],
  [
    "decimal comma",
    'M,V,10.0.0.1,1,input,0,Int16,,"0,1",,,,,',
    '2 [Scale] "0,1" is no number: write a point, and no comma',
  ],
  [
    "interval without unit",
    "M,V,10.0.0.1,1,input,0,Int16,,,,5,,,",
    '2 [Poll interval] "5" is no interval: write 500ms, 1s or 1m, 0 for not polled; or name the unit in the heading, such as Poll interval (s)',
  ],
  [
    "byte order of four on two",
    "M,V,10.0.0.1,1,input,0,Int16,,,,,CDAB,,",
    '2 [Byte order] "CDAB" is no byte order of Int16; write AB, BA (A is the most significant) or big, little, word swap, byte swap',
  ],
  [
    "beyond the end",
    "M,V,10.0.0.1,1,input,65535,Float32,,,,,,,",
    "2 [Address] Float32 takes 2 registers, which goes beyond 65535",
  ],
  ["limits crossed", "M,V,10.0.0.1,1,input,0,Int16,,,,,,5,1", "2 [Min] 5 is greater than the maximum 1"],
  ["no host", "M,V,,1,input,0,Int16,,,,,,,", "2 [主机 / Host] M has no host; write it into one of its rows"],
  [
    "scaled 64 bits",
    "M,V,10.0.0.1,1,input,0,Int64,,0.1,,,,,",
    "2 [Scale] Int64 cannot be scaled: leave out scale and offset",
  ],
];
for (const [what, row, want] of cases) {
  test(`row: ${what}`, () => {
    const { problems } = read(`${HEAD}\n${row}\n`, zero);
    assert.deepEqual(
      problems.map(({ row: at, column, message }) => `${at} [${column}] ${message.en}`),
      want === undefined ? [] : [want],
    );
    for (const { message } of problems) assert.match(message.zh, /\p{Script=Han}/u);
  });
}

test("several problems of several rows are told in one go; rows count as in Excel", () => {
  const { problems, points } = read(
    `${HEAD}\n\nM,V,10.0.0.1,1,input,0,Int16,,,,,,,\nM,W,,,input,70000,Int17,,,,,,,\nM,V,,,input,1,Int16,,,,,,,\n`,
    zero,
  );
  assert.deepEqual(
    problems.map(({ row, column }) => [row, column]),
    [
      [4, "Address"],
      [4, "Type"],
      [5, "测点 / Resource"],
    ],
  );
  assert.equal(points.length, 1);
});

test("two hosts for one device are told at the second", () => {
  const { problems } = read(
    `${HEAD}\nM,V,10.0.0.1,1,input,0,Int16,,,,,,,\nM,W,10.0.0.2,1,input,1,Int16,,,,,,,\n`,
    zero,
  );
  assert.deepEqual(
    problems.map(({ row, message }) => [row, message.en]),
    [[3, "M has 10.0.0.1 in row 2 and 10.0.0.2 here"]],
  );
});

test("--writable opens what can be written, and nothing else", () => {
  const text = `${HEAD}\nM,A,10.0.0.1,1,input,0,Int16,,,,,,,\nM,B,,,holding,0,Int16,,,,,,,\nM,C,,,coils,0,,,,,,,,\nM,D,,,coils,1,,,,R,,,,\n`;
  assert.deepEqual(
    read(text, zero).points.map(({ access }) => access),
    ["R", "R", "R", "R"],
  );
  assert.deepEqual(
    read(text, { ...zero, writable: true }).points.map(({ access }) => access),
    ["R", "RW", "RW", "R"],
  );
});

const refusals: readonly [what: string, text: string, reason: RegExp][] = [
  ["addressing is never guessed", `${HEAD}\nM,V,10.0.0.1,1,holding,0,Uint16,,,,,,,`, /--addressing zero/],
  ["missing columns", "Device,Address\nM,1\n", /columns missing: Resource \(found: Device \| Address\)/],
  ["the same column twice", "Device,Resource,Address,设备\n", /"设备" and "Device" mean the same/],
  ["empty", "", /is empty/],
  ["open quote", 'Device,Resource,Address\n"M,1', /no valid CSV/],
];
for (const [what, text, reason] of refusals) {
  test(`table: ${what}`, () =>
    assert.throws(
      () => read(text),
      (error) => isAppError(error) && reason.test(error.message),
    ));
}

test("columns that mean nothing are named", () => {
  assert.deepEqual(read("序号,Device,Resource,Address,Owner\n", zero).unused, ["序号", "Owner"]);
});

const name = fc.stringMatching(/^[\p{L}\p{N}_;,"' .-]{1,20}$/u).filter((text) => text.trim() === text && text !== "");
const points = fc.uniqueArray(
  fc.record({
    resource: name,
    address: fc.integer({ min: 0, max: 65_532 }),
    type: fc.constantFrom("Int16", "Uint32", "Float32", "Float64"),
    interval: fc.constantFrom("1s", "250ms", "1m30s"),
  }),
  { minLength: 1, maxLength: 20, selector: ({ resource }) => resource },
);

test("whatever separator, quoting, line end and addressing: the same points come out", () => {
  const layout = fc.record({
    separator: fc.constantFrom(",", ";", "\t"),
    end: fc.constantFrom("\n", "\r\n"),
    addressing: fc.constantFrom("zero", "modicon"),
    bom: fc.boolean(),
  });
  fc.assert(
    fc.property(points, layout, (wanted, { separator, end, addressing, bom }) => {
      const quote = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
      const rows = wanted.map(({ resource, address, type, interval }) =>
        [
          "设备 1",
          resource,
          "10.0.0.1",
          "1",
          "保持寄存器",
          addressing === "zero" ? String(address) : `4${String(address + 1).padStart(5, "0")}`,
          addressing,
          type,
          interval,
        ]
          .map(quote)
          .join(separator),
      );
      const head = ["设备", "测点", "主机", "站号", "区", "地址", "编址", "数据类型", "采集周期"].join(separator);
      const { points: found, problems } = read((bom ? "\uFEFF" : "") + [head, ...rows].join(end));
      assert.deepEqual(problems, []);
      assert.deepEqual(
        found.map(({ resource, address, type, interval }) => ({ resource, address, type, interval })),
        wanted.map((one) => ({ ...one })),
      );
    }),
    { numRuns: 200 },
  );
});

test("fuzz: a table of anything is read or refused, and says something of each bad row", () => {
  const cell = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom("40001", "0", "Float32", "holding", "CDAB", "1s", "M", "zero", "modicon", '"', "RW"),
  );
  const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 16 }), { maxLength: 8 });
  fc.assert(
    fc.property(table, fc.boolean(), (rows, headed) => {
      const text = [...(headed ? [HEAD] : []), ...rows.map((cells) => cells.join(","))].join("\n");
      try {
        const result = read(text, zero);
        for (const { message } of result.problems) assert.ok(message.zh !== "" && message.en !== "");
        for (const point of result.points)
          assert.ok(point.address >= 0 && point.address <= 65_535 && point.device !== "");
      } catch (error) {
        assert.ok(isAppError(error), String(error));
      }
    }),
    { numRuns: 500 },
  );
});
