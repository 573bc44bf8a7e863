import { EventSchema, ReadingSchema } from "../model/event-schema.ts";
import { defineTable } from "../operation.ts";
import { Int64, Name, Type } from "../schema.ts";
import { Count, IdParam, listErrors, NameParam, Nothing, PagingUncounted, request } from "./parts.ts";

const EventList = Type.Object({ totalCount: Type.Integer(), events: Type.Array(EventSchema) });
/** An aggregate's answer says its function, and has one reading a group (origin 0) and no totalCount on the wire. */
const ReadingList = Type.Object({
  totalCount: Type.Integer(),
  aggregateFunc: Type.Optional(Type.String()),
  readings: Type.Array(ReadingSchema),
});
const Range = { start: Int64, end: Int64 };
const EventQuery = Type.Object({ ...PagingUncounted, numeric: Type.Boolean({ default: false }) });
const ReadingQuery = Type.Object({
  ...EventQuery.properties,
  aggregateFunc: Type.Optional(
    Type.String({
      description: "MIN, MAX, COUNT, SUM or AVG in any letter case; offset and limit then page the groups",
    }),
  ),
});
/**
 * EdgeX sends it as the body of a GET; without it all resources of the device are meant. EdgeX reads it into a map: its key
 * is told by case, and null is a value, of the wrong kind (core/data/controller/http/reading.go).
 */
const ResourceNames = Type.Unsafe<{ readonly resourceNames?: readonly string[] }>(
  Type.Object({ resourceNames: Type.Optional(Type.Array(Type.String())) }, { "x-go": "map" }),
);

/** More bytes than one answer may have; an aggregate over more readings than the store goes through for one. */
const errors = [...listErrors, "LimitExceeded"] as const;
const eventList = {
  output: EventList,
  framing: "single",
  status: 200,
  errors,
  wire: "events-answer",
} as const;
const readingList = {
  output: ReadingList,
  framing: "single",
  status: 200,
  errors,
  wire: "readings-answer",
} as const;
const count = { output: Count, framing: "single", status: 200, errors: ["Storage"] } as const;

/** Core data. Source: openapi/core-data.yaml; what goes beyond it: edgex-behaviour.md §2. */
export const dataOperations = defineTable({
  addEvent: {
    method: "POST",
    path: "/event/{service}/{profile}/{device}/{source}",
    summary: "Stores an event (JSON or CBOR); 201 means it is on disk",
    params: Type.Object({ service: Name, profile: Name, device: Name, source: Name }),
    body: request({ event: EventSchema }),
    dto: "AddEventRequest",
    output: Type.Object({ id: Type.String() }),
    framing: "single",
    status: 201,
    errors: ["ContractInvalid", "LimitExceeded", "Storage"],
    wire: "add-event",
  },
  allEvents: { method: "GET", path: "/event/all", summary: "Events, newest first", query: EventQuery, ...eventList },
  eventById: {
    method: "GET",
    path: "/event/id/{id}",
    summary: "One event",
    params: IdParam,
    output: Type.Object({ event: EventSchema }),
    framing: "single",
    status: 200,
    errors: ["ContractInvalid", "NotFound", "Storage"],
    wire: "stored-event-answer",
  },
  deleteEventById: {
    method: "DELETE",
    path: "/event/id/{id}",
    summary: "Deletes one event",
    params: IdParam,
    output: Nothing,
    framing: "single",
    status: 200,
    errors: ["ContractInvalid", "NotFound", "Storage"],
  },
  eventCount: { method: "GET", path: "/event/count", summary: "How many events are stored", ...count },
  eventCountByDevice: {
    method: "GET",
    path: "/event/count/device/name/{name}",
    summary: "How many events of a device are stored",
    params: NameParam,
    ...count,
  },
  eventsByDevice: {
    method: "GET",
    path: "/event/device/name/{name}",
    summary: "Events of a device, newest first",
    params: NameParam,
    query: EventQuery,
    ...eventList,
  },
  deleteEventsByDevice: {
    method: "DELETE",
    path: "/event/device/name/{name}",
    summary: "Deletes the events of a device in the background",
    params: NameParam,
    output: Nothing,
    framing: "single",
    status: 202,
    errors: ["ContractInvalid", "Storage"],
  },
  deleteEventsByAge: {
    method: "DELETE",
    path: "/event/age/{age}",
    summary: "Deletes events older than an age in nanoseconds, in the background",
    params: Type.Object({ age: Type.BigInt({ format: "int64", "x-go": "age format parsing failed" }) }),
    output: Nothing,
    framing: "single",
    status: 202,
    errors: ["ContractInvalid", "Storage"],
  },
  eventsByRange: {
    method: "GET",
    path: "/event/start/{start}/end/{end}",
    summary: "Events of a time range (ns, both ends included), newest first",
    params: Type.Object(Range),
    query: EventQuery,
    ...eventList,
  },
  allReadings: {
    method: "GET",
    path: "/reading/all",
    summary: "Readings, newest first",
    query: ReadingQuery,
    ...readingList,
  },
  readingCount: { method: "GET", path: "/reading/count", summary: "How many readings are stored", ...count },
  readingCountByDevice: {
    method: "GET",
    path: "/reading/count/device/name/{name}",
    summary: "How many readings of a device are stored",
    params: NameParam,
    ...count,
  },
  readingsByDevice: {
    method: "GET",
    path: "/reading/device/name/{name}",
    summary: "Readings of a device, newest first",
    params: NameParam,
    query: ReadingQuery,
    ...readingList,
  },
  readingsByDeviceAndRange: {
    method: "GET",
    path: "/reading/device/name/{name}/start/{start}/end/{end}",
    summary: "Readings of a device in a time range, of the resources that the body names",
    params: Type.Object({ name: Name, ...Range }),
    query: ReadingQuery,
    body: ResourceNames,
    ...readingList,
  },
  readingsByResource: {
    method: "GET",
    path: "/reading/resourceName/{resource}",
    summary: "Readings of a resource name on every device",
    params: Type.Object({ resource: Name }),
    query: ReadingQuery,
    ...readingList,
  },
  readingsByRange: {
    method: "GET",
    path: "/reading/start/{start}/end/{end}",
    summary: "Readings of a time range (ns, both ends included)",
    params: Type.Object(Range),
    query: ReadingQuery,
    ...readingList,
  },
  readingsByResourceAndRange: {
    method: "GET",
    path: "/reading/resourceName/{resource}/start/{start}/end/{end}",
    summary: "Readings of a resource name in a time range",
    params: Type.Object({ resource: Name, ...Range }),
    query: ReadingQuery,
    ...readingList,
  },
  readingsByDeviceAndResource: {
    method: "GET",
    path: "/reading/device/name/{name}/resourceName/{resource}",
    summary: "Readings of one resource of one device",
    params: Type.Object({ name: Name, resource: Name }),
    query: ReadingQuery,
    ...readingList,
  },
  readingsByDeviceResourceAndRange: {
    method: "GET",
    path: "/reading/device/name/{name}/resourceName/{resource}/start/{start}/end/{end}",
    summary: "Readings of one resource of one device in a time range",
    params: Type.Object({ name: Name, resource: Name, ...Range }),
    query: ReadingQuery,
    ...readingList,
  },
});
export type DataOperations = typeof dataOperations;
