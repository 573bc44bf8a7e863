import {
  type Event,
  QUALITY_TAG,
  REASON_TAG,
  type Reading,
  type ReadingValue,
  type Tags,
  type ValueType,
} from "@jx/contracts";
import { AppError } from "@jx/kit";
import type { Sample } from "./driver.ts";
import type { BoundDevice, BoundResource } from "./registry/bind.ts";
import { transformRead } from "./transform.ts";
import { goText } from "./value/go-text.ts";

/** What of the configuration shapes an event. */
export interface EventSettings {
  readonly transform: boolean;
  readonly units: boolean;
}

export interface EventSource {
  /** Resource, device command, or the pattern that was asked for. */
  readonly name: string;
  readonly tags: Tags | undefined;
}

/** A resource with the raw value the driver gave. */
export interface Value {
  readonly resource: BoundResource;
  readonly sample: Exclude<Sample, { readonly error: AppError }>;
}

/** The code of the error that an assertion throws; the device then goes DOWN. */
export const ASSERTION = "assertion";

/**
 * Raw values → one frozen event: transform, assertion, mapping, in EdgeX's order (device-sdk-go
 * internal/transformer/transform.go). `origin` in ns since 1970; `values` must not be empty. Throws ServerError with
 * code "assertion" when a value is not what the profile says it must be.
 */
export function buildEvent(
  id: string,
  origin: bigint,
  bound: BoundDevice,
  source: EventSource,
  values: readonly Value[],
  settings: EventSettings,
): Event {
  const { device } = bound;
  const profileName = device.profileName ?? "";
  const readings = values.map((value) => buildReading(device.name, profileName, origin, value, settings));
  return Object.freeze({
    id,
    deviceName: device.name,
    profileName,
    sourceName: source.name,
    origin,
    readings: Object.freeze(readings),
    tags: merge(source.tags, bound.tags),
  });
}

function buildReading(
  deviceName: string,
  profileName: string,
  origin: bigint,
  { resource, sample }: Value,
  settings: EventSettings,
): Reading {
  const { properties } = resource.resource;
  const { value, valueType, broken } = engineering(sample.value, resource, settings.transform);
  const text = properties.assertion === undefined && resource.mappings === undefined ? "" : goText(value, valueType);
  assertValue(properties.assertion, text, resource.name);
  const mapped = resource.mappings?.[text];
  return Object.freeze({
    deviceName,
    profileName,
    resourceName: resource.name,
    valueType: mapped === undefined ? valueType : "String",
    value: mapped ?? value,
    origin: sample.origin ?? origin,
    units: settings.units ? (properties.units ?? "") : "",
    mediaType: valueType === "Binary" ? (properties.mediaType ?? "") : "",
    tags: merge(resource.tags, qualityTags(sample, broken)),
  });
}

function engineering(
  raw: ReadingValue,
  resource: BoundResource,
  transform: boolean,
): { value: ReadingValue; valueType: ValueType; broken?: string } {
  if (!transform) return { value: raw, valueType: resource.valueType };
  const result = transformRead(raw, resource.valueType, resource.resource.properties);
  if ("failed" in result) return { value: result.failed, valueType: "String", broken: result.failed };
  return result;
}

function assertValue(assertion: string | undefined, text: string, name: string): void {
  if (assertion === undefined || assertion === "" || assertion === text) return;
  throw new AppError("ServerError", `Assertion failed for DeviceResource ${name}, with value ${text}`, {
    code: ASSERTION,
  });
}

/** Quality as reading tags (contracts/model/event.ts); a good reading has none. */
function qualityTags(sample: Value["sample"], broken: string | undefined): Tags | undefined {
  if (broken !== undefined) return { [QUALITY_TAG]: "bad", [REASON_TAG]: broken };
  if (sample.quality === undefined) return undefined;
  return { [QUALITY_TAG]: sample.quality, ...(sample.reason === undefined ? {} : { [REASON_TAG]: sample.reason }) };
}

/** Later wins. */
function merge(first: Tags | undefined, second: Tags | undefined): Tags | undefined {
  if (first === undefined) return second;
  return second === undefined ? first : { ...first, ...second };
}
