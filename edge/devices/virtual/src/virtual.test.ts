import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeviceResource, ReadingValue, ValueType } from "@jx/contracts";
import { integerRange, VALUE_TYPES } from "@jx/contracts";
import type { RequestContext } from "@jx/device-sdk";
import fc from "fast-check";
import { virtualDriver } from "./driver.ts";
import type { VirtualAttributes, Waveform } from "./properties.ts";
import { WAVEFORMS } from "./properties.ts";
import { checkWaves, type VirtualResource } from "./waves.ts";

const context: RequestContext = { signal: new AbortController().signal, timeoutMs: 100 };
const log = { debug: () => undefined, warn: () => undefined };

function resource(
  valueType: ValueType,
  attributes: VirtualAttributes = {},
  change: Partial<DeviceResource["properties"]> = {},
  name = "r",
): VirtualResource {
  return { name, valueType, attributes, resource: { name, properties: { valueType, readWrite: "RW", ...change } } };
}

/** A simulated device whose clock the test moves. */
async function simulated(properties = { Address: "a", Seed: 1 }) {
  const clock = { now: 1_000 };
  const driver = virtualDriver("virtual", () => clock.now);
  const session = await driver.open(properties, { signal: context.signal, log });
  const readAll = async (resources: readonly VirtualResource[]): Promise<ReadingValue[]> => {
    const [batch] = driver.plan(resources, properties);
    assert.ok(batch);
    const samples = await session.read(batch, properties, context);
    return samples.map((sample) => ("value" in sample ? sample.value : assert.fail(sample.error.message)));
  };
  const read = async (one: VirtualResource): Promise<ReadingValue> => (await readAll([one]))[0] as ReadingValue;
  const write = (one: VirtualResource, value: ReadingValue): Promise<void> =>
    session.write([{ resource: one, value }], properties, context);
  return { clock, driver, session, read, readAll, write };
}

function fits(value: ReadingValue, type: ValueType): boolean {
  if (type.endsWith("Array") && type !== "ObjectArray") {
    const element = type.slice(0, -5) as ValueType;
    return Array.isArray(value) && value.every((item: ReadingValue) => fits(item, element));
  }
  const range = integerRange(type);
  if (range !== undefined) {
    if (typeof value !== (range.bits === 64 ? "bigint" : "number")) return false;
    return BigInt(value as number) >= range.min && BigInt(value as number) <= range.max;
  }
  switch (type) {
    case "Bool":
      return typeof value === "boolean";
    case "String":
      return typeof value === "string";
    case "Float32":
      return typeof value === "number" && Math.fround(value) === value;
    case "Float64":
      return typeof value === "number" && Number.isFinite(value);
    case "Binary":
      return value instanceof Uint8Array;
    case "Object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    default:
      return Array.isArray(value) && value.every((item: ReadingValue) => fits(item, "Object"));
  }
}

const CONSTANTS: Readonly<Record<string, unknown>> = {
  Bool: true,
  String: "on",
  Binary: "AQID",
  Object: { a: 1 },
  ObjectArray: [{ a: 1 }],
};

test("every waveform gives every value type, within the type, at every moment", async () => {
  const { clock, read } = await simulated();
  for (const valueType of VALUE_TYPES) {
    for (const waveform of WAVEFORMS) {
      const element = CONSTANTS[valueType.replace(/(?<!Object)Array$/, "")] ?? 7;
      const value = /(?<!Object)Array$/.test(valueType) ? [element] : element;
      const one = resource(valueType, { waveform, value, noise: 3 }, {}, `${valueType} ${waveform}`);
      checkWaves(one);
      for (let i = 0; i < 20; i += 1) {
        clock.now += 3_700;
        const now = await read(one);
        assert.ok(fits(now, valueType), `${valueType} ${waveform}: ${String(now)}`);
      }
    }
  }
});

test("waves have their shape", async () => {
  const { clock, read } = await simulated();
  const shape = async (waveform: Waveform, times: readonly number[]): Promise<ReadingValue[]> => {
    const one = resource("Float64", { waveform, minimum: 10, maximum: 20, period: "8s" }, {}, waveform);
    const values: ReadingValue[] = [];
    for (const time of times) {
      clock.now = 1_000 + time * 1_000;
      const value = (await read(one)) as number;
      values.push(Math.round(value * 1e6) / 1e6);
    }
    return values;
  };
  assert.deepEqual(await shape("sine", [0, 2, 4, 6, 8]), [15, 20, 15, 10, 15]);
  assert.deepEqual(await shape("ramp", [0, 2, 4, 6, 8]), [10, 12.5, 15, 17.5, 10]);
  assert.deepEqual(await shape("square", [0, 3.9, 4, 7.9, 8]), [10, 10, 20, 20, 10]);
  assert.deepEqual(await shape("counter", [0, 0, 0]), [10, 11, 12]);
});

test("a counter wraps at its maximum", async () => {
  const { read } = await simulated();
  const one = resource("Uint8", { waveform: "counter", minimum: 1, maximum: 3, step: 2 });
  const big = resource("Int64", { waveform: "counter", minimum: 0, maximum: 2 }, {}, "big");
  const values: ReadingValue[] = [];
  for (let i = 0; i < 4; i += 1) values.push(await read(one), await read(big));
  assert.deepEqual(values, [1, 0n, 3, 1n, 2, 2n, 1, 0n]);
});

test("the same seed and address give the same values, others give others", async () => {
  const draw = async (Address: string, Seed: number): Promise<ReadingValue[]> => {
    const { read } = await simulated({ Address, Seed });
    const values: ReadingValue[] = [];
    for (let i = 0; i < 5; i += 1)
      values.push(await read(resource("Float64")), await read(resource("Uint64", {}, {}, "u")));
    return values;
  };
  assert.deepEqual(await draw("a", 1), await draw("a", 1));
  assert.notDeepEqual(await draw("a", 1), await draw("a", 2));
  assert.notDeepEqual(await draw("a", 1), await draw("b", 1));
});

test("random values keep to the profile's limits", async () => {
  const { read } = await simulated();
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: -1000, max: 1000 }), fc.nat(1000), async (minimum, span) => {
      const maximum = minimum + span;
      for (const type of ["Int16", "Int64", "Float64"] as const) {
        const value = Number(await read(resource(type, {}, { minimum, maximum }, `${type} ${minimum} ${maximum}`)));
        assert.ok(value >= minimum && value <= maximum, `${type} ${value}`);
      }
    }),
    { numRuns: 100 },
  );
});

test("a written value is held; EdgeX's EnableRandomization_X releases and holds", async () => {
  const { read, write } = await simulated();
  for (const valueType of VALUE_TYPES) {
    const one = resource(valueType, {}, {}, `held ${valueType}`);
    const value = await read({ ...one, name: "other" });
    await write(one, value);
    assert.deepEqual([await read(one), await read(one)], [value, value]);
  }
  const one = resource("Int32", {}, {}, "Int32");
  const random = resource("Bool", {}, {}, "EnableRandomization_Int32");
  await write(one, 5);
  assert.equal(await read(one), 5);
  await write(random, true);
  const drawn = await read(one);
  assert.notEqual(drawn, 5);
  assert.notEqual(await read(one), drawn);
  const last = await read(one);
  await write(random, false);
  assert.deepEqual([await read(one), await read(one)], [last, last]);
});

test("an Object with a default value is that value, as in EdgeX's Fixed-Object-Device", async () => {
  const { read } = await simulated();
  // device-virtual-go cmd/res/profiles/device.virtual.object.yaml
  const one = resource("Object", {}, { defaultValue: '{"key1": "value1", "key2": 123}' });
  assert.deepEqual(await read(one), { key1: "value1", key2: 123 });
});

test("attributes that do not belong together are refused with what would be right", () => {
  const cases: [VirtualResource, RegExp][] = [
    [resource("Int16", { minimum: 5, maximum: 4 }), /resource r: minimum 5 is above maximum 4/],
    [resource("Int16", { waveform: "sine", period: "soon" }), /"soon" is not a duration/],
    [resource("Int16", { waveform: "sine", period: "0s" }), /must be longer than 0/],
    [resource("Int16", { waveform: "constant" }), /a constant needs attribute "value"/],
    [resource("Int16", { waveform: "constant", value: "x" }), /failed to convert set parameter x/],
  ];
  for (const [one, message] of cases) assert.throws(() => checkWaves(one), { kind: "ContractInvalid", message });
});
