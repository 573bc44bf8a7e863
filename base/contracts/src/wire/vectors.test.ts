/** Everything here is compared with what Go and EdgeX's own modules printed; vectors/main.go is the source. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isAppError } from "@jx/kit";
import type { Event } from "../model/event.ts";
import type { ValueType } from "../model/value-type.ts";
import { addEventFromJson, addEventToCbor, addEventToJson } from "./add-event.ts";
import { fromBase64 } from "./base64.ts";
import { decodeCbor } from "./cbor.ts";
import { decodeEnvelope, encodeEnvelope } from "./envelope.ts";
import { formatFloat32, formatFloat64, parseFloat32, parseFloat64 } from "./float-text.ts";
import { parseJson } from "./json.ts";
import { escapeName, unescapeName } from "./names.ts";
import { valueFromText } from "./value-text.ts";

interface Vectors {
  readonly float32: Readonly<Record<string, string>>;
  readonly float64: Readonly<Record<string, string>>;
  readonly parseFloat: readonly { text: string; f32: string; f64: string }[];
  readonly integers: readonly { text: string; ok: Readonly<Record<string, boolean>> }[];
  readonly names: Readonly<Record<string, string>>;
  readonly refused: readonly { body: string; message: string }[];
  readonly requestJson: string;
  readonly requestCborBase64: string;
  readonly envelopeJson: string;
  readonly envelopeBase64Json: string;
  readonly envelopeCborPayload: string;
  readonly envelopeWholeCborBase64: string;
  readonly envelopeError: string;
}
const vectors = JSON.parse(readFileSync(new URL("./vectors/go-vectors.json", import.meta.url), "utf8")) as Vectors;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const bytes = (base64: string): Uint8Array => fromBase64(base64) ?? new Uint8Array();

/** The value lies exactly between two decimals of the text's length: both are right. */
function isTie(value: number, text: string): boolean {
  const digits = text.replace(/e.*/, "").replace(/[-.]/g, "").length;
  return /^50*$/.test(
    Math.abs(value)
      .toExponential(100)
      .slice(digits + 1)
      .replace(/e.*/, ""),
  );
}

test("floats are written as strconv.FormatFloat(v, 'e', -1, bits) writes them", () => {
  const view = new DataView(new ArrayBuffer(8));
  for (const [bits, text] of Object.entries(vectors.float32)) {
    view.setUint32(0, Number(bits));
    const value = view.getFloat32(0);
    const ours = formatFloat32(value);
    if (isTie(value, text)) assert.equal(Math.fround(Number(ours)), value, `float32 bits ${bits}`);
    else assert.equal(ours, text, `float32 bits ${bits}`);
  }
  for (const [bits, text] of Object.entries(vectors.float64)) {
    view.setBigUint64(0, BigInt(bits));
    assert.equal(formatFloat64(view.getFloat64(0)), text, `float64 bits ${bits}`);
  }
});

test("floats are read as strconv.ParseFloat reads them", () => {
  for (const { text, f32, f64 } of vectors.parseFloat) {
    const single = parseFloat32(text);
    const double = parseFloat64(text);
    assert.equal(single === undefined ? "" : formatFloat32(single), f32, `float32 ${JSON.stringify(text)}`);
    assert.equal(double === undefined ? "" : formatFloat64(double), f64, `float64 ${JSON.stringify(text)}`);
  }
});

test("integers and booleans are taken and refused as EdgeX's ValidateValue does", () => {
  for (const { text, ok } of vectors.integers) {
    for (const [type, expected] of Object.entries(ok)) {
      let taken = true;
      try {
        valueFromText(type as ValueType, text);
      } catch (error) {
        taken = false;
        assert.equal((error as Error).message, `The value does not match the ${type} valueType`);
      }
      assert.equal(taken, expected, `${type} ${JSON.stringify(text)}`);
    }
  }
});

test("names are escaped as go-mod-core-contracts' URLEncode does", () => {
  for (const [name, escaped] of Object.entries(vectors.names)) {
    assert.equal(escapeName(name), escaped);
    assert.equal(unescapeName(escaped), name);
  }
});

test("bad requests get EdgeX's words", () => {
  // 4.0.3 requires these two; 4.1, whose behaviour we have, does not (edgex-behaviour.md §2.1).
  const optional = /(; )?AddEventRequest\.Event(\.Readings\[\d+\])?\.(ProfileName|SourceName) field is required/g;
  for (const { body, message } of vectors.refused) {
    assert.throws(
      () => addEventFromJson(parseJson(body)),
      (error) => isAppError(error, "ContractInvalid") && error.message === message.replace(optional, ""),
      body,
    );
  }
});

test("an event of every value type by EdgeX's modules is read, from JSON and from CBOR, and is the same", () => {
  const fromJson = addEventFromJson(parseJson(vectors.requestJson));
  const fromCbor = addEventFromJson(decodeCbor(bytes(vectors.requestCborBase64)));
  assert.deepEqual(fromCbor, fromJson);
  const { event } = fromJson;
  assert.equal(event.origin, 1795472304567279158n);
  assert.equal(event.readings.length, 28);
  const values = new Map(event.readings.map((reading) => [reading.resourceName, reading.value]));
  assert.equal(values.get("rUint64"), 18446744073709551615n);
  assert.equal(values.get("rInt64"), -9223372036854775808n);
  assert.equal(values.get("rFloat32"), Math.fround(12.3));
  assert.deepEqual(values.get("rStringArray"), ["a,b", "泵"]);
  assert.deepEqual(values.get("rFloat64Array"), [1e-300, 0.1]);
  assert.deepEqual(values.get("rBinary"), new Uint8Array([0, 1, 254, 255]));
  assert.deepEqual(values.get("rObjectArray"), [{ b: 2.5 }]);
  assert.equal(values.get("rNull"), null);
  assert.deepEqual(event.readings[0]?.tags, { quality: "uncertain" });
});

test("we write the same members as EdgeX's modules, but for reading ids", () => {
  const request = addEventFromJson(parseJson(vectors.requestJson));
  const expected = JSON.parse(vectors.requestJson) as { event: { readings: { id?: string }[] } };
  for (const reading of expected.event.readings) delete reading.id;
  assert.deepEqual(JSON.parse(addEventToJson(request)), expected);
  assert.deepEqual(addEventFromJson(decodeCbor(addEventToCbor(request))), request);
});

test("every form of envelope EdgeX 3.x and 4.x can write is read", () => {
  const topic = "edgex/events/device/device-virtual/泵 profile/pump-1/all";
  const event: Event = addEventFromJson(parseJson(vectors.requestJson)).event;
  const forms = [
    utf8(vectors.envelopeJson),
    utf8(vectors.envelopeBase64Json),
    utf8(vectors.envelopeCborPayload),
    bytes(vectors.envelopeWholeCborBase64),
  ];
  for (const form of forms) {
    const message = decodeEnvelope(topic, form);
    assert.equal(message.kind, "event");
    assert.equal(message.correlationId, "76d80000-1111-4a6b-9c1d-0123456789ab");
    assert.deepEqual(message.kind === "event" && message.event, event);
  }
});

test("an error envelope is written and read as EdgeX's", () => {
  const topic = "edgex/response/core-command/606e0000-1111-4a6b-9c1d-0123456789ab";
  const message = decodeEnvelope(topic, utf8(vectors.envelopeError));
  assert.deepEqual(message, {
    kind: "json",
    topic,
    from: "outside",
    correlationId: "76d80000-1111-4a6b-9c1d-0123456789ab",
    requestId: "606e0000-1111-4a6b-9c1d-0123456789ab",
    errorCode: 1,
    payload: "device D not found",
  });
  assert.equal(new TextDecoder().decode(encodeEnvelope(message)), vectors.envelopeError);
});

test("an error where an event is expected is refused: who keeps events would have none in hand", () => {
  const topic = "edgex/events/device/device-virtual/p/pump-1/all";
  const refused = { kind: "ContractInvalid", message: /errorCode must be 0 under edgex\/events\// };
  assert.throws(() => decodeEnvelope(topic, utf8(vectors.envelopeError)), refused);
});

test("an event's request id stands in its payload, and the envelope's stays empty, as Go writes them", () => {
  const { event } = addEventFromJson(parseJson(vectors.requestJson));
  // One with a Binary reading goes as CBOR.
  const inJson = { ...event, readings: event.readings.filter((each) => each.valueType !== "Binary") };
  const requestId = "606e0000-1111-4a6b-9c1d-0123456789ab";
  const topic = "edgex/events/core/s/p/d/r";
  const text = new TextDecoder().decode(
    encodeEnvelope({ kind: "event", topic, correlationId: "c", requestId, from: "inside", event: inJson }),
  );
  const { requestID, payload } = JSON.parse(text) as { requestID: string; payload: { requestId: string } };
  assert.deepEqual([requestID, payload.requestId], ["", requestId]);
});
