import { AppError } from "@jx/kit";
import { API_VERSION, type NewId } from "../client.ts";
import { UUID } from "../dto-rules.ts";
import type { JsonMessage, Message } from "../message.ts";
import type { Event } from "../model/event.ts";
import { BASE_TOPIC } from "../topics.ts";
import { addEventFromJson, addEventToCbor, addEventToJson, foldedKeys } from "./add-event.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { hasBinary } from "./event-cbor.ts";
import { parseJson, stringifyJson } from "./json.ts";
import { unescapeName } from "./names.ts";
import { type EventWire, PLAIN_EVENTS } from "./optimized.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

const JSON_TYPE = "application/json";
const CBOR_TYPE = "application/cbor";
const TEXT_TYPE = "text/plain";
const WHAT = "the message envelope";
const EVENT_PREFIX = `${BASE_TOPIC}/events/`;
const SYSTEM_EVENT_PREFIX = `${BASE_TOPIC}/system-events/`;

/** The mirror and every network subscriber share one encoding of a message; one for each way of writing events. */
const encoded = [0, 1, 2, 3].map(() => new WeakMap<Message, Uint8Array>());

/**
 * A bus message as EdgeX's MessageEnvelope 4.x: a JSON payload stands natively, an event with a Binary reading as base64
 * of CBOR, an error as plain text. Source: go-mod-messaging pkg/types/message_envelope.go; edgex-wire.md §2.
 */
export function encodeEnvelope(message: Message, events: EventWire = PLAIN_EVENTS): Uint8Array {
  const ways = message.kind === "event" ? (events.optimized === true ? 1 : 0) + (events.cbor === true ? 2 : 0) : 0;
  let bytes = encoded[ways]?.get(message);
  if (bytes === undefined) {
    bytes = encodeUtf8(envelopeText(message, events));
    encoded[ways]?.set(message, bytes);
  }
  return bytes;
}

function envelopeText(message: Message, events: EventWire): string {
  const { payload, contentType } = payloadOf(message, events);
  const failed = message.kind === "json" && message.errorCode === 1;
  const queryParams = message.kind === "json" ? message.queryParams : undefined;
  const receivedTopic = message.kind === "json" ? (message.receivedTopic ?? "") : "";
  return (
    `{"apiVersion":"${API_VERSION}","receivedTopic":${JSON.stringify(receivedTopic)},"correlationID":${JSON.stringify(message.correlationId)}` +
    `,"requestID":${JSON.stringify(requestIdOf(message))},"errorCode":${failed ? 1 : 0},"payload":${payload}` +
    `,"contentType":"${contentType}"${queryParams === undefined ? "" : `,"queryParams":${JSON.stringify(queryParams)}`}}`
  );
}

/** An event's id stands in its payload alone, as Go's NewMessageEnvelope has it. */
function requestIdOf(message: Message): string {
  return message.kind === "event" ? "" : (message.requestId ?? "");
}

function payloadOf(
  message: Message,
  { optimized = false, cbor = false }: EventWire,
): { payload: string; contentType: string } {
  if (message.kind === "json") {
    if (message.cbor === true) return { payload: `"${toBase64(encodeCbor(message.payload))}"`, contentType: CBOR_TYPE };
    const contentType = message.errorCode === 1 ? TEXT_TYPE : JSON_TYPE;
    return { payload: stringifyJson(message.payload), contentType };
  }
  const request = {
    event: message.event,
    ...(message.requestId === undefined ? {} : { requestId: message.requestId }),
  };
  return cbor || hasBinary(message.event)
    ? { payload: `"${toBase64(addEventToCbor(request, optimized))}"`, contentType: CBOR_TYPE }
    : { payload: addEventToJson(request, optimized), contentType: JSON_TYPE };
}

/**
 * What came in from a broker. Takes what any 3.x or 4.x peer writes: native or base64 payloads, a whole envelope in
 * CBOR, keys in any letter case. Under edgex/events/ the payload must be an event, an optimised one too, and under
 * edgex/system-events/ a system event: subscribers rely on it. Throws ContractInvalid otherwise.
 */
export function decodeEnvelope(topic: string, bytes: Uint8Array): Message {
  const isCbor = ((bytes[0] ?? 0) & 0xe0) === 0xa0; // a CBOR map; JSON text never starts with such a byte
  return messageOf(topic, foldedKeys(isCbor ? decodeCbor(bytes) : parseJson(decodeUtf8(bytes)), WHAT));
}

/**
 * A request from a client outside, over a broker of its own: JSON of this version with a requestID that is a UUID, and a
 * correlationID that is one or is left out. Source: go-mod-messaging, NewMessageEnvelopeFromJSON.
 * @throws AppError ContractInvalid with Go's words
 */
export function decodeOutsideRequest(
  topic: string,
  bytes: Uint8Array,
  newId: NewId,
): JsonMessage & { readonly requestId: string } {
  const envelope = foldedKeys(parseJson(decodeUtf8(bytes)), WHAT);
  const refuse = (text: string): AppError => new AppError("ContractInvalid", text, { code: "invalid-envelope" });
  if (envelope.get("apiversion") !== API_VERSION) throw refuse(`api version '${API_VERSION}' is required`);
  if (envelope.get("contenttype") !== JSON_TYPE) throw refuse(`ContentType is not ${JSON_TYPE}`);
  const message = messageOf(topic, envelope);
  const { requestId = "", correlationId } = message;
  if (!UUID.test(requestId)) throw refuse(`error parsing RequestID: invalid UUID length: ${requestId.length}`);
  if (correlationId !== "" && !UUID.test(correlationId)) {
    throw refuse(`error parsing CorrelationID: invalid UUID length: ${correlationId.length}`);
  }
  if (message.kind !== "json") throw refuse("an event is no request");
  return { ...message, requestId, correlationId: correlationId === "" ? newId() : correlationId };
}

function messageOf(topic: string, envelope: ReadonlyMap<string, unknown>): Message {
  const contentType = stringField(envelope, "contentType");
  const requestId = stringField(envelope, "requestID");
  const errorCode = envelope.get("errorcode") ?? 0;
  if (typeof errorCode !== "number") throw wrongField("errorCode", "a number");
  const head = {
    topic,
    correlationId: stringField(envelope, "correlationID"),
    from: "outside" as const,
    ...(requestId === "" ? {} : { requestId }),
  };
  const payload = decodePayload(envelope.get("payload") ?? null, contentType, errorCode !== 0);
  if (isUnder(EVENT_PREFIX, topic)) {
    if (errorCode !== 0) throw wrongField("errorCode", `0 under ${EVENT_PREFIX}, where events are expected`);
    const request = addEventFromJson(payload, { optimized: true });
    const id = request.requestId;
    return { kind: "event", ...head, ...(id === undefined ? {} : { requestId: id }), event: request.event };
  }
  if (isUnder(SYSTEM_EVENT_PREFIX, topic)) checkSystemEvent(payload);
  const queryParams = stringMap(envelope.get("queryparams") ?? null);
  return {
    kind: "json",
    ...head,
    payload,
    ...(errorCode === 0 ? {} : { errorCode: 1 as const }),
    ...(contentType === CBOR_TYPE && errorCode === 0 ? { cbor: true as const } : {}),
    ...(queryParams === undefined ? {} : { queryParams }),
  };
}

/**
 * A string may be base64 of the real payload (3.x, EDGEX_MSG_BASE64_PAYLOAD, CBOR) or simply a JSON string: it is the
 * latter when it does not decode.
 */
function decodePayload(payload: unknown, contentType: string, isError: boolean): unknown {
  if (isError || contentType === TEXT_TYPE) return payload instanceof Uint8Array ? decodeUtf8(payload) : payload;
  const bytes = typeof payload === "string" ? fromBase64(payload) : payload;
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) return payload;
  if (contentType === CBOR_TYPE) return decodeCbor(bytes);
  try {
    return parseJson(decodeUtf8(bytes));
  } catch (error) {
    if (typeof payload === "string") return payload;
    throw error;
  }
}

/**
 * EdgeX's core data takes an event from the bus only if the topic's last three levels, percent-decoded, name its
 * profile, device and source (edgex-behaviour.md §2.1).
 */
export function topicFitsEvent(topic: string, event: Event): boolean {
  const levels = topic.split("/");
  const [profile, device, source] = levels.slice(-3).map(unescapeName);
  return (
    levels.length >= 6 && profile === event.profileName && device === event.deviceName && source === event.sourceName
  );
}

/** As a filter with "#" at its end has it: the level above is in it too (MQTT 3.1.1 §4.7.1.2). */
function isUnder(prefix: string, topic: string): boolean {
  return topic.startsWith(prefix) || `${topic}/` === prefix;
}

/** What subscribers read of a SystemEvent (topics.ts); its details are looked at by those who know the type. */
function checkSystemEvent(payload: unknown): void {
  const fields = typeof payload === "object" && payload !== null ? (payload as Record<string, unknown>) : {};
  for (const key of ["type", "action", "source", "owner"]) {
    if (typeof fields[key] === "string") continue;
    throw new AppError("ContractInvalid", `a system event's ${key} must be a string`, { code: "invalid-system-event" });
  }
}

function stringField(envelope: ReadonlyMap<string, unknown>, key: string): string {
  const value = envelope.get(key.toLowerCase()) ?? "";
  if (typeof value !== "string") throw wrongField(key, "a string");
  return value;
}

function stringMap(value: unknown): Readonly<Record<string, string>> | undefined {
  if (value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) throw wrongField("queryParams", "an object of strings");
  const entries = Object.entries(value as object);
  if (entries.some(([, text]) => typeof text !== "string")) throw wrongField("queryParams", "an object of strings");
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function wrongField(key: string, expected: string): AppError {
  return new AppError("ContractInvalid", `the message envelope's ${key} must be ${expected}`, {
    code: "invalid-envelope",
  });
}
