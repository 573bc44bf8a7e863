/** decode∘encode is the identity, and no outside bytes cause anything but ContractInvalid. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError } from "@jx/kit";
import fc from "fast-check";
import type { Message } from "../message.ts";
import type { Event, JsonValue, Reading, ReadingValue, Tags } from "../model/event.ts";
import { elementType, integerRange, VALUE_TYPES, type ValueType } from "../model/value-type.ts";
import { addEventFromJson } from "./add-event.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { decodeCbor } from "./cbor.ts";
import { wireCodecs } from "./codecs.ts";
import { decodeEnvelope, decodeOutsideRequest, encodeEnvelope, topicFitsEvent } from "./envelope.ts";
import { eventToCbor } from "./event-cbor.ts";
import { eventFromJson, readingFromJson } from "./event-from.ts";
import { eventToJson, readingToJson } from "./event-json.ts";
import { parseJson, stringifyJson } from "./json.ts";
import { escapeName, unescapeName } from "./names.ts";

/** Well-formed Unicode without blanks only: UTF-8 has no lone surrogates, and names must not be blank. */
const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).filter((text) => text.trim() !== "");
const text = fc.string({ unit: "grapheme", maxLength: 20 });
/** As JSON holds it: no −0. */
const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);
const object = fc.dictionary(text, json, { maxKeys: 4, noNullPrototype: true });
const tags = fc.option(
  fc.dictionary(name, json, { minKeys: 1, maxKeys: 3, noNullPrototype: true }) as fc.Arbitrary<Tags>,
  { nil: undefined },
);

function valueOfType(type: ValueType): fc.Arbitrary<ReadingValue> {
  const element = elementType(type);
  if (element !== undefined) {
    const item = valueOfType(element) as fc.Arbitrary<string | number | bigint | boolean>;
    return fc.array(item, { maxLength: 6 });
  }
  const range = integerRange(type);
  if (range !== undefined) {
    return range.bits === 64
      ? fc.bigInt({ min: range.min, max: range.max })
      : fc.integer({ min: Number(range.min), max: Number(range.max) });
  }
  switch (type) {
    case "Bool":
      return fc.boolean();
    case "Float32":
      return fc.float();
    case "Float64":
      return fc.double();
    case "Binary":
      return fc.uint8Array({ maxLength: 40 });
    case "Object":
      return object as fc.Arbitrary<ReadingValue>;
    case "ObjectArray":
      return fc.array(object, { maxLength: 3 }) as fc.Arbitrary<ReadingValue>;
    default:
      return text;
  }
}

function record<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;
}

const origin = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n });

function readingOf(types: readonly ValueType[] = VALUE_TYPES): fc.Arbitrary<Reading> {
  return fc.constantFrom(...types).chain((valueType) =>
    record<Reading>({
      deviceName: name,
      profileName: name,
      resourceName: name,
      valueType: fc.constant(valueType),
      value: fc.option(valueOfType(valueType), { nil: null, freq: 10 }),
      origin,
      units: text,
      mediaType: fc.constant(valueType === "Binary" ? "application/octet-stream" : ""),
      tags,
    }).map((reading) => (reading.value === null ? { ...reading, mediaType: "" } : reading)),
  );
}

const event: fc.Arbitrary<Event> = record({
  id: fc.uuid(),
  deviceName: name,
  profileName: name,
  sourceName: name,
  origin,
  readings: fc.array(readingOf(), { minLength: 1, maxLength: 4 }),
  tags,
});

const message: fc.Arbitrary<Message> = fc.oneof(
  record({
    kind: fc.constant("event" as const),
    topic: fc.constant("edgex/events/device/s/p/d/r"),
    from: fc.constant("outside" as const),
    correlationId: text,
    event,
  }),
  record({
    kind: fc.constant("json" as const),
    topic: fc.constant("edgex/core/command/request/d/r/set"),
    from: fc.constant("outside" as const),
    correlationId: text,
    requestId: name,
    payload: fc.oneof(object, fc.array(json), fc.integer(), fc.constant(null)),
    queryParams: fc.dictionary(name, text, { minKeys: 1, noNullPrototype: true }),
  }),
  record({
    kind: fc.constant("json" as const),
    topic: fc.constant("edgex/response/core-command/1"),
    from: fc.constant("outside" as const),
    correlationId: text,
    errorCode: fc.constant(1 as const),
    payload: text,
  }),
);

for (const type of VALUE_TYPES) {
  test(`${type} readings come back from JSON exactly`, () => {
    fc.assert(
      fc.property(readingOf([type]), (reading) => {
        assert.deepEqual(readingFromJson(parseJson(readingToJson(reading))), reading);
      }),
      { numRuns: 60 },
    );
  });
}

test("events come back from JSON and from CBOR exactly", () => {
  fc.assert(
    fc.property(event, (value) => {
      assert.deepEqual(eventFromJson(parseJson(eventToJson(value))), value);
      assert.deepEqual(eventFromJson(decodeCbor(eventToCbor(value))), value);
    }),
  );
});

test("numeric answers hold the same values", () => {
  const numeric = VALUE_TYPES.filter((type) => !/64|Object|Binary/.test(type));
  fc.assert(
    fc.property(readingOf(numeric), (reading) => {
      // JSON has no −0: EdgeX's numeric answers lose its sign, and so do ours.
      const back = readingFromJson(parseJson(readingToJson(reading, "all")));
      assert.equal(readingToJson(back, "all"), readingToJson(reading, "all"));
    }),
  );
});

test("envelopes come back exactly", () => {
  fc.assert(
    fc.property(message, (value) => {
      assert.deepEqual(decodeEnvelope(value.topic, encodeEnvelope(value)), value);
    }),
  );
});

test("JSON text: what JSON.stringify wrote is read as JSON.parse reads it", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      assert.deepEqual(parseJson(stringifyJson(value)), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("base64 and escaped names come back exactly", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), name, (bytes, label) => {
      assert.equal(toBase64(bytes), Buffer.from(bytes).toString("base64"));
      assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
      assert.equal(unescapeName(escapeName(label)), label);
    }),
  );
});

test("a topic made from an event fits it, and another one does not", () => {
  fc.assert(
    fc.property(event, name, (value, other) => {
      const topic = (source: string): string =>
        ["edgex/events/device/svc", value.profileName, value.deviceName, source].map(escapeTail).join("/");
      assert.equal(topicFitsEvent(topic(value.sourceName), value), true);
      assert.equal(topicFitsEvent(topic(other), value), other === value.sourceName);
    }),
  );
});

function escapeTail(part: string, i: number): string {
  return i === 0 ? part : escapeName(part);
}

/** Anything but ContractInvalid is a defect. */
function survives(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    if (!isAppError(error, "ContractInvalid")) throw error;
  }
}

const decoders: readonly ((bytes: Uint8Array) => unknown)[] = [
  (bytes) => decodeEnvelope("edgex/events/device/s/p/d/r", bytes),
  (bytes) => decodeEnvelope("edgex/x", bytes),
  (bytes) => decodeOutsideRequest("edgex/x", bytes, () => ""),
  (bytes) => wireCodecs["add-event"].decodeBody?.(bytes, "application/cbor"),
  (bytes) => wireCodecs["add-event"].decodeBody?.(bytes, "application/json"),
  (bytes) => wireCodecs["event-answer"].decodeOutput?.(bytes, "application/cbor"),
  (bytes) => wireCodecs["events-answer"].decodeOutput?.(bytes, "application/json"),
  (bytes) => wireCodecs["readings-answer"].decodeOutput?.(bytes, "application/json"),
];

test("random bytes are refused politely", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const decode of decoders) survives(() => decode(bytes));
    }),
    { numRuns: 500 },
  );
});

test("damaged envelopes are refused politely", () => {
  fc.assert(
    fc.property(
      message,
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      fc.boolean(),
      (value, edits, cbor) => {
        const bytes = cbor && value.kind === "event" ? eventToCbor(value.event) : encodeEnvelope(value).slice();
        for (const [at, byte] of edits) bytes[at % bytes.length] = byte;
        for (const decode of decoders) survives(() => decode(bytes));
      },
    ),
    { numRuns: 500 },
  );
});

const keys = [
  "apiVersion",
  "event",
  "payload",
  "contentType",
  "readings",
  "origin",
  "value",
  "valueType",
  "tags",
  "queryParams",
];
const likely = fc.oneof(
  fc.constantFrom("application/cbor", "application/json", "Int8", "Binary", "v3", "AQI="),
  json,
  fc.bigInt(),
);

test("JSON of the right keys with the wrong values is refused politely", () => {
  const shape = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      likely,
      fc.dictionary(fc.constantFrom(...keys), tie("value")),
      fc.array(tie("value"), { maxLength: 3 }),
    ),
  })).value;
  fc.assert(
    fc.property(shape, (value) => {
      const bytes = new TextEncoder().encode(stringifyJson(value));
      for (const decode of decoders) survives(() => decode(bytes));
      survives(() => addEventFromJson(value));
    }),
    { numRuns: 500 },
  );
});

test("hostile nesting is refused politely", () => {
  const open = new Uint8Array(2_000_000);
  for (const byte of [0x5b, 0x7b, 0x81, 0xa1, 0x9f, 0xbf, 0xd8]) {
    open.fill(byte);
    for (const decode of decoders) survives(() => decode(open));
  }
  const deep = `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`;
  assert.throws(() => parseJson(deep), /deeper than 64/);
  // Brackets inside strings do not count, also after an escaped quote or backslash.
  const tricky = `"\\"${"[".repeat(80)}`;
  assert.deepEqual(parseJson(JSON.stringify([tricky])), [tricky]);
  assert.throws(() => parseJson(`{"a":${JSON.stringify("\\")},"b":${"[".repeat(70)}`), /deeper than 64/);
});
