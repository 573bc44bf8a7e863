import assert from "node:assert/strict";
import { test } from "node:test";
import { integerRange, type ReadingValue, type ResourceProperties, type ValueType } from "@jx/contracts";
import fc from "fast-check";
import { transformRead, transformWrite } from "./transform.ts";

function of(valueType: ValueType, change: Partial<ResourceProperties> = {}): ResourceProperties {
  return { valueType, readWrite: "RW", ...change };
}

// Rules: shared/reference/edgex-device-sdk.md §3; the arithmetic is worked out by hand.
const reads: [ValueType, Partial<ResourceProperties>, ReadingValue, ReadingValue | { failed: string }][] = [
  ["Int16", {}, -7, -7],
  ["Int16", { mask: 0, shift: 0, scale: 1, offset: 0, base: 0 }, -7, -7],
  ["Uint16", { mask: 0x0f00 }, 0xabcd, 0x0b00],
  ["Uint16", { mask: 0x0f00, shift: 8 }, 0xabcd, 0x0b],
  ["Uint8", { shift: 4 }, 0xab, 0x0a],
  ["Uint8", { shift: -1 }, 0x41, 0x82],
  ["Uint8", { shift: -1 }, 0x81, { failed: "overflow" }],
  ["Uint8", { shift: 1e9 }, 0xff, 0],
  ["Uint8", { shift: -1e12 }, 1, { failed: "overflow" }],
  ["Int16", { mask: 0xff00 }, -1, -256],
  ["Uint64", { mask: 0xff }, 0xffff_ffff_ffff_ffffn, 0xffn],
  ["Uint8", { base: 2 }, 7, 128],
  ["Uint8", { base: 2 }, 8, { failed: "overflow" }],
  ["Uint16", { base: 2, scale: 3, offset: 1 }, 4, 49],
  ["Uint16", { mask: 0x0f, shift: 1, base: 2, scale: 10, offset: -5 }, 0xf6, 75],
  ["Int16", { scale: 0.5 }, 84, 42],
  ["Int16", { scale: 0.5 }, 85, { failed: "overflow" }],
  ["Int16", { scale: 0.1 }, 30, 3],
  ["Int32", { scale: 0.1, offset: -1000 }, 10010, 1],
  ["Uint64", { scale: 0.01 }, 228492177606101n, { failed: "overflow" }],
  ["Uint8", { scale: 100 }, 3, { failed: "overflow" }],
  ["Uint8", { offset: -1 }, 0, { failed: "overflow" }],
  ["Uint8", { scale: 10, offset: -100 }, 30, 200],
  ["Float32", { scale: 0.1 }, 235, Math.fround(23.5)],
  ["Float64", { scale: 0.1, offset: -40 }, 650, 25],
  ["Float32", { scale: 1e30 }, 1e10, { failed: "overflow" }],
  ["Float64", {}, Number.NaN, { failed: "NaN" }],
  ["Float32", {}, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ["Float64", { scale: 2 }, Number.NEGATIVE_INFINITY, { failed: "overflow" }],
  ["Int64", { scale: 2, offset: 1 }, 4611686018427387903n, 9223372036854775807n],
  ["Int64", { scale: 2, offset: 2 }, 4611686018427387903n, { failed: "overflow" }],
  ["Uint64", { scale: 0.5 }, 18446744073709551614n, 9223372036854775808n],
  ["String", { scale: 2, offset: 1 }, "3", "3"],
  ["Bool", { mask: 1 }, true, true],
  ["Int16Array", { scale: 2 }, [1, 2], [1, 2]],
  ["Int16", { scale: 2 }, null, null],
];

test("read: mask, shift, base, scale, offset in this order; overflow and NaN", () => {
  for (const [type, properties, raw, expected] of reads) {
    const result = transformRead(raw, type, of(type, properties));
    const wanted =
      typeof expected === "object" && expected !== null && "failed" in expected
        ? expected
        : { value: expected, valueType: type };
    assert.deepEqual(result, wanted, `${type} ${JSON.stringify(properties)} ${String(raw)}`);
  }
});

const writes: [ValueType, Partial<ResourceProperties>, ReadingValue, ReadingValue][] = [
  ["Uint16", { scale: 10, offset: -5 }, 75, 8],
  ["Uint16", { base: 2, scale: 3, offset: 1 }, 49, 4],
  ["Uint16", { mask: 0x0f00, shift: 8 }, 0x0b, 0x0b00],
  ["Uint16", { mask: 0x0f00, shift: 8 }, 0xfb, 0x0b00],
  ["Int16", { scale: 0.1 }, 3, 30],
  ["Float32", { scale: 0.1 }, Math.fround(23.5), Math.fround(235)],
  ["Int64", { scale: 2, offset: 1 }, 9223372036854775807n, 4611686018427387903n],
  ["Float64", {}, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ["Uint8", { minimum: 1, maximum: 5 }, 5, 5],
  ["Uint8", { maximum: 300 }, 200, 200],
  ["String", { maximum: 1 }, "9", "9"],
];

test("write: limits on the engineering value, then the inverse", () => {
  for (const [type, properties, value, expected] of writes) {
    const result = transformWrite(value, type, of(type, properties));
    assert.deepEqual(result, expected, `${type} ${JSON.stringify(properties)} ${String(value)}`);
  }
});

const refused: [ValueType, Partial<ResourceProperties>, ReadingValue, RegExp][] = [
  ["Uint8", { maximum: 5 }, 6, /^set command parameter out of maximum value 5$/],
  ["Int64", { minimum: -3 }, -4n, /^set command parameter out of minimum value -3$/],
  ["Int16", { scale: 10 }, 15, /becomes 1\.5 before it is written, which Int16 cannot hold/],
  ["Int16", { scale: 0.001 }, 40, /becomes 40000 /],
  ["Int64", { scale: 2 }, 3n, /becomes 1\.5 /],
  ["Int16", { scale: 0 }, 3, /becomes Infinity/],
  ["Float64", { scale: 2 }, Number.POSITIVE_INFINITY, /becomes Infinity/],
  ["Float32", { base: 10 }, -1, /becomes NaN/],
  ["Uint8", { shift: 4 }, 0x1f, /shifted by 4 does not fit Uint8/],
];

test("write: what the raw type cannot hold is refused", () => {
  for (const [type, properties, value, message] of refused) {
    assert.throws(() => transformWrite(value, type, of(type, properties)), { kind: "ContractInvalid", message });
  }
});

test("write is the inverse of read for every integer type with whole and decimal factors", () => {
  const types = ["Uint8", "Uint16", "Uint32", "Uint64", "Int8", "Int16", "Int32", "Int64"] as const;
  const factor = fc.constantFrom(1, 2, 10, 100, 0.1, 0.5, 0.01);
  fc.assert(
    fc.property(
      fc.constantFrom(...types),
      fc.bigInt(),
      factor,
      fc.integer({ min: -50, max: 50 }),
      (type, seed, scale, offset) => {
        const range = integerRange(type);
        assert.ok(range);
        const wrapped = range.signed ? BigInt.asIntN(range.bits, seed) : BigInt.asUintN(range.bits, seed);
        // Decimal factors go through a double: beyond some 45 bits it cannot tell a fraction from dust.
        const raw = range.bits === 64 ? wrapped >> (Number.isInteger(scale) ? 0n : 24n) : Number(wrapped);
        const properties = of(type, { scale, offset });
        const read = transformRead(raw, type, properties);
        if ("failed" in read) return;
        assert.equal(transformWrite(read.value, type, properties), raw);
      },
    ),
    { numRuns: 500 },
  );
});

test("write is the inverse of read for masked and shifted bits", () => {
  fc.assert(
    fc.property(
      fc.nat(0xffff),
      fc.integer({ min: 1, max: 0xffff }),
      fc.integer({ min: 0, max: 15 }),
      (raw, mask, shift) => {
        // Bits below the shift are lost on read, as the profile's author wants; the rest comes back.
        const whole = (mask >> shift) << shift;
        const properties = of("Uint16", { mask: whole, shift });
        if (whole === 0) return;
        const read = transformRead(raw, "Uint16", properties);
        assert.ok("value" in read);
        assert.equal(transformWrite(read.value, "Uint16", properties), raw & whole);
      },
    ),
  );
});

test("floats come back within one part in a million million", () => {
  const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(finite, fc.constantFrom(0.001, 0.1, 3, 1000), finite, (raw, scale, offset) => {
      const properties = of("Float64", { scale, offset });
      const read = transformRead(raw, "Float64", properties);
      assert.ok("value" in read);
      const back = transformWrite(read.value, "Float64", properties) as number;
      assert.ok(Math.abs(back - raw) <= 1e-9 * (1 + Math.abs(raw) + Math.abs(offset / scale)), `${raw} → ${back}`);
    }),
  );
});
