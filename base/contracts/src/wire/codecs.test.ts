/** Expected texts: edgex-behaviour.md §2 (seen on live Go services), edgex-device-sdk.md §2. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@jx/kit";
import type { Event, Reading, ReadingValue } from "../model/event.ts";
import type { ValueType } from "../model/value-type.ts";
import { addEventFromJson, addEventToJson } from "./add-event.ts";
import { type WireBody, wireCodecs } from "./codecs.ts";
import { unixDate } from "./go-date.ts";
import { parseJson, stringifyJson } from "./json.ts";

const bytesOf = ({ bytes }: WireBody): Uint8Array =>
  typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;

function reading(valueType: ValueType, value: ReadingValue, mediaType = ""): Reading {
  const names = { deviceName: "mp-a", profileName: "mp-p", resourceName: "F" };
  return { ...names, valueType, value, origin: 31n, units: "", mediaType, tags: undefined };
}

function eventOf(...readings: Reading[]): Event {
  const id = "e9430000-2492-4d23-a3e1-9d1e6f2c3b4a";
  return { id, deviceName: "mp-a", profileName: "mp-p", sourceName: "F", origin: 31n, readings, tags: undefined };
}

const readings = wireCodecs["readings-answer"];
function partsOf(items: readonly Reading[], numeric: boolean): string[] {
  const answer = { totalCount: items.length, readings: items };
  return [...(readings.encodeList?.(answer, { statusCode: 200 }, { numeric }) ?? [])];
}
function answered(item: Reading, numeric: boolean): string {
  return partsOf([item], numeric).join("");
}

test("a list of readings looks as core data's", () => {
  const item =
    '{"origin":31,"deviceName":"mp-a","resourceName":"F","profileName":"mp-p","valueType":"Float32","value":"3.1e+00"}';
  assert.equal(
    answered(reading("Float32", Math.fround(3.1)), false),
    `{"apiVersion":"v3","statusCode":200,"totalCount":1,"readings":[${item}]}`,
  );
});

test("a long list comes in parts of bounded length, and is the same list", () => {
  const items = Array.from({ length: 2_000 }, (_, i) => reading("Int32", i));
  const parts = partsOf(items, false);
  assert.ok(parts.length > 1 && parts.every(({ length }) => length < 66_000), `${parts.map(({ length }) => length)}`);
  const back = readings.decodeOutput?.(new TextEncoder().encode(parts.join("")), "application/json");
  assert.deepEqual(back, { totalCount: 2_000, readings: items });
  assert.match(partsOf([], false).join(""), /"readings":\[\]\}$/);
});

test("numeric=true: numbers and arrays of numbers become JSON, the rest stays text", () => {
  const value = (item: Reading): string => /("value":.*)\}\]\}$/.exec(answered(item, true))?.[1] ?? "";
  assert.equal(value(reading("Float32", Math.fround(3.1))), '"value":3.1');
  assert.equal(value(reading("Uint64", 18446744073709551615n)), '"value":18446744073709551615');
  assert.equal(value(reading("Float64Array", [1.5, -20])), '"value":[1.5, -20]');
  assert.equal(value(reading("Bool", true)), '"value":"true"');
  assert.equal(value(reading("StringArray", ["1"])), '"value":"[\\"1\\"]"');
  assert.equal(value(reading("Float64", Number.NaN)), '"value":"NaN"');
});

test("an aggregate: the function as it was asked for, no total, no origin, numbers as numbers, nothing as Go's zero", () => {
  const list = [
    reading("Float64", 3.1),
    reading("Uint64", 18446744073709551615n),
    reading("Int64", -5n),
    reading("String", null),
    reading("Float64", null),
    reading("Object", null),
    reading("Float64", Number.NaN),
  ].map((each) => ({ ...each, origin: 0n }));
  const output = { totalCount: 0, aggregateFunc: "max", readings: list };
  const text = [...(readings.encodeList?.(output, { statusCode: 200 }, {}) ?? [])].join("");
  const item = (type: string, value: string): string =>
    `{"deviceName":"mp-a","resourceName":"F","profileName":"mp-p","valueType":"${type}"${value}}`;
  const items = [
    item("Float64", ',"value":3.1'),
    item("Uint64", ',"value":18446744073709551615'),
    item("Int64", ',"value":-5'),
    item("String", ',"value":""'),
    item("Float64", ',"value":""'),
    item("Object", ""),
    item("Float64", ',"value":"NaN"'),
  ];
  assert.equal(text, `{"apiVersion":"v3","statusCode":200,"aggregateFunc":"max","readings":[${items.join(",")}]}`);
  assert.deepEqual(readings.decodeOutput?.(new TextEncoder().encode(text), "application/json"), output);
});

test("keys that EdgeX does not know, and ids of readings, go on with the event, by JSON and by CBOR", () => {
  const id = "3e7a1f5e-2222-4a6b-9c1d-0123456789ab";
  const one = { ...reading("Binary", new Uint8Array([1]), "x/y"), extensions: { id, depth: { m: [1, null] } } };
  const event = { ...eventOf(one), extensions: { site: "昌江", 'a"b': 1.5 } };
  const codec = wireCodecs["add-event"];
  const json = addEventToJson({ event });
  assert.match(
    json,
    /"mediaType":"x\/y","id":"3e7a[^"]*","depth":\{"m":\[1,null\]\}\}\],"site":"昌江","a\\"b":1.5\}\}$/,
  );
  assert.deepEqual(codec.decodeBody?.(new TextEncoder().encode(json), "application/json"), { apiVersion: "v3", event });
  const cbor = codec.encodeBody?.({ event }) as WireBody;
  assert.equal(cbor.contentType, "application/cbor");
  assert.deepEqual(codec.decodeBody?.(bytesOf(cbor), cbor.contentType), { apiVersion: "v3", event });
  // From the bus nobody passes them on.
  assert.deepEqual(addEventFromJson(JSON.parse(json)).event, eventOf(reading("Binary", new Uint8Array([1]), "x/y")));
});

test("GET event by id shows scalars as numbers and arrays as text", () => {
  const event = eventOf(reading("Int16", 7), reading("Int16Array", [7, 8]));
  const answer = wireCodecs["stored-event-answer"].encodeOutput?.({ event }, { statusCode: 200 }, {});
  assert.match(String(answer?.bytes), /"value":7\}.*"value":"\[7, 8\]"\}/);
  assert.deepEqual(wireCodecs["stored-event-answer"].decodeOutput?.(bytesOf(answer as WireBody), "application/json"), {
    event,
  });
});

test("a device answers CBOR when a Binary reading is in the event; core command answers JSON", () => {
  const event = eventOf(reading("Binary", new Uint8Array([1, 2]), "x/y"));
  const frame = { statusCode: 200, requestId: "3e7a1f5e-2222-4a6b-9c1d-0123456789ab" };
  for (const [name, contentType] of [
    ["device-event-answer", "application/cbor"],
    ["event-answer", "application/json"],
  ] as const) {
    const answer = wireCodecs[name].encodeOutput?.({ event }, frame, {}) as WireBody;
    assert.equal(answer.contentType, contentType);
    assert.deepEqual(wireCodecs[name].decodeOutput?.(bytesOf(answer), contentType), { event });
  }
  const plain = wireCodecs["device-event-answer"].encodeOutput?.({ event: eventOf(reading("Bool", true)) }, frame, {});
  assert.equal(plain?.contentType, "application/json");
});

test("no event asked for: an empty body both ways", () => {
  const answer = wireCodecs["device-event-answer"].encodeOutput?.(null, { statusCode: 200 }, {}) as WireBody;
  assert.equal(answer.bytes, "");
  assert.equal(wireCodecs["device-event-answer"].decodeOutput?.(new Uint8Array(), ""), null);
});

test("POST event: JSON or CBOR by Content-Type, and what EdgeX refuses is refused", () => {
  const codec = wireCodecs["add-event"];
  for (const event of [
    eventOf(reading("Int8", -1)),
    eventOf(reading("Binary", new Uint8Array([9]), "x/y")),
    eventOf(reading("Float64", Number.NaN)),
  ]) {
    const body = codec.encodeBody?.({ event }) as WireBody;
    const back = codec.decodeBody?.(bytesOf(body), body.contentType.toUpperCase());
    assert.deepEqual(back, { apiVersion: "v3", event });
  }
  const infinite = codec.encodeBody?.({ event: eventOf(reading("Float64", Number.POSITIVE_INFINITY)) }) as WireBody;
  assert.throws(
    () => codec.decodeBody?.(bytesOf(infinite), "application/json"),
    new AppError("ContractInvalid", "invalid numeric value 'Inf'", { code: "invalid-event" }),
  );
});

test("64-bit times survive JSON, and only under their own keys", () => {
  const text =
    '{"origin":1795472304567279158,"timestamp": -9223372036854775808 ,"created":1795472304567,"origin2":12345678901234567}';
  assert.deepEqual(parseJson(text), {
    origin: 1795472304567279158n,
    timestamp: -9223372036854775808n,
    created: 1795472304567,
    origin2: 12345678901234568,
  });
  assert.equal(
    stringifyJson({ origin: 1795472304567279158n, a: undefined, b: [1n, new Uint8Array([1, 2])] }),
    '{"origin":1795472304567279158,"b":[1,"AQI="]}',
  );
  const inside = { a: '"origin":1795472304567279158,' };
  assert.deepEqual(parseJson(JSON.stringify(inside)), inside);
});

test("what does not even start as JSON is refused in Go's words", () => {
  assert.throws(() => parseJson(""), /^AppError: EOF$/);
  assert.throws(() => parseJson("xyz"), /invalid character 'x' looking for beginning of value/);
  for (const cut of ["{", '{"a"', '{"a":', '{"a":"x', "[1,"]) assert.throws(() => parseJson(cut), /: unexpected EOF$/);
  assert.throws(() => parseJson("[a]"), /the body is not valid JSON/);
  assert.throws(() => parseJson('{"a" 1}'), /the body is not valid JSON: .* at position 5/);
});

test("ping's date is Go's UnixDate", () => {
  // edgex-wire.md's sample, and a day below ten, which Go pads with a blank (time.UnixDate "Mon Jan _2 15:04:05 MST 2006").
  assert.equal(unixDate(Date.UTC(2026, 10, 23, 22, 14, 31)), "Mon Nov 23 22:14:31 UTC 2026");
  assert.equal(unixDate(Date.UTC(2026, 0, 2, 3, 4, 5)), "Fri Jan  2 03:04:05 UTC 2026");
});
