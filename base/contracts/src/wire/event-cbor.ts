import { API_VERSION } from "../client.ts";
import type { Event, Reading } from "../model/event.ts";
import { encodeCbor } from "./cbor.ts";
import { repeatedIn, withoutId } from "./optimized.ts";
import { valueToText } from "./value-text.ts";

/** Device services answer and publish CBOR when a Binary reading is in the event (edgex-wire.md §2, §7). */
export function hasBinary(event: Event): boolean {
  return event.readings.some((reading) => reading.valueType === "Binary");
}

/** The event DTO for CBOR: the keys of JSON, but bytes stay bytes. `optimized` is EventWire's. */
export function eventToDto(event: Event, optimized = false): Record<string, unknown> {
  return {
    apiVersion: API_VERSION,
    id: event.id,
    deviceName: event.deviceName,
    profileName: event.profileName,
    sourceName: event.sourceName,
    origin: event.origin,
    readings: event.readings.map((reading) => (optimized ? optimizedToDto(reading, event) : readingToDto(reading))),
    tags: event.tags,
    ...event.extensions,
  };
}

export function eventToCbor(event: Event): Uint8Array {
  return encodeCbor(eventToDto(event));
}

function readingToDto(reading: Reading): Record<string, unknown> {
  return {
    origin: reading.origin,
    deviceName: reading.deviceName,
    resourceName: reading.resourceName,
    profileName: reading.profileName,
    valueType: reading.valueType,
    units: reading.units === "" ? undefined : reading.units,
    tags: reading.tags,
    ...valueDto(reading),
    ...reading.extensions,
  };
}

/** Members without a value are not written. */
function optimizedToDto(reading: Reading, event: Event): Record<string, unknown> {
  const repeated = repeatedIn(event, reading);
  const dto = readingToDto({ ...reading, extensions: withoutId(reading.extensions) ?? {} });
  for (const [member, same] of Object.entries(repeated)) if (same) delete dto[member];
  return dto;
}

function valueDto({ value, valueType, mediaType }: Reading): Record<string, unknown> {
  if (value === null) return { value: null, binaryValue: null, objectValue: null };
  switch (valueType) {
    case "Binary":
      return { binaryValue: value, mediaType };
    case "Object":
    case "ObjectArray":
      return { objectValue: value };
    default:
      return { value: valueToText(valueType, value) };
  }
}
