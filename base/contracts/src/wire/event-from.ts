import { AppError } from "@jx/kit";
import { UUID } from "../dto-rules.ts";
import type { Event, Extensions, JsonObject, JsonValue, Reading, ReadingValue, Tags } from "../model/event.ts";
import { normalizeValueType, type ValueType } from "../model/value-type.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { MAX_DEPTH } from "./json.ts";
import { completed } from "./optimized.ts";
import { mismatch, valueFromText } from "./value-text.ts";

type Dto = Readonly<Record<string, unknown>>;

/**
 * An event DTO, as parseJson or CBOR gave it, to the domain value. Throws ContractInvalid with the words of EdgeX's Go
 * services (edgex-behaviour.md §2.1); `root` is the Go path in front of them. Keys are case-sensitive, as upstream;
 * those that EdgeX does not know are dropped. A reading without profileName takes the event's; `optimized` is
 * AddEventOptions'.
 */
export function eventFromJson(value: unknown, root = "AddEventRequest.Event", optimized = false): Event {
  const problems: string[] = [];
  const event = collectEvent(value, root, problems, { optimized });
  throwProblems(problems);
  return event;
}

/** A reading of a query's answer. */
export function readingFromJson(value: unknown, path = "Reading"): Reading {
  const problems: string[] = [];
  const reading = collectReading(value, path, "", problems);
  throwProblems(problems);
  return reading;
}

/** A reading of an aggregate's answer: it has no origin, and "" where it has no value. */
export function aggregateFromJson(value: unknown, path = "Reading"): Reading {
  const dto = objectOf(value, path);
  const has = dto["value"] !== undefined && dto["value"] !== "";
  const problems: string[] = [];
  const reading = collectReading({ ...dto, origin: 1, value: has ? dto["value"] : null }, path, "", problems);
  throwProblems(problems);
  return { ...reading, origin: 0n };
}

export function throwProblems(problems: readonly string[]): void {
  if (problems.length > 0) throw new AppError("ContractInvalid", problems.join("; "), { code: "invalid-event" });
}

/**
 * Reads what can be read and adds what the DTO rules object to, in the order of Go's struct fields. With `extended`, keys
 * that EdgeX does not know are kept as extensions, which it passes on and does not store (dtos/extensions.go).
 */
export function collectEvent(
  value: unknown,
  root: string,
  problems: string[],
  { extended = false, optimized = false }: { readonly extended?: boolean; readonly optimized?: boolean },
): Event {
  const given = objectOf(value, root);
  const dto = optimized ? completed(given) : given;
  if (text(dto, "apiVersion") === "") problems.push(`${root}.Versionable.ApiVersion field is required`);
  const id = text(dto, "id");
  if (id === "") problems.push(`${root}.Id field is required`);
  else if (!UUID.test(id)) problems.push(`${root}.Id field needs a uuid`);
  const deviceName = name(dto, "deviceName", `${root}.DeviceName`, problems);
  const profileName = text(dto, "profileName");
  const sourceName = text(dto, "sourceName");
  const origin = originOf(dto, root, problems);
  const list = dto["readings"] ?? [];
  if (!Array.isArray(list)) throw malformed(`${root}.Readings is no array`);
  if (list.length === 0) problems.push(`${root}.Readings field should greater than 0`);
  const readings: Reading[] = [];
  for (let i = 0; i < list.length && problems.length < MAX_PROBLEMS; i += 1) {
    readings.push(collectReading(list[i], `${root}.Readings[${i}]`, profileName, problems, extended));
  }
  const tags = tagsOf(dto, root);
  const extensions = extended ? extensionsOf(dto, EVENT_KEYS) : {};
  return { id, deviceName, profileName, sourceName, origin, readings, tags, ...extensions };
}

const EVENT_KEYS: ReadonlySet<string> = new Set(
  "apiVersion id deviceName profileName sourceName origin readings tags".split(" "),
);
/** Without "id", which nothing here keeps. */
const READING_KEYS: ReadonlySet<string> = new Set(
  "origin deviceName resourceName profileName valueType units tags value binaryValue mediaType objectValue".split(" "),
);

function extensionsOf(dto: Dto, known: ReadonlySet<string>): { readonly extensions?: Extensions } {
  const others = Object.entries(dto).filter(([key]) => !known.has(key));
  return others.length === 0 ? {} : { extensions: jsonValue(Object.fromEntries(others)) as Extensions };
}

/** A message about thousands of bad readings helps nobody. */
const MAX_PROBLEMS = 20;

function collectReading(
  value: unknown,
  path: string,
  profileName: string,
  problems: string[],
  extended = false,
): Reading {
  const dto = objectOf(value, path);
  const id = text(dto, "id");
  if (id !== "" && !UUID.test(id)) throw new AppError("ContractInvalid", "uuid parsing failed", { details: { path } });
  const origin = originOf(dto, path, problems);
  const deviceName = name(dto, "deviceName", `${path}.DeviceName`, problems);
  const resourceName = name(dto, "resourceName", `${path}.ResourceName`, problems);
  const typeText = text(dto, "valueType");
  const valueType = normalizeValueType(typeText);
  if (typeText === "") problems.push(`${path}.ValueType field is required`);
  else if (valueType === undefined) {
    problems.push(`${path}.ValueType field validation failed on the edgex-dto-value-type tag with value ''`);
  }
  return {
    deviceName,
    profileName: text(dto, "profileName") || profileName,
    resourceName,
    valueType: valueType ?? "String",
    // The rules speak before the value is looked at, as upstream.
    value: problems.length > 0 || valueType === undefined ? null : readValue(dto, valueType, path),
    origin,
    units: text(dto, "units"),
    mediaType: text(dto, "mediaType"),
    tags: tagsOf(dto, path),
    ...(extended ? extensionsOf(dto, READING_KEYS) : {}),
  };
}

function readValue(dto: Dto, type: ValueType, path: string): ReadingValue {
  switch (type) {
    case "Binary":
      return binaryOf(dto, path);
    case "Object":
    case "ObjectArray": {
      const value = dto["objectValue"] ?? null;
      if (value === null) return null;
      if (typeof value !== "object" || (type === "ObjectArray" && !Array.isArray(value))) throw mismatch(type);
      return jsonValue(value) as JsonObject | readonly JsonObject[];
    }
    default: {
      const value = dto["value"] ?? null;
      if (value === null) return null;
      if (Array.isArray(value) && !path.startsWith(REQUEST)) return valueFromText(type, numberArrayText(value));
      if (typeof value === "object") throw mismatch(type);
      return valueFromText(type, String(value));
    }
  }
}

/** Core data refuses JSON arrays in a request, but answers with them when asked for numeric=true. */
const REQUEST = "AddEventRequest.";

function numberArrayText(items: readonly unknown[]): string {
  return `[${items.join(", ")}]`;
}

/** Base64 in JSON, bytes in CBOR. */
function binaryOf(dto: Dto, path: string): Uint8Array | null {
  const value = dto["binaryValue"] ?? null;
  if (value === null) return null;
  const bytes = typeof value === "string" ? fromBase64(value) : value;
  if (!(bytes instanceof Uint8Array)) throw malformed(`${path}.BinaryValue is no base64`);
  if (text(dto, "mediaType") === "") {
    throw new AppError(
      "ContractInvalid",
      "BinaryReading.MediaType field validation failed on the required_with tag with value 'BinaryValue'",
      { code: "invalid-event" },
    );
  }
  return bytes;
}

function objectOf(value: unknown, path: string): Dto {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Uint8Array) {
    throw malformed(`${path} is no object`);
  }
  return value as Dto;
}

/** "" when absent or null, as Go's zero value. */
function text(dto: Dto, key: string): string {
  const value = dto[key];
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  throw malformed(`field "${key}" must be a string`);
}

function name(dto: Dto, key: string, path: string, problems: string[]): string {
  const value = text(dto, key);
  if (value === "") problems.push(`${path} field is required`);
  else if (value.trim() === "") problems.push(`${path} field should not be empty string`);
  return value;
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

function originOf(dto: Dto, path: string, problems: string[]): bigint {
  const value = dto["origin"] ?? 0;
  const origin = typeof value === "number" && Number.isInteger(value) ? BigInt(value) : value;
  if (typeof origin !== "bigint" || origin < INT64_MIN || origin > INT64_MAX) {
    throw malformed(`${path}.Origin is no 64-bit integer`);
  }
  if (origin === 0n) problems.push(`${path}.Origin field is required`);
  return origin;
}

/** No tags and empty tags are the same thing on the wire: Go omits both. */
function tagsOf(dto: Dto, path: string): Tags | undefined {
  const value = dto["tags"] ?? null;
  if (value === null) return undefined;
  const tags = objectOf(value, `${path}.Tags`);
  for (const _ in tags) return jsonValue(tags) as Tags;
  return undefined;
}

/** Free-form parts as plain JSON: long integers become numbers as in any JSON reader, CBOR bytes become base64. */
function jsonValue(value: unknown, depth = 0): JsonValue {
  if (depth > MAX_DEPTH) throw malformed(`a value nests deeper than ${MAX_DEPTH} levels`);
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Uint8Array) return toBase64(value);
  if (Array.isArray(value)) return value.map((item) => jsonValue(item, depth + 1));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, jsonValue(inner, depth + 1)]));
  }
  return value === undefined ? null : (value as JsonValue);
}

function malformed(reason: string): AppError {
  return new AppError("ContractInvalid", "Failed to unmarshal the byte array.", {
    code: "invalid-event",
    details: { reason },
  });
}
