import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decode, encode } from "./encode.ts";
import type { Point, RawType } from "./points.ts";

function point(rawType: RawType, more: Partial<Point> = {}): Point {
  return {
    name: "x",
    zh: "",
    en: "",
    table: "INPUT_REGISTERS",
    address: 0,
    rawType,
    units: "",
    readWrite: "R",
    ...more,
  };
}

test("the four orders of a float: π is 40 49 0F DB (IEEE 754 single precision)", () => {
  assert.deepEqual(encode(point("Float32"), Math.PI), [0x4049, 0x0fdb]);
  assert.deepEqual(encode(point("Float32", { wordSwap: true }), Math.PI), [0x0fdb, 0x4049]);
  assert.deepEqual(encode(point("Float32", { byteSwap: true }), Math.PI), [0x4940, 0xdb0f]);
  assert.deepEqual(encode(point("Float32", { byteSwap: true, wordSwap: true }), Math.PI), [0xdb0f, 0x4940]);
});

test("integers: two's complement, scaled, and held at the register's limits", () => {
  assert.deepEqual(encode(point("Int16", { scale: 0.1 }), 36.74), [367]);
  assert.deepEqual(encode(point("Int16", { scale: 0.1 }), -0.1), [0xffff]);
  assert.deepEqual(encode(point("Int16", { scale: 0.1 }), 1e6), [0x7fff]);
  assert.deepEqual(encode(point("Uint16"), -3), [0]);
  assert.deepEqual(encode(point("Uint32"), 0x12345678), [0x1234, 0x5678]);
  assert.deepEqual(encode(point("Uint32", { wordSwap: true }), 0x12345678), [0x5678, 0x1234]);
  assert.deepEqual(encode(point("Uint32"), 1e12), [0xffff, 0xffff]);
});

test("what is encoded decodes to the nearest value the register can hold", () => {
  const swaps = fc.record(
    { byteSwap: fc.constant<true>(true), wordSwap: fc.constant<true>(true) },
    { requiredKeys: [] },
  );
  const cases = fc.oneof(
    fc.tuple(fc.constant<RawType>("Int16"), fc.integer({ min: -32768, max: 32767 })),
    fc.tuple(fc.constant<RawType>("Uint16"), fc.integer({ min: 0, max: 65535 })),
    fc.tuple(fc.constant<RawType>("Uint32"), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
  );
  fc.assert(
    fc.property(cases, swaps, fc.constantFrom(1, 0.1, 0.01, 0.001), ([rawType, raw], swap, scale) => {
      const it = point(rawType, { ...swap, scale });
      assert.equal(decode(it, encode(it, raw * scale)), raw * scale);
    }),
  );
  fc.assert(
    fc.property(fc.float({ noNaN: true }), swaps, (value, swap) => {
      const it = point("Float32", swap);
      assert.equal(decode(it, encode(it, value)), value);
    }),
  );
});
