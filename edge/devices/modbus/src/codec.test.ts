import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError, toHex } from "@jx/kit";
import fc from "fast-check";
import {
  isByteOrder,
  packBits,
  type RegisterType,
  registerBit,
  registerCodec,
  tableBit,
  withRegisterBit,
} from "./codec.ts";

const view = (hex: string): DataView =>
  new DataView(Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)).buffer);

/** The examples of pymodbus' and other vendors' order tables: 0x01020304 and so on; floats from IEEE 754 (25.5 = 41CC0000). */
const VECTORS: readonly [RegisterType, string | undefined, string, number | bigint][] = [
  ["Int16", undefined, "fffe", -2],
  ["Uint16", undefined, "fffe", 65534],
  ["Uint16", "BA", "0102", 0x0201],
  ["Uint32", undefined, "01020304", 0x01020304],
  ["Uint32", "ABCD", "01020304", 0x01020304],
  ["Uint32", "CDAB", "03040102", 0x01020304],
  ["Uint32", "BADC", "02010403", 0x01020304],
  ["Uint32", "DCBA", "04030201", 0x01020304],
  ["Int32", "CDAB", "fffeffff", -2],
  ["Float32", undefined, "41cc0000", 25.5],
  ["Float32", "CDAB", "000041cc", 25.5],
  ["Float32", "BADC", "cc410000", 25.5],
  ["Float32", "DCBA", "0000cc41", 25.5],
  ["Uint64", undefined, "0102030405060708", 0x0102030405060708n],
  ["Uint64", "GHEFCDAB", "0708050603040102", 0x0102030405060708n],
  ["Uint64", "BADCFEHG", "0201040306050807", 0x0102030405060708n],
  ["Uint64", "HGFEDCBA", "0807060504030201", 0x0102030405060708n],
  ["Int64", undefined, "8000000000000000", -(2n ** 63n)],
  ["Uint64", undefined, "ffffffffffffffff", 2n ** 64n - 1n],
  ["Float64", undefined, "4039800000000000", 25.5],
  ["Float64", "GHEFCDAB", "0000000080004039", 25.5],
];

for (const [type, order, hex, value] of VECTORS) {
  test(`${type} ${order ?? "big-endian"} ${hex} is ${value}, both ways`, () => {
    const codec = registerCodec(type, type, order);
    assert.equal(codec.decode(view(hex), 0), value);
    assert.equal(toHex(codec.encode(value)), hex);
  });
}

const VALUES: Readonly<Record<RegisterType, fc.Arbitrary<number | bigint>>> = {
  Int16: fc.integer({ min: -32768, max: 32767 }),
  Uint16: fc.integer({ min: 0, max: 65535 }),
  Int32: fc.integer(),
  Uint32: fc.integer({ min: 0, max: 0xffffffff }),
  Int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  Uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  Float32: fc.float(),
  Float64: fc.double(),
};

test("every type in every order comes back as it was, at any offset", () => {
  for (const [type, values] of Object.entries(VALUES) as [RegisterType, fc.Arbitrary<number | bigint>][]) {
    const size = registerCodec(type).registers * 2;
    const orders = fc
      .shuffledSubarray([..."ABCDEFGH".slice(0, size)], { minLength: size })
      .map((letters) => letters.join(""));
    fc.assert(
      fc.property(values, orders, fc.integer({ min: 0, max: 3 }), (value, order, registersBefore) => {
        assert.ok(isByteOrder(order, size));
        const codec = registerCodec(type, type, order);
        const bytes = new Uint8Array(registersBefore * 2 + size);
        bytes.set(codec.encode(value), registersBefore * 2);
        assert.ok(Object.is(codec.decode(new DataView(bytes.buffer), registersBefore * 2), value));
      }),
      { numRuns: 50 },
    );
  }
});

test("a float on integer registers: read as the number, written rounded, refused outside", () => {
  const float = registerCodec("Float32", "Int16");
  assert.equal(float.registers, 1);
  assert.equal(float.decode(view("ff85"), 0), -123);
  // 22.9 / 0.1 in binary floating point, what an SDK hands over for a scale of 0.1.
  assert.equal(toHex(registerCodec("Float64", "Int16").encode(22.9 / 0.1)), "00e5");
  assert.equal(registerCodec("Float64", "Int32", "CDAB").decode(view("fffeffff"), 0), -2);
  assert.equal(registerCodec("Float32", "Int32").decode(view("7fffffff"), 0), 2147483648);
  for (const value of [40000, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(
      () => float.encode(value),
      (error) => isAppError(error, "ContractInvalid"),
    );
  }
});

test("what a type cannot hold is refused, never wrapped or cut", () => {
  const wrong: readonly [RegisterType, unknown][] = [
    ["Int16", 32768],
    ["Uint16", -1],
    ["Uint16", 1.5],
    ["Uint32", 2 ** 32],
    ["Int64", 2n ** 63n],
    ["Uint64", -1n],
    ["Float32", 1e39],
    ["Float64", "1"],
    ["Int32", true],
    ["Int32", null],
  ];
  for (const [type, value] of wrong) {
    assert.throws(
      () => registerCodec(type).encode(value as number),
      (error) => isAppError(error, "ContractInvalid"),
      `${type} ${value}`,
    );
  }
});

test("byte orders name each byte once", () => {
  assert.ok(isByteOrder("CDAB", 4));
  for (const [order, bytes] of [
    ["ABCD", 8],
    ["AABB", 4],
    ["ABCE", 4],
    ["", 2],
  ] as const)
    assert.ok(!isByteOrder(order, bytes));
});

test("V1.1b3 6.1: coils 20–38 of the example, CD 6B 05, lowest bit first", () => {
  const states = Array.from({ length: 19 }, (_, i) => tableBit(view("cd6b05"), i));
  // The standard's text: 27–20 are ON-ON-OFF-OFF-ON-ON-OFF-ON read from the left; 38–36 are ON-OFF-ON.
  assert.deepEqual(states.slice(0, 8).reverse(), [true, true, false, false, true, true, false, true]);
  assert.deepEqual(states.slice(16).reverse(), [true, false, true]);
  assert.equal(toHex(packBits(states)), "cd6b05");
});

test("bits of a register: read, set and cleared without touching the others", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ min: 0, max: 15 }),
      fc.boolean(),
      (register, bit, on) => {
        const changed = withRegisterBit(register, bit, on);
        const hex = changed.toString(16).padStart(4, "0");
        assert.equal(registerBit(view(hex), 0, bit), on);
        assert.equal((changed ^ register) & ~(1 << bit), 0);
      },
    ),
  );
});
