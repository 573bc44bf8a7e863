import {
  type DriverResource,
  elementType,
  integerRange,
  type JsonObject,
  parseValue,
  type ReadingValue,
  type ScalarType,
  type ValueType,
} from "@jx/device-sdk";
import { AppError, parseDurationMs } from "@jx/kit";
import type { VirtualAttributes, Waveform } from "./properties.ts";

export type VirtualResource = DriverResource<VirtualAttributes>;

/** What a waveform depends on at one read. */
export interface Moment {
  /** Milliseconds since the simulated device started. */
  readonly elapsedMs: number;
  /** Reads of this resource before this one. */
  readonly count: number;
  /** Random numbers in [0, 1), this resource's own. */
  random(): number;
}

const DEFAULT_ITEMS = 5;
const DEFAULT_CHARACTERS = 8;
/** As device-virtual-go's resourcebinary.go. */
const DEFAULT_BYTES = 1_000;
const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** The value of a resource now. Pure but for `moment.random`. */
export function sampleAt(resource: VirtualResource, moment: Moment): ReadingValue {
  const { valueType, attributes } = resource;
  const waveform = waveformOf(resource);
  if (waveform === "constant") return constantOf(resource);
  const length = attributes.length;
  switch (valueType) {
    case "Binary":
      return Uint8Array.from({ length: length ?? DEFAULT_BYTES }, (_, i) => level(resource, "Uint8", moment, i));
    case "Object":
      return object(resource, moment, 0);
    case "ObjectArray":
      return Array.from({ length: length ?? DEFAULT_ITEMS }, (_, i) => object(resource, moment, i));
    default: {
      const element = elementType(valueType);
      return element === undefined
        ? scalar(resource, valueType as ScalarType, moment, 0)
        : Array.from({ length: length ?? DEFAULT_ITEMS }, (_, i) => scalar(resource, element, moment, i));
    }
  }
}

/** Random, but an Object with a default value is that value, as in EdgeX's device-virtual. */
export function waveformOf({ valueType, attributes, resource }: VirtualResource): Waveform {
  if (attributes.waveform !== undefined) return attributes.waveform;
  const fixed = valueType === "Object" || valueType === "ObjectArray";
  return fixed && (resource.properties.defaultValue ?? "") !== "" ? "constant" : "random";
}

/** Throws ContractInvalid: what a schema cannot say about attributes that belong together. */
export function checkWaves(resource: VirtualResource): void {
  const { name, attributes } = resource;
  const { minimum, maximum } = limits(resource, resource.valueType);
  if (minimum > maximum) {
    throw new AppError("ContractInvalid", `resource ${name}: minimum ${minimum} is above maximum ${maximum}`);
  }
  if (attributes.period !== undefined && parseDurationMs(attributes.period) <= 0) {
    throw new AppError("ContractInvalid", `resource ${name}: period "${attributes.period}" must be longer than 0`);
  }
  if (waveformOf(resource) === "constant") constantOf(resource);
}

function constantOf(resource: VirtualResource): ReadingValue {
  const { valueType, attributes } = resource;
  const given = attributes.value ?? (resource.resource.properties.defaultValue || undefined);
  if (given === undefined) {
    const text = `resource ${resource.name}: a constant needs attribute "value" or a defaultValue in the profile`;
    throw new AppError("ContractInvalid", text);
  }
  if (valueType === "Binary") return new Uint8Array(Buffer.from(String(given), "base64"));
  return parseValue(given, valueType);
}

function scalar(
  resource: VirtualResource,
  type: ScalarType,
  moment: Moment,
  item: number,
): boolean | string | number | bigint {
  const waveform = waveformOf(resource);
  if (type === "Bool") {
    if (waveform === "counter") return (moment.count + item) % 2 === 1;
    return waveform === "random" ? moment.random() < 0.5 : fraction(waveform, resource, moment, item) >= 0.5;
  }
  if (type === "String") {
    if (waveform !== "random") return String(level(resource, "Float64", moment, item));
    return Array.from({ length: resource.attributes.length ?? DEFAULT_CHARACTERS }, () =>
      LETTERS.charAt(Math.floor(moment.random() * LETTERS.length)),
    ).join("");
  }
  const range = integerRange(type);
  if (range?.bits === 64) return level64(resource, type, moment, item);
  const value = level(resource, type, moment, item);
  return type === "Float32" ? Math.fround(value) : value;
}

/** A number of one of the types that a double holds exactly. */
function level(resource: VirtualResource, type: ValueType, moment: Moment, item: number): number {
  const { attributes } = resource;
  const { minimum, maximum } = limits(resource, type);
  const waveform = waveformOf(resource);
  const span = maximum - minimum;
  const clean =
    waveform === "counter"
      ? minimum + wrap((moment.count + item) * (attributes.step ?? 1), span)
      : minimum + span * fraction(waveform, resource, moment, item);
  const noisy = clean + (attributes.noise ?? 0) * (2 * moment.random() - 1);
  const range = integerRange(type);
  if (range === undefined) return noisy;
  return Math.min(Number(range.max), Math.max(Number(range.min), Math.round(noisy)));
}

/** 64-bit integers over their whole range; noise and waves are as fine as a double. */
function level64(resource: VirtualResource, type: ScalarType, moment: Moment, item: number): bigint {
  const range = integerRange(type);
  const { minimum, maximum } = limits(resource, type);
  const low = clamp(exactly(minimum), range);
  const span = clamp(exactly(maximum), range) - low;
  const waveform = waveformOf(resource);
  if (waveform === "counter") {
    const steps = BigInt(moment.count + item) * exactly(Math.trunc(resource.attributes.step ?? 1));
    return low + (((steps % (span + 1n)) + span + 1n) % (span + 1n));
  }
  const part = BigInt(Math.floor(fraction(waveform, resource, moment, item) * 2 ** 53));
  const noise = exactly(Math.round((resource.attributes.noise ?? 0) * (2 * moment.random() - 1)));
  return clamp(low + ((span * part) >> 53n) + noise, range);
}

/** Where between minimum (0) and maximum (1) the wave is. Items of an array follow each other along the wave. */
function fraction(waveform: Waveform, resource: VirtualResource, moment: Moment, item: number): number {
  if (waveform === "random") return moment.random();
  const periodMs = parseDurationMs(resource.attributes.period ?? "60s");
  const items = resource.attributes.length ?? DEFAULT_ITEMS;
  const phase = (moment.elapsedMs / periodMs + item / Math.max(1, items)) % 1;
  switch (waveform) {
    case "sine":
      return 0.5 + 0.5 * Math.sin(2 * Math.PI * phase);
    case "square":
      return phase < 0.5 ? 0 : 1;
    default:
      return phase;
  }
}

function limits({ attributes, resource }: VirtualResource, type: ValueType): { minimum: number; maximum: number } {
  const range = integerRange(elementType(type) ?? type);
  const whole = range !== undefined && (attributes.waveform ?? "random") === "random";
  return {
    minimum: attributes.minimum ?? resource.properties.minimum ?? (whole ? Number(range.min) : 0),
    maximum: attributes.maximum ?? resource.properties.maximum ?? (whole ? Number(range.max) : 100),
  };
}

function object(resource: VirtualResource, moment: Moment, item: number): JsonObject {
  return { count: moment.count, item, value: level(resource, "Float64", moment, item) };
}

function wrap(value: number, span: number): number {
  const size = span + 1;
  return ((value % size) + size) % size;
}

function exactly(value: number): bigint {
  return BigInt(Math.trunc(value));
}

function clamp(value: bigint, range: { readonly min: bigint; readonly max: bigint } | undefined): bigint {
  if (range === undefined) return value;
  return value < range.min ? range.min : value > range.max ? range.max : value;
}
