/**
 * Vectors: what go-mod-core-contracts 4.0.3 writes for these requests with EDGEX_OPTIMIZE_EVENT_PAYLOAD=true (json.Marshal and
 * cbor.Marshal of requests.AddEventRequest; the empty requestId of the JSON cut out).
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event, EventMessage, Reading } from "../index.ts";
import { addEventFromJson, addEventToCbor, addEventToJson } from "./add-event.ts";
import { fromBase64 } from "./base64.ts";
import { decodeCbor } from "./cbor.ts";
import { wireCodecs } from "./codecs.ts";
import { decodeEnvelope, encodeEnvelope } from "./envelope.ts";
import { parseJson } from "./json.ts";

const ORIGIN = 1795472580937858331n;
const base: Reading = {
  deviceName: "dev",
  profileName: "prof",
  resourceName: "src",
  valueType: "Int16",
  value: 5,
  origin: ORIGIN,
  units: "",
  mediaType: "",
  tags: undefined,
};
const eventOf = (sourceName: string, readings: readonly Reading[]): Event => ({
  id: "3e7a0000-0000-4000-8000-000000000000",
  deviceName: "dev",
  profileName: "prof",
  sourceName,
  origin: ORIGIN,
  readings,
  tags: { t: "1" },
});

const VECTORS: readonly { readonly what: string; readonly json: string; readonly cbor: string }[] = [
  {
    what: "one reading of its source",
    json: `{"apiVersion":"v3","event":{"apiVersion":"v3","id":"3e7a0000-0000-4000-8000-000000000000","deviceName":"dev","profileName":"prof","sourceName":"src","origin":1795472580937858331,"readings":[{"valueType":"Int16","units":"C","value":"5"}],"tags":{"t":"1"}}}`,
    cbor: "o2phcGlWZXJzaW9uYnYzaXJlcXVlc3RJZGBlZXZlbnSoamFwaVZlcnNpb25idjNiaWR4JDNlN2EwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMGpkZXZpY2VOYW1lY2Rldmtwcm9maWxlTmFtZWRwcm9manNvdXJjZU5hbWVjc3JjZm9yaWdpbhsY6szMrsE9G2hyZWFkaW5nc4GjaXZhbHVlVHlwZWVJbnQxNmV1bml0c2FDZXZhbHVlYTVkdGFnc6FhdGEx",
  },
  {
    what: "three readings, a Binary one and a null one among them",
    json: `{"apiVersion":"v3","event":{"apiVersion":"v3","id":"3e7a0000-0000-4000-8000-000000000000","deviceName":"dev","profileName":"prof","sourceName":"src","origin":1795472580937858331,"readings":[{"resourceName":"src","valueType":"Int16","value":"5"},{"origin":1795472580937858330,"resourceName":"bin","valueType":"Binary","tags":{"q":"bad"},"binaryValue":"AQI=","mediaType":"x/y"},{"resourceName":"nul","valueType":"Float32","value":null,"binaryValue":null,"objectValue":null}],"tags":{"t":"1"}}}`,
    cbor: "o2phcGlWZXJzaW9uYnYzaXJlcXVlc3RJZGBlZXZlbnSoamFwaVZlcnNpb25idjNiaWR4JDNlN2EwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMGpkZXZpY2VOYW1lY2Rldmtwcm9maWxlTmFtZWRwcm9manNvdXJjZU5hbWVjc3JjZm9yaWdpbhsY6szMrsE9G2hyZWFkaW5nc4OjbHJlc291cmNlTmFtZWNzcmNpdmFsdWVUeXBlZUludDE2ZXZhbHVlYTWmZm9yaWdpbhsY6szMrsE9GmxyZXNvdXJjZU5hbWVjYmluaXZhbHVlVHlwZWZCaW5hcnlkdGFnc6FhcWNiYWRrYmluYXJ5VmFsdWVCAQJpbWVkaWFUeXBlY3gveaVscmVzb3VyY2VOYW1lY251bGl2YWx1ZVR5cGVnRmxvYXQzMmV2YWx1ZfZrYmluYXJ5VmFsdWX2a29iamVjdFZhbHVl9mR0YWdzoWF0YTE=",
  },
  {
    what: "one reading of another name than its source",
    json: `{"apiVersion":"v3","event":{"apiVersion":"v3","id":"3e7a0000-0000-4000-8000-000000000000","deviceName":"dev","profileName":"prof","sourceName":"other","origin":1795472580937858331,"readings":[{"resourceName":"src","valueType":"Int16","value":"5"}],"tags":{"t":"1"}}}`,
    cbor: "o2phcGlWZXJzaW9uYnYzaXJlcXVlc3RJZGBlZXZlbnSoamFwaVZlcnNpb25idjNiaWR4JDNlN2EwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMGpkZXZpY2VOYW1lY2Rldmtwcm9maWxlTmFtZWRwcm9manNvdXJjZU5hbWVlb3RoZXJmb3JpZ2luGxjqzMyuwT0baHJlYWRpbmdzgaNscmVzb3VyY2VOYW1lY3NyY2l2YWx1ZVR5cGVlSW50MTZldmFsdWVhNWR0YWdzoWF0YTE=",
  },
];
const EVENTS: readonly Event[] = [
  eventOf("src", [{ ...base, units: "C" }]),
  eventOf("src", [
    base,
    {
      ...base,
      resourceName: "bin",
      valueType: "Binary",
      value: new Uint8Array([1, 2]),
      mediaType: "x/y",
      origin: ORIGIN - 1n,
      tags: { q: "bad" },
    },
    { ...base, resourceName: "nul", valueType: "Float32", value: null },
  ]),
  eventOf("other", [base]),
];

for (const [i, { what, json, cbor }] of VECTORS.entries()) {
  const event = EVENTS[i] as Event;
  test(`optimised as Go does it: ${what}`, () => {
    assert.equal(addEventToJson({ event }, true), json);
    assert.deepEqual(addEventFromJson(parseJson(json), { optimized: true }).event, event);
    const bytes = fromBase64(cbor) ?? assert.fail();
    const { requestId: _, ...fromGo } = decodeCbor(bytes) as Record<string, unknown>;
    assert.deepEqual(addEventFromJson(fromGo, { optimized: true }).event, event);
    assert.deepEqual(decodeCbor(addEventToCbor({ event }, true)), fromGo);
  });
}

test("a reading that says otherwise than its event keeps its own, written and read", () => {
  const event = eventOf("src", [
    { ...base, deviceName: "x", profileName: "y", origin: 7n, extensions: { id: "1", k: 2 } },
  ]);
  const json = addEventToJson({ event }, true);
  assert.match(
    json,
    /"readings":\[\{"origin":7,"deviceName":"x","profileName":"y","valueType":"Int16","value":"5","k":2\}\]/,
  );
  const back = addEventFromJson(parseJson(json), { optimized: true, extended: true }).event.readings[0];
  assert.deepEqual([back?.deviceName, back?.profileName, back?.origin], ["x", "y", 7n]);
});

test("from the bus and in answers a left-out member is filled in; a request over REST must be whole", () => {
  const message: EventMessage = {
    kind: "event",
    topic: "edgex/events/device/svc/prof/dev/src",
    event: EVENTS[0] as Event,
    correlationId: "",
    from: "outside",
  };
  for (const events of [{}, { optimized: true }, { cbor: true }, { optimized: true, cbor: true }]) {
    const bytes = encodeEnvelope(message, events);
    const text = new TextDecoder().decode(bytes);
    assert.equal(text.includes('"contentType":"application/cbor"'), events.cbor === true);
    assert.equal(text.includes('"deviceName":"dev","resourceName"'), events.cbor !== true && events.optimized !== true);
    assert.deepEqual(decodeEnvelope(message.topic, bytes), message);
    assert.equal(encodeEnvelope(message, events), bytes, "made once");
  }
  const optimized = (VECTORS[0] as { json: string }).json;
  const answer = new TextEncoder().encode(optimized);
  const decoded = wireCodecs["device-event-answer"].decodeOutput?.(answer, "application/json");
  assert.deepEqual(decoded, { event: EVENTS[0] });
  assert.throws(() => addEventFromJson(parseJson(optimized)), /Readings\[0\]\.DeviceName field is required/);
});

test("a broken reading is refused as ever", () => {
  const event = (reading: unknown): unknown => {
    const whole = parseJson((VECTORS[0] as { json: string }).json) as { event: object };
    return { ...whole, event: { ...whole.event, readings: reading } };
  };
  for (const readings of [[1], [null], [[]], {}, "x"]) {
    assert.throws(() => addEventFromJson(event(readings), { optimized: true }), /ContractInvalid|Failed to unmarshal/);
  }
  assert.throws(() => addEventFromJson(event([{}, {}]), { optimized: true }), /ResourceName field is required/);
});
