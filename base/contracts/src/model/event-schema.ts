import { Int64, Type } from "../schema.ts";
import type { Event, Reading } from "./event.ts";

/**
 * The wire schema of readings and events, for OpenAPI; in code they have the domain type, and contracts/wire turns one
 * into the other. Source: openapi/core-data.yaml, edgex-wire.md §7.
 */
const AnyMap = Type.Record(Type.String(), Type.Unknown());

export const ReadingSchema = Type.Unsafe<Reading>(
  Type.Object({
    id: Type.Optional(Type.String()),
    origin: Int64,
    deviceName: Type.String(),
    resourceName: Type.String(),
    profileName: Type.Optional(Type.String()),
    valueType: Type.String(),
    units: Type.Optional(Type.String()),
    tags: Type.Optional(AnyMap),
    value: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    binaryValue: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    mediaType: Type.Optional(Type.String()),
    objectValue: Type.Optional(Type.Unknown()),
  }),
);

export const EventSchema = Type.Unsafe<Event>(
  Type.Object({
    apiVersion: Type.String(),
    id: Type.String(),
    deviceName: Type.String(),
    profileName: Type.Optional(Type.String()),
    sourceName: Type.Optional(Type.String()),
    origin: Int64,
    readings: Type.Array(ReadingSchema as Type.TSchema, { minItems: 1 }),
    tags: Type.Optional(AnyMap),
  }),
);
