import { AppError } from "@jx/kit";
import { API_VERSION } from "../client.ts";
import { UUID } from "../dto-rules.ts";
import type { Event } from "../model/event.ts";
import { encodeCbor } from "./cbor.ts";
import { eventToDto } from "./event-cbor.ts";
import { collectEvent, throwProblems } from "./event-from.ts";
import { eventToJson } from "./event-json.ts";

/** The body of POST /event and the payload of every event on the bus (go-mod-core-contracts dtos/requests/event.go). */
export interface AddEventRequest {
  readonly apiVersion?: string;
  readonly requestId?: string;
  readonly event: Event;
}

export interface AddEventOptions {
  /** The event keeps keys that EdgeX does not know, for who passes it on. */
  readonly extended?: boolean;
  /** Readings may leave out what their event says (EventWire.optimized). */
  readonly optimized?: boolean;
}

/** From parsed JSON or CBOR. The request's own keys may be in any letter case, the event's not: both as upstream. */
export function addEventFromJson(value: unknown, options: AddEventOptions = {}): AddEventRequest {
  const request = requestOf(value);
  const apiVersion = request.get("apiversion");
  const requestId = request.get("requestid") ?? "";
  const problems: string[] = [];
  if (typeof apiVersion !== "string" || apiVersion === "") {
    problems.push("AddEventRequest.BaseRequest.Versionable.ApiVersion field is required");
  }
  if (typeof requestId !== "string" || (requestId !== "" && !UUID.test(requestId))) {
    problems.push("AddEventRequest.BaseRequest.RequestId field validation failed on the len=0|uuid tag with value ''");
  }
  const event = collectEvent(request.get("event") ?? {}, "AddEventRequest.Event", problems, options);
  throwProblems(problems);
  return {
    apiVersion: apiVersion as string,
    ...(requestId === "" ? {} : { requestId: requestId as string }),
    event,
  };
}

/** As AddEventRequest.UnmarshalJSON reads it: null is a request without fields, what is no object fails with one text. */
function requestOf(value: unknown): ReadonlyMap<string, unknown> {
  if (value === null) return new Map();
  if (isPlainObject(value)) return foldedKeys(value, "AddEventRequest");
  throw new AppError("ContractInvalid", "Failed to unmarshal the byte array.", { code: "invalid-body" });
}

export function addEventToJson({ requestId, event }: AddEventRequest, optimized = false): string {
  const id = requestId === undefined ? "" : `,"requestId":${JSON.stringify(requestId)}`;
  return `{"apiVersion":"${API_VERSION}"${id},"event":${eventToJson(event, "none", optimized)}}`;
}

export function addEventToCbor({ requestId, event }: AddEventRequest, optimized = false): Uint8Array {
  return encodeCbor({ apiVersion: API_VERSION, requestId, event: eventToDto(event, optimized) });
}

/** An object's members under lower-case keys; the last of two spellings wins, as in Go. */
export function foldedKeys(value: unknown, what: string): ReadonlyMap<string, unknown> {
  if (!isPlainObject(value)) {
    throw new AppError("ContractInvalid", `${what} must be a JSON object`, { code: "invalid-body" });
  }
  return new Map(Object.entries(value).map(([key, inner]) => [key.toLowerCase(), inner]));
}

function isPlainObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
