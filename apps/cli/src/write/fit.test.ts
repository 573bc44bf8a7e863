import assert from "node:assert/strict";
import { test } from "node:test";
import type { ResourceProperties } from "@jx/contracts";
import { misfit } from "./fit.ts";

function of(valueType: string, more: Partial<ResourceProperties> = {}): ResourceProperties {
  return { valueType, readWrite: "RW", ...more } as ResourceProperties;
}

test("what the device service takes is let through (device-sdk-go internal/application/command.go)", () => {
  const right: Readonly<Record<string, readonly string[]>> = {
    Bool: ["true", "False", "1", "t"],
    String: ["", "anything"],
    Uint8: ["0", "255"],
    Int8: ["-128", "+127"],
    Uint64: ["18446744073709551615"],
    Int64: ["-9223372036854775808"],
    Float32: ["1", "-1.5", ".5", "1e3", "Inf", "nan", "0x1p-2", "1_000.5", "P8AAAA=="],
    Float64: ["1.7e308", "P/gAAAAAAAA="],
    Object: ['{"a":1}'],
    ObjectArray: ['[{"a":1}]', "[]"],
    StringArray: ['["a","b"]'],
    Int16Array: ["[1,2]", "1, -2", "[]", '["1"]'],
    BoolArray: ["[true,false]"],
  };
  for (const [type, texts] of Object.entries(right)) {
    for (const text of texts) assert.equal(misfit(text, of(type)), undefined, `${type} ${text}`);
  }
  assert.equal(misfit("x", of("NoSuchType")), undefined, "the service says what is wrong with the profile");
});

test("what it would refuse is told with what would be right", () => {
  const cases: readonly (readonly [ResourceProperties, readonly string[], en: string, zh: string])[] = [
    [of("Bool"), ["yes", "", "TRUe"], "it should be true or false", "应为 true 或 false"],
    [of("Uint8"), ["256", "-1", "1.5", "abc", ""], "it should be a whole number from 0 to 255", "应为 0 到 255 的整数"],
    [of("float32"), ["abc", "", "1,5", "1e39"], "it should be a number", "应为数"],
    [
      of("Float32", { minimum: 1, maximum: 2.5, units: "m" }),
      ["0.9", "2.6", "-5", "abc"],
      "it should be a number from 1 to 2.5 m",
      "应为 1 到 2.5 的数，单位 m",
    ],
    [
      of("Int16", { minimum: 0, maximum: 100_000, units: "%" }),
      ["-1", "40000"],
      "it should be a whole number from 0 to 32767 %",
      "应为 0 到 32767 的整数，单位 %",
    ],
    [of("Float64", { minimum: 0 }), ["-1"], "it should be a number of at least 0", "应为不小于 0 的数"],
    [of("Float64", { maximum: 0 }), ["1"], "it should be a number of at most 0", "应为不大于 0 的数"],
    [of("Object"), ["1", "[]", "{"], 'it should be a JSON object such as {"a":1}', '应为 JSON 对象，例如 {"a":1}'],
    [
      of("Uint8Array"),
      ["1,256", "a", ""],
      "it should be a list with commas, each a whole number from 0 to 255",
      "应为用逗号分隔的一列值，每个是 0 到 255 的整数",
    ],
    [of("Binary"), ["x"], "resources of type Binary cannot be written", "Binary 类型的资源不能写入"],
  ];
  for (const [properties, texts, en, zh] of cases) {
    for (const text of texts)
      assert.deepEqual(misfit(text, properties), { en, zh }, `${properties.valueType} "${text}"`);
  }
});
