import assert from "node:assert/strict";
import { test } from "node:test";
import type { DriverResource } from "@jx/device-sdk";
import { isAppError } from "@jx/kit";
import { Value } from "typebox/value";
import { AttributeSchema, type ModbusAttributes, type Point, pointOf } from "./attributes.ts";

function point(valueType: DriverResource<unknown>["valueType"], attributes: Record<string, unknown>): Point {
  const checked = Value.Parse(AttributeSchema, {
    primaryTable: "HOLDING_REGISTERS",
    ...attributes,
  }) as ModbusAttributes;
  return pointOf({ name: "R", valueType, attributes: checked });
}

test("device-modbus-go's own profile (cmd/res/profiles/modbus.test.device.profile.yml) loads unchanged", () => {
  assert.deepEqual(point("Bool", { primaryTable: "COILS", startingAddress: 14 }), {
    table: "coils",
    address: 14,
    length: 1,
    form: "bit",
  });
  assert.equal(point("Int16", { startingAddress: 1 }).length, 1);
  assert.equal(point("Int32", { startingAddress: 2 }).length, 2);
  // YAML's 10.10 is the float 10.1; upstream prints it with two digits, so it is bit 10.
  assert.deepEqual(point("Bool", { startingAddress: 10.1 }), {
    table: "holding registers",
    address: 10,
    length: 1,
    form: { bit: 10 },
  });
  const temperature = point("Float32", { primaryTable: "INPUT_REGISTERS", startingAddress: 3, rawType: "Int16" });
  assert.deepEqual([temperature.table, temperature.address, temperature.length], ["input registers", 3, 1]);
});

test("addresses: numbers print with two digits, strings stay, as in upstream's createCommandInfo", () => {
  const bit = (startingAddress: unknown): unknown => {
    const { address, form } = point("Bool", { startingAddress });
    return [address, form];
  };
  assert.deepEqual(bit(10), [10, { bit: 0 }]);
  assert.deepEqual(bit(10.05), [10, { bit: 5 }]);
  assert.deepEqual(bit("10.10"), [10, { bit: 10 }]);
  assert.deepEqual(bit("10.1"), [10, { bit: 1 }]);
  assert.deepEqual(bit("0x10"), [16, { bit: 0 }]);
  assert.equal(point("Int16", { startingAddress: "65535" }).address, 65535);
});

test("tables in any case, both spellings of discrete inputs", () => {
  for (const primaryTable of ["discretes_input", "DISCRETE_INPUTS", "Discretes_Input"]) {
    assert.equal(point("Bool", { primaryTable, startingAddress: 0 }).table, "discrete inputs");
  }
});

function decodes(
  valueType: DriverResource<unknown>["valueType"],
  attributes: Record<string, unknown>,
  hex: string,
): unknown {
  const { form } = point(valueType, { startingAddress: 0, ...attributes });
  assert.ok(typeof form === "object" && "decode" in form);
  return form.decode(
    new DataView(Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)).buffer),
    0,
  );
}

test("swaps as device-modbus-go's swap.go: bytes within words first, then words, 32-bit types only", () => {
  assert.equal(decodes("Uint32", {}, "01020304"), 0x01020304);
  assert.equal(decodes("Uint32", { isByteSwap: true }, "02010403"), 0x01020304);
  assert.equal(decodes("Uint32", { isWordSwap: "true" }, "03040102"), 0x01020304);
  assert.equal(decodes("Uint32", { isByteSwap: "True", isWordSwap: 1 }, "04030201"), 0x01020304);
  assert.equal(decodes("Float64", { isWordSwap: true, rawType: "INT32" }, "0002ffff"), -65534);
  assert.equal(decodes("Uint64", { isWordSwap: true, isByteSwap: true }, "0102030405060708"), 0x0102030405060708n);
  assert.equal(decodes("Uint16", { isByteSwap: true }, "0102"), 0x0102);
  assert.equal(
    decodes("Uint64", { byteOrder: "ghefcdab", isWordSwap: "false" }, "0708050603040102"),
    0x0102030405060708n,
  );
});

const REFUSED: readonly [string, DriverResource<unknown>["valueType"], Record<string, unknown>, RegExp][] = [
  [
    "a table that is none",
    "Bool",
    { primaryTable: "COIL", startingAddress: 0 },
    /primaryTable "COIL" is none of COILS/,
  ],
  ["bit 50", "Bool", { startingAddress: 10.5 }, /bit 50 is out of range/],
  ["a bit of a number", "Int16", { startingAddress: "10.3" }, /only a Bool on registers has bits/],
  ["a bit of a coil", "Bool", { primaryTable: "COILS", startingAddress: "1.1" }, /only a Bool on registers has bits/],
  ["an octal-looking address", "Int16", { startingAddress: "010" }, /startingAddress "010" is no address/],
  ["a negative address", "Int16", { startingAddress: -1 }, /is no address/],
  ["the address beyond the last", "Int16", { startingAddress: 65536 }, /is no address/],
  ["a value over the end", "Int32", { startingAddress: 65535 }, /go beyond 65535/],
  ["a number in coils", "Int16", { primaryTable: "COILS", startingAddress: 0 }, /coils hold Bool only/],
  ["a string", "String", { startingAddress: 0, stringRegisterSize: 4 }, /String cannot be read from holding registers/],
  ["an array", "Int16Array", { startingAddress: 0 }, /Int16Array cannot be read/],
  ["8 bits", "Uint8", { startingAddress: 0 }, /Uint16 with mask and shift/],
  [
    "a raw type of an integer",
    "Int32",
    { startingAddress: 0, rawType: "Int16" },
    /rawType "Int16" does not go with Int32/,
  ],
  ["an unknown raw type", "Float32", { startingAddress: 0, rawType: "BCD" }, /rawType "BCD"/],
  ["an order of the wrong length", "Float64", { startingAddress: 0, byteOrder: "CDAB" }, /Float64 has 8 bytes/],
  ["two orders", "Float32", { startingAddress: 0, byteOrder: "CDAB", isWordSwap: true }, /leave out isByteSwap/],
  ["a swap that is no switch", "Float32", { startingAddress: 0, isWordSwap: "yes" }, /true or false/],
];

for (const [what, valueType, attributes, message] of REFUSED) {
  test(`refused with the resource named: ${what}`, () => {
    assert.throws(
      () => point(valueType, attributes),
      (error) =>
        isAppError(error, "ContractInvalid") && /resource "R"/.test(error.message) && message.test(error.message),
    );
  });
}

test("the schema refuses what has no form", () => {
  for (const attributes of [
    {},
    { primaryTable: "COILS" },
    { primaryTable: "COILS", startingAddress: null },
    { primaryTable: 1.5, startingAddress: [] },
  ]) {
    assert.ok(!Value.Check(AttributeSchema, attributes));
  }
});
