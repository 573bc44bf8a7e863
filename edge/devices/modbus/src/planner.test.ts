import assert from "node:assert/strict";
import { test } from "node:test";
import type { DriverResource, ReadingValue } from "@jx/device-sdk";
import { isAppError, toHex } from "@jx/kit";
import fc from "fast-check";
import type { ModbusAttributes } from "./attributes.ts";
import { planReads, planWrites, type ReadBatch, splitBatch } from "./planner.ts";

type ValueType = DriverResource<unknown>["valueType"];
const NO_LIMITS = { maxGap: 0, maxRegisters: 125, maxBits: 2000 };

function resource(
  name: string,
  valueType: ValueType,
  primaryTable: string,
  startingAddress: number | string,
  more = {},
): DriverResource<ModbusAttributes> {
  const attributes = { primaryTable, startingAddress, ...more };
  return { name, valueType, attributes, resource: { name, properties: { valueType, readWrite: "RW" }, attributes } };
}
const holding = (startingAddress: number | string, valueType: ValueType = "Int16") =>
  resource(`h${startingAddress}${valueType}`, valueType, "HOLDING_REGISTERS", startingAddress);
const coil = (address: number) => resource(`c${address}`, "Bool", "COILS", address);
const shape = (batches: readonly ReadBatch[]) =>
  batches.map(({ request, resources }) => [request.function, request.address, request.quantity, resources.length]);

test("neighbours become one read per table, whatever their types and order", () => {
  const resources = [
    holding(6, "Float32"),
    coil(1),
    holding(2, "Float64"),
    holding(0),
    holding("1.3", "Bool"),
    holding("1.4", "Bool"),
    coil(0),
    resource("i", "Int16", "INPUT_REGISTERS", 8),
  ];
  assert.deepEqual(shape(planReads(resources, NO_LIMITS)), [
    [3, 0, 8, 5],
    [1, 0, 2, 2],
    [4, 8, 1, 1],
  ]);
});

test("a gap is bridged only as far as the device's own property says", () => {
  const resources = [holding(0), holding(3), holding(10)];
  assert.equal(planReads(resources, NO_LIMITS).length, 3);
  assert.deepEqual(shape(planReads(resources, { ...NO_LIMITS, maxGap: 2 })), [
    [3, 0, 4, 2],
    [3, 10, 1, 1],
  ]);
});

test("1,000 floats are 17 reads of up to 124 registers: no value is cut in two", () => {
  const resources = Array.from({ length: 1000 }, (_, i) => holding(i * 2, "Float32"));
  const batches = planReads(resources, NO_LIMITS);
  assert.equal(batches.length, Math.ceil(1000 / 62));
  assert.ok(batches.every(({ request }) => request.quantity <= 124));
});

const register = fc
  .tuple(fc.integer({ min: 0, max: 400 }), fc.constantFrom<ValueType>("Int16", "Uint32", "Int64", "Bool"))
  .map(([at, type]) => holding(at, type));
const anyResource = fc.oneof(register, fc.integer({ min: 0, max: 5000 }).map(coil));

test("every plan covers each resource once, inside its read, within the limits, and no two reads could be joined", () => {
  fc.assert(
    fc.property(
      fc.array(anyResource, { maxLength: 200 }),
      fc.integer({ min: 4, max: 125 }),
      fc.integer({ min: 1, max: 2000 }),
      fc.integer({ min: 0, max: 8 }),
      (resources, maxRegisters, maxBits, maxGap) => {
        const batches = planReads(resources, { maxGap, maxRegisters, maxBits });
        assert.equal(
          batches.reduce((sum, batch) => sum + batch.resources.length, 0),
          resources.length,
        );
        assert.deepEqual(new Set(batches.flatMap((batch) => batch.resources)), new Set(resources));
        for (const { request, resources: members, points } of batches) {
          assert.ok(request.quantity >= 1 && request.quantity <= (request.function === 1 ? maxBits : maxRegisters));
          assert.equal(members.length, points.length);
          let end = request.address;
          for (const { address, length } of points) {
            assert.ok(address - end <= maxGap);
            end = Math.max(end, address + length);
            assert.ok(address >= request.address && address + length <= request.address + request.quantity);
          }
        }
        for (const [i, { request }] of batches.entries()) {
          const next = batches[i + 1]?.request;
          if (next === undefined || next.function !== request.function) continue;
          const limit = request.function === 1 ? maxBits : maxRegisters;
          const first = batches[i + 1]?.points[0];
          assert.ok(first !== undefined);
          const joined = Math.max(request.address + request.quantity, first.address + first.length) - request.address;
          assert.ok(joined > limit || next.address - (request.address + request.quantity) > maxGap);
        }
      },
    ),
  );
});

test("a batch splits between addresses, keeps its order, and ends at one address", () => {
  const [batch] = planReads(
    [holding(0), holding(1), holding("1.1", "Bool"), holding("1.2", "Bool"), holding(2, "Int32")],
    NO_LIMITS,
  );
  assert.ok(batch !== undefined);
  const leaves = (part: ReadBatch): ReadBatch[] => splitBatch(part)?.flatMap(leaves) ?? [part];
  const parts = leaves(batch);
  assert.deepEqual(shape(parts), [
    [3, 0, 1, 1],
    [3, 1, 1, 3],
    [3, 2, 2, 1],
  ]);
  assert.deepEqual(
    parts.flatMap((part) => part.resources),
    batch.resources,
  );
});

const write = (target: DriverResource<ModbusAttributes>, value: ReadingValue) => ({ resource: target, value });

test("writes: one coil 5, neighbours 15, one register 6, more 16, a bit by its register; in the order given", () => {
  const steps = planWrites([
    write(coil(20), true),
    write(coil(21), false),
    write(coil(22), true),
    write(coil(30), false),
    write(holding(1), -2),
    write(holding(2, "Uint32"), 0x000a0102),
    write(holding("5.15", "Bool"), true),
    write(coil(31), true),
  ]);
  assert.deepEqual(
    steps.map(({ action }) => ("data" in action ? { ...action, data: toHex(action.data) } : action)),
    [
      { function: 15, address: 20, quantity: 3, data: "05" },
      { function: 5, address: 30, value: 0 },
      { function: 6, address: 1, value: 0xfffe },
      { function: 16, address: 2, quantity: 2, data: "000a0102" },
      { register: 5, bit: 15, on: true },
      { function: 5, address: 31, value: 0xff00 },
    ],
  );
  assert.deepEqual(steps[0]?.resources, ["c20", "c21", "c22"]);
});

test("a write that cannot be is refused before anything is sent, with the resource named", () => {
  assert.throws(
    () => planWrites([write(resource("in", "Int16", "INPUT_REGISTERS", 0), 1)]),
    (error) => isAppError(error, "NotAllowed") && /"in": input registers can only be read/.test(error.message),
  );
  assert.throws(
    () => planWrites([write(holding(0), 1), write(holding(1), 40000)]),
    (error) =>
      isAppError(error, "ContractInvalid") &&
      /"h1Int16": 40000 does not fit: Int16 goes from -32768/.test(error.message),
  );
  assert.throws(
    () => planWrites([write(coil(0), 1)]),
    (error) => isAppError(error, "ContractInvalid"),
  );
});
