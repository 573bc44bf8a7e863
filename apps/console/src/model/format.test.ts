import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveReading } from "@jx/contracts";
import {
  formatAge,
  formatBytes,
  formatMoment,
  formatNumber,
  formatOffset,
  formatTime,
  formatUnits,
  formatValue,
  inLanguage,
  nsToMs,
  operandText,
  toNumber,
} from "./format.ts";

test("a description in two languages is split, any other stays", () => {
  assert.equal(inLanguage("驱动端轴承温度 / bearing temperature, drive end", "zh"), "驱动端轴承温度");
  assert.equal(inLanguage("驱动端轴承温度 / bearing temperature, drive end", "en"), "bearing temperature, drive end");
  assert.equal(inLanguage("flow m3/h", "en"), "flow m3/h");
  assert.equal(inLanguage(undefined, "en"), "");
});

test("a Float32 from a scaled register shows the register's own decimals, not the tail of 32 bits", () => {
  assert.equal(formatNumber(36.900001525878906, "Float32", { scale: 0.1 }), "36.9");
  assert.equal(formatNumber(1.6399999856948853, "Float32", { scale: 0.01 }), "1.64");
  assert.equal(formatNumber(58, "Float32", { scale: 0.1 }), "58.0");
  assert.equal(formatNumber(0, "Float32", { scale: 0.1 }), "0.0");
  assert.equal(formatNumber(1.2345e-6, "Float32", { scale: 1e-7 }), "1.2345e-6");
  assert.equal(formatNumber(-0.00004, "Float32", { scale: 0.1 }), "0.0");
});

test("other floats show five digits and at most four decimals", () => {
  assert.equal(formatNumber(0.5279812812805176, "Float32"), "0.5280");
  assert.equal(formatNumber(73.408, "Float32"), "73.408");
  assert.equal(formatNumber(1449.87, "Float32"), "1,449.9");
  assert.equal(formatNumber(0, "Float64"), "0");
  assert.equal(formatNumber(-0.00001, "Float64"), "-1.0000e-5");
  assert.equal(formatNumber(-0.04, "Float32", { scale: 0.1 }), "0.0");
  assert.equal(formatNumber(1.5e12, "Float64"), "1.5000e+12");
  assert.equal(formatNumber(Number.NaN, "Float64"), "NaN");
});

test("integers are whole and grouped, 64-bit ones without rounding", () => {
  assert.equal(formatNumber(9412000, "Uint32"), "9,412,000");
  const words = { yes: "是", no: "否", none: "—", bytes: (count: number) => `${count} 字节` };
  const show = (valueType: LiveReading["valueType"], value: LiveReading["value"]): string =>
    formatValue({ valueType, value }, words);
  assert.equal(show("Uint64", "18446744073709551615"), "18,446,744,073,709,551,615");
  assert.equal(show("Int64", "-9223372036854775808"), "-9,223,372,036,854,775,808");
  assert.equal(show("Bool", true), "是");
  assert.equal(show("Binary", 1024), "1024 字节");
  assert.equal(show("String", "泵A 123456"), "泵A 123456");
  assert.equal(show("Int16Array", [1, -2, 3]), "1, -2, 3");
  assert.equal(show("Object", { a: 1 }), '{"a":1}');
  assert.equal(show("Float32", null), "—");
  assert.equal(show("String", "x".repeat(500)).length, 121);
});

test("ages", () => {
  assert.equal(formatAge(400, "en"), "0.4 s");
  assert.equal(formatAge(400, "zh"), "0.4 秒");
  assert.equal(formatAge(-50, "en"), "0.0 s");
  assert.equal(formatAge(9_949, "en"), "9.9 s");
  assert.equal(formatAge(9_950, "en"), "9 s");
  assert.equal(formatAge(59_999, "en"), "59 s");
  assert.equal(formatAge(60_000, "en"), "1 min");
  assert.equal(formatAge(7_200_000, "zh"), "2 小时");
  assert.equal(formatAge(172_800_000, "en"), "2 d");
});

test("64-bit times keep their microseconds", () => {
  assert.equal(nsToMs("1795504174458234630"), 1_795_504_174_458.234);
});

test("local time, its offset, and a date when it is of another day", () => {
  const at = new Date(2026, 10, 24, 7, 5, 9, 42).getTime();
  assert.equal(formatTime(at), "07:05:09");
  assert.equal(formatTime(at, 3), "07:05:09.042");
  assert.equal(formatMoment(at, at + 1_000), "07:05:09");
  assert.equal(formatMoment(at, at + 86_400_000), "2026-11-24 07:05:09");
  const [, sign = "", hours = "", rest = ""] = /^UTC([+−])(\d\d):(\d\d)$/.exec(formatOffset(at)) ?? [];
  assert.ok((sign === "−" ? 1 : -1) * (Number(hours) * 60 + Number(rest)) === new Date(at).getTimezoneOffset());
});

test("bytes and units", () => {
  assert.equal(formatBytes(342_978_560), "343 MB");
  assert.equal(formatBytes(2_500_000_000), "2.5 GB");
  assert.equal(formatUnits("m3/h"), "m³/h");
  assert.equal(formatUnits("°C"), "°C");
  assert.equal(formatUnits("mm/s"), "mm/s");
});

test("points of a trend: numbers and switches, nothing else", () => {
  assert.equal(toNumber("3.69e+01", "Float32"), 36.9);
  assert.equal(toNumber("18446744073709551615", "Uint64"), 18_446_744_073_709_552_000);
  assert.equal(toNumber(true, "Bool"), 1);
  assert.equal(toNumber("false", "Bool"), 0);
  assert.equal(toNumber("12", "String"), undefined);
  assert.equal(toNumber("NaN", "Float64"), undefined);
  assert.equal(toNumber([1], "Int16Array"), undefined);
});

test("operands of a firing lose the tail that 32 bits gave them", () => {
  assert.equal(operandText(42.599998474121094), "42.6");
  assert.equal(operandText(true), "true");
  assert.equal(operandText("x"), "x");
});
