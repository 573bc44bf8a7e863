import type { ValueType } from "./value-type.ts";

/**
 * A reading's value as JavaScript holds it best:
 * Bool → boolean; String → string; Uint8…Int32, Float32, Float64 → number; Uint64, Int64 → bigint;
 * Binary → Uint8Array; arrays of scalars → readonly arrays of the same; Object → object; ObjectArray → array of objects;
 * null → a null reading (EdgeX: value, binaryValue and objectValue all null).
 */
export type ReadingValue =
  | boolean
  | string
  | number
  | bigint
  | Uint8Array
  | readonly (boolean | string | number | bigint)[]
  | JsonObject
  | readonly JsonObject[]
  | null;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

export type Tags = Readonly<Record<string, JsonValue>>;

/** Keys that a peer added, and a reading's own id: core data passes them on with an event that came by REST; nobody stores them. */
export type Extensions = JsonObject;

/** One value of one resource. The domain value: text exists only at the wire (contracts/wire). */
export interface Reading {
  readonly deviceName: string;
  readonly profileName: string;
  readonly resourceName: string;
  readonly valueType: ValueType;
  readonly value: ReadingValue;
  /** ns since 1970; the source's own time where it has one. */
  readonly origin: bigint;
  /** As the profile names it, "" when it has none. */
  readonly units: string;
  /** Of Binary readings; "" otherwise. */
  readonly mediaType: string;
  readonly tags: Tags | undefined;
  readonly extensions?: Extensions;
}

/** What one source (resource or device command) of one device gave at one moment. Read by everybody, changed by nobody. */
export interface Event {
  /** UUID. */
  readonly id: string;
  readonly deviceName: string;
  readonly profileName: string;
  readonly sourceName: string;
  /** ns since 1970, strictly increasing per process. */
  readonly origin: bigint;
  readonly readings: readonly Reading[];
  readonly tags: Tags | undefined;
  readonly extensions?: Extensions;
}

/**
 * Quality travels as a reading tag (EdgeX has no field for it), of few distinct values because core data keeps a row
 * per distinct tag set. A reading without the tag is good.
 */
export const QUALITY_TAG = "quality";
export const REASON_TAG = "reason";
export type Quality = "good" | "uncertain" | "bad";

export function qualityOf(reading: Reading): Quality {
  const tag = reading.tags?.[QUALITY_TAG];
  return tag === "bad" || tag === "uncertain" ? tag : "good";
}
