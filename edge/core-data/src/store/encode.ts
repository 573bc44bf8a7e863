import { type Event, elementType, type Reading, type ReadingValue, type ValueType } from "@jx/contracts";
import { AppError } from "@jx/kit";
import { uint64ToSql } from "@jx/stores";
import { arrayToBytes } from "./array-blob.ts";
import type { EventBuilder, ValueBuilder } from "./column-builder.ts";
import type { Dictionary } from "./dictionary.ts";
import { writeUuid } from "./uuid.ts";

/**
 * Adds events to a batch of columns, all or none of them.
 * @throws AppError ContractInvalid when a value does not fit its type, naming device and resource.
 */
export function encodeEvents(events: readonly Event[], into: EventBuilder, dictionary: Dictionary): void {
  const eventsBefore = into.length;
  const readingsBefore = into.readings.length;
  try {
    for (const event of events) encodeEvent(event, into, dictionary);
  } catch (error) {
    into.truncate(eventsBefore, readingsBefore);
    throw error;
  }
}

function encodeEvent(event: Event, into: EventBuilder, dictionary: Dictionary): void {
  for (const reading of event.readings) {
    encodeValue(reading, into.readings.values);
    into.readings.add(dictionary.series(reading), int64(reading.origin));
  }
  const id = (target: Uint8Array, offset: number): void => writeUuid(event.id, target, offset);
  into.add(id, dictionary.source(event), int64(event.origin), event.readings.length);
}

function encodeValue(reading: Reading, into: ValueBuilder): void {
  const { value, valueType } = reading;
  if (value === null) into.null();
  else if (!put(valueType, value, into)) {
    throw new AppError(
      "ContractInvalid",
      `${reading.deviceName}/${reading.resourceName}: ${typeof value} ${String(value).slice(0, 40)} is no ${valueType}`,
    );
  }
}

/** False when the value does not fit. */
function put(type: ValueType, value: Exclude<ReadingValue, null>, into: ValueBuilder): boolean {
  switch (typeof value) {
    case "number":
      if (type === "Float32" || type === "Float64") into.real(value);
      else if (isNarrowInteger(type) && Number.isSafeInteger(value)) into.small(value === 0 ? 0 : value);
      else return false;
      return true;
    case "bigint":
      if (type === "Uint64" && BigInt.asUintN(64, value) === value) into.wide(uint64ToSql(value));
      else if (type === "Int64") into.wide(int64(value));
      else return false;
      return true;
    case "boolean":
      if (type !== "Bool") return false;
      into.small(value ? 1 : 0);
      return true;
    case "string":
      if (type !== "String") return false;
      into.text(value);
      return true;
    default:
      return putComposite(type, value, into);
  }
}

function putComposite(type: ValueType, value: object, into: ValueBuilder): boolean {
  const element = elementType(type);
  if (value instanceof Uint8Array && type === "Binary") into.bytes(value);
  else if (Array.isArray(value) === (type === "Object")) return false;
  else if (type === "Object" || type === "ObjectArray" || element === "String") into.text(JSON.stringify(value));
  else if (element !== undefined && Array.isArray(value)) into.bytes(arrayToBytes(element, value));
  else return false;
  return true;
}

function isNarrowInteger(type: ValueType): boolean {
  return (
    type === "Uint8" ||
    type === "Int8" ||
    type === "Uint16" ||
    type === "Int16" ||
    type === "Uint32" ||
    type === "Int32"
  );
}

function int64(value: bigint): bigint {
  if (BigInt.asIntN(64, value) !== value) throw new AppError("ContractInvalid", `${value} does not fit int64`);
  return value;
}
