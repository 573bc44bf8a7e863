/** Events for the tests of event stores: hand-made ones and arbitrary ones over all value types. */
import { randomUUID } from "node:crypto";
import {
  type Event,
  elementType,
  type Reading,
  type ReadingValue,
  type ScalarType,
  VALUE_TYPES,
  type ValueType,
} from "@jx/contracts";
// biome-ignore lint/correctness/noUndeclaredDependencies: test support, and tests use the workspace's own fast-check
import fc from "fast-check";

export function reading(part: Partial<Reading> = {}): Reading {
  const deviceName = part.deviceName ?? "pump-1";
  return {
    deviceName,
    profileName: "pump",
    resourceName: "temperature",
    valueType: "Float64",
    value: 41.5,
    origin: 1n,
    units: "℃",
    mediaType: "",
    tags: undefined,
    ...part,
  };
}

export function event(part: Partial<Event> = {}): Event {
  const { origin = 1n, deviceName = "pump-1" } = part;
  const readings = part.readings ?? [reading({ deviceName, origin })];
  return {
    id: randomUUID(),
    profileName: "pump",
    sourceName: "temperature",
    tags: undefined,
    deviceName,
    origin,
    ...part,
    readings,
  };
}

/** Objects as code makes them, not without a prototype. */
const PLAIN = { noNullPrototype: true } as const;
const int64 = fc.bigInt(-(1n << 63n), (1n << 63n) - 1n);
const uint = (bits: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: 2 ** bits - 1 });
const int = (bits: number): fc.Arbitrary<number> => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "一号泵", "🚰 wet", "a\0b", "'; DROP TABLE event; --"),
);

const SCALARS: Readonly<Record<ScalarType, fc.Arbitrary<boolean | string | number | bigint>>> = {
  Bool: fc.boolean(),
  String: text,
  Uint8: uint(8),
  Uint16: uint(16),
  Uint32: uint(32),
  Uint64: fc.oneof(fc.bigInt(0n, (1n << 64n) - 1n), fc.constant((1n << 64n) - 1n)),
  Int8: int(8),
  Int16: int(16),
  Int32: int(32),
  Int64: int64,
  Float32: fc.float(),
  Float64: fc.double(),
};
// JSON knows no −0 and drops "__proto__" on the way into a plain object.
const json = fc.jsonValue({ depthSize: "small" }).map((value) => JSON.parse(JSON.stringify(value)));
const object = fc.dictionary(
  fc.string().filter((key) => key !== "__proto__"),
  json,
  { noNullPrototype: true },
);

function arbitraryValue(type: ValueType): fc.Arbitrary<ReadingValue> {
  if (type === "Binary") return fc.uint8Array();
  if (type === "Object") return object;
  if (type === "ObjectArray") return fc.array(object, { maxLength: 3 });
  const element = elementType(type);
  return element === undefined ? SCALARS[type as ScalarType] : fc.array(SCALARS[element], { maxLength: 5 });
}

const name = fc.constantFrom("pump-1", "pump-2", "三号 泵", "a/b%c");
const tags = fc.constantFrom(undefined, {}, { quality: "bad", reason: "timeout" }, { nested: { deep: [1, null] } });

function readingOf(type: ValueType): fc.Arbitrary<Reading> {
  return fc.record(
    {
      deviceName: name,
      profileName: name,
      resourceName: name,
      valueType: fc.constant(type),
      value: fc.oneof({ weight: 9, arbitrary: arbitraryValue(type) }, { weight: 1, arbitrary: fc.constant(null) }),
      origin: int64,
      units: fc.constantFrom("", "℃", "kg/m³"),
      mediaType: fc.constant(type === "Binary" ? "image/png" : ""),
      tags,
    },
    PLAIN,
  );
}

const anyReading = fc.oneof(...VALUE_TYPES.map(readingOf));

/** Each type at least once, and arbitrary others. */
export const anyReadings: fc.Arbitrary<Reading[]> = fc
  .tuple(fc.tuple(...VALUE_TYPES.map(readingOf)), fc.array(anyReading, { maxLength: 5 }))
  .map(([each, more]) => [...each, ...more]);

export const anyEvent: fc.Arbitrary<Event> = fc.record(
  {
    id: fc.uuid(),
    deviceName: name,
    profileName: name,
    sourceName: name,
    origin: int64,
    readings: fc.oneof(anyReadings, fc.constant([])),
    tags,
  },
  PLAIN,
);
