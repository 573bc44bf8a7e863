import type { Event, Extensions, Reading } from "../model/event.ts";

/**
 * How events are written where they leave the process: EdgeX's EDGEX_OPTIMIZE_EVENT_PAYLOAD and
 * EDGEX_ENCODE_ALL_EVENTS_CBOR. Peers must have the first one set alike to read what is left out; CBOR all of them read.
 */
export interface EventWire {
  /** Readings leave out what their event says already. */
  readonly optimized?: boolean;
  /** CBOR for every event, not only for one with a Binary reading. */
  readonly cbor?: boolean;
}

export const PLAIN_EVENTS: EventWire = {};

/** A reading's members that its event says already (go-mod-core-contracts dtos/event.go, marshal). */
export interface Repeated {
  readonly origin: boolean;
  readonly deviceName: boolean;
  readonly profileName: boolean;
  readonly resourceName: boolean;
}

/** Only what is equal: Go leaves out device and profile unseen, and would read them back as the event's. */
export function repeatedIn(event: Event, reading: Reading): Repeated {
  return {
    origin: reading.origin === event.origin,
    deviceName: reading.deviceName === event.deviceName,
    profileName: reading.profileName === event.profileName,
    resourceName: event.readings.length === 1 && reading.resourceName === event.sourceName,
  };
}

/** A reading's id, which is all that some peers add, is left out too. */
export function withoutId(extensions: Extensions | undefined): Extensions | undefined {
  if (extensions === undefined || !("id" in extensions)) return extensions;
  const { id: _, ...others } = extensions;
  return Object.keys(others).length === 0 ? undefined : others;
}

type Dto = Readonly<Record<string, unknown>>;

/**
 * The readings of an event DTO with what an optimised one leaves out. Names and origins that stand are kept: whoever sent
 * them meant them, and a complete event passes unchanged.
 */
export function completed(event: Dto): Dto {
  const { readings } = event;
  if (!Array.isArray(readings)) return event;
  return { ...event, readings: readings.map((reading) => completeReading(reading, event, readings.length === 1)) };
}

function completeReading(reading: unknown, event: Dto, alone: boolean): unknown {
  if (typeof reading !== "object" || reading === null || Array.isArray(reading)) return reading;
  const dto = reading as Dto;
  const missing: Record<string, unknown> = {};
  if (isZero(dto["origin"])) missing["origin"] = event["origin"];
  if (isZero(dto["deviceName"])) missing["deviceName"] = event["deviceName"];
  if (isZero(dto["profileName"])) missing["profileName"] = event["profileName"];
  if (alone && isZero(dto["resourceName"])) missing["resourceName"] = event["sourceName"];
  return Object.keys(missing).length === 0 ? reading : { ...dto, ...missing };
}

/** Go's zero value: absent, null, "", 0. */
function isZero(value: unknown): boolean {
  return value === undefined || value === null || value === "" || value === 0 || value === 0n;
}
