import { API_VERSION } from "../client.ts";
import type { Event, Extensions, Reading, ReadingValue, Tags } from "../model/event.ts";
import { stringifyJson } from "./json.ts";
import { repeatedIn, withoutId } from "./optimized.ts";
import { valueToText } from "./value-text.ts";

/**
 * How number readings appear: as EdgeX's text (the default), "scalars" as JSON numbers (GET event by id), or arrays too
 * (numeric=true). Source: edgex-behaviour.md §2.2.
 */
export type Numeric = "none" | "scalars" | "all";

/**
 * The event DTO as JSON text, written by hand because every reading of every poll passes here. Key order as Go's.
 * profileName and sourceName always stand: peers of 4.0.x require them. `optimized` is EventWire's.
 */
export function eventToJson(event: Event, numeric: Numeric = "none", optimized = false): string {
  let readings = "";
  for (const reading of event.readings) {
    const text = optimized ? optimizedToJson(reading, event) : readingToJson(reading, numeric);
    readings += readings === "" ? text : `,${text}`;
  }
  return (
    `{"apiVersion":"${API_VERSION}","id":${quote(event.id)},"deviceName":${quote(event.deviceName)}` +
    `,"profileName":${quote(event.profileName)},"sourceName":${quote(event.sourceName)},"origin":${event.origin}` +
    `,"readings":[${readings}]${tagsMember(event.tags)}${extensionMembers(event.extensions)}}`
  );
}

/** One reading without what its event says already. */
function optimizedToJson(reading: Reading, event: Event): string {
  const repeated = repeatedIn(event, reading);
  return (
    `{${repeated.origin ? "" : `"origin":${reading.origin},`}` +
    `${repeated.deviceName ? "" : `"deviceName":${quote(reading.deviceName)},`}` +
    `${repeated.resourceName ? "" : `"resourceName":${quote(reading.resourceName)},`}` +
    `${repeated.profileName ? "" : `"profileName":${quote(reading.profileName)},`}"valueType":"${reading.valueType}"` +
    `${reading.units === "" ? "" : `,"units":${quote(reading.units)}`}${tagsMember(reading.tags)},${valueMember(reading, "none")}` +
    `${extensionMembers(withoutId(reading.extensions))}}`
  );
}

/** One reading DTO; without id, as EdgeX answers it, unless it is passed on with the event it came in. */
export function readingToJson(reading: Reading, numeric: Numeric = "none"): string {
  return (
    `{"origin":${reading.origin},"deviceName":${quote(reading.deviceName)},"resourceName":${quote(reading.resourceName)}` +
    `,"profileName":${quote(reading.profileName)},"valueType":"${reading.valueType}"` +
    `${reading.units === "" ? "" : `,"units":${quote(reading.units)}`}${tagsMember(reading.tags)},${valueMember(reading, numeric)}` +
    `${extensionMembers(reading.extensions)}}`
  );
}

/**
 * One reading of an aggregate's answer: no origin, its value a JSON number. What has no value is "", as Go's zero value
 * is, or is left out where Go omits an empty one. Source: edgex-behaviour.md §2.3, core-contracts dtos/reading.go.
 */
export function aggregateToJson({ deviceName, resourceName, profileName, valueType, value }: Reading): string {
  const names = `"deviceName":${quote(deviceName)},"resourceName":${quote(resourceName)},"profileName":${quote(profileName)}`;
  return `{${names},"valueType":"${valueType}"${aggregateMember(valueType, value)}}`;
}

function aggregateMember(valueType: string, value: ReadingValue): string {
  if (value === null) return /^(Object|Binary)/.test(valueType) ? "" : ',"value":""';
  const isNumber = typeof value === "bigint" || Number.isFinite(value);
  return `,"value":${isNumber ? value : `"${value}"`}`;
}

function valueMember(reading: Reading, numeric: Numeric): string {
  const { value, valueType } = reading;
  if (value === null) return '"value":null,"binaryValue":null,"objectValue":null';
  switch (valueType) {
    case "Binary":
      return `"binaryValue":${stringifyJson(value)},"mediaType":${quote(reading.mediaType)}`;
    case "Object":
    case "ObjectArray":
      return `"objectValue":${stringifyJson(value)}`;
    case "String":
      return `"value":${quote(value as string)}`;
    default: {
      const text = valueToText(valueType, value);
      if (numeric !== "none" && isJsonNumber(valueType, numeric, text)) return `"value":${numberText(text)}`;
      return valueType === "StringArray" ? `"value":${quote(text)}` : `"value":"${text}"`;
    }
  }
}

/** NaN and Inf have no JSON number; they stay text, where EdgeX answers an error in place of the whole list. */
function isJsonNumber(valueType: string, numeric: Numeric, text: string): boolean {
  if (valueType.startsWith("Bool") || valueType === "StringArray") return false;
  return (numeric === "all" || !valueType.endsWith("Array")) && !/[NI]/.test(text);
}

/** "[1.5e+00, -2e+01]" is JSON already but for how numbers look; Go prints 1.5 and −20. Integers keep all digits. */
function numberText(text: string): string {
  return text.replace(/[^[\], ]+/g, (number) => (number.includes("e") ? String(Number(number)) : number));
}

function extensionMembers(extensions: Extensions | undefined): string {
  if (extensions === undefined) return "";
  return Object.entries(extensions)
    .map(([key, value]) => `,${JSON.stringify(key)}:${stringifyJson(value)}`)
    .join("");
}

function tagsMember(tags: Tags | undefined): string {
  return tags === undefined ? "" : `,"tags":${stringifyJson(tags)}`;
}

/** Plain names need no escape, and nearly all are plain. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** The value of `numeric` in a list query. */
export function numericOption(numeric: boolean | undefined): Numeric {
  return numeric === true ? "all" : "none";
}
