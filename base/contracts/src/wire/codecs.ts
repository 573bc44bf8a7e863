import { AppError } from "@jx/kit";
import { API_VERSION } from "../client.ts";
import type { Event, Reading } from "../model/event.ts";
import type { FileWireName, WireName } from "../operation.ts";
import { type AddEventRequest, addEventFromJson, addEventToCbor, addEventToJson, foldedKeys } from "./add-event.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { eventToDto, hasBinary } from "./event-cbor.ts";
import { aggregateFromJson, eventFromJson, readingFromJson } from "./event-from.ts";
import { aggregateToJson, eventToJson, type Numeric, numericOption, readingToJson } from "./event-json.ts";
import { parseJson } from "./json.ts";
import { decodeUtf8 } from "./utf8.ts";

/** A body with its Content-Type. */
export interface WireBody {
  readonly contentType: string;
  readonly bytes: Uint8Array | string;
}

/** What the answer's frame says besides the output (edgex-wire.md §7). */
export interface Frame {
  readonly requestId?: string;
  readonly statusCode: number;
}

export interface EncodeOptions {
  /** The query's `numeric`: number readings as JSON numbers. */
  readonly numeric?: boolean;
  /** The request's Accept header. */
  readonly accept?: string;
}

/** How one kind of body or answer travels over HTTP. A name has only the functions it needs. */
export interface WireCodec {
  readonly decodeBody?: (bytes: Uint8Array, contentType: string) => unknown;
  /** For a form: the body is what its file says. */
  readonly decodeFile?: (text: string) => unknown;
  readonly encodeBody?: (body: unknown) => WireBody;
  readonly encodeOutput?: (output: unknown, frame: Frame, options: EncodeOptions) => WireBody;
  /** A list as JSON text in parts of less than a millisecond's work: a page of 1,024 events is 20 ms, too long at once. */
  readonly encodeList?: (output: unknown, frame: Frame, options: EncodeOptions) => Iterable<string>;
  readonly decodeOutput?: (bytes: Uint8Array, contentType: string) => unknown;
}

const JSON_TYPE = "application/json";
const CBOR_TYPE = "application/cbor";
/** Characters of a list's part. */
const PART_LENGTH = 65_536;

/** `optimized`: readings may leave out what their event says (EventWire.optimized); what is sent stays whole. */
function addEvent(optimized: boolean): WireCodec {
  return {
    decodeBody: (bytes, contentType) => {
      const request = addEventFromJson(parsed(bytes, contentType), { extended: true, optimized });
      refuseInfinite(request.event);
      return request;
    },
    encodeBody: (body) => {
      const request = body as AddEventRequest;
      return hasBinary(request.event)
        ? { contentType: CBOR_TYPE, bytes: addEventToCbor(request) }
        : { contentType: JSON_TYPE, bytes: addEventToJson(request) };
    },
  };
}

export const wireCodecs: Readonly<Record<Exclude<WireName, FileWireName>, WireCodec>> = {
  "add-event": addEvent(false),
  "add-optimized-event": addEvent(true),
  "event-answer": {
    encodeOutput: (output, frame) => eventAnswer(output, frame, "none"),
    decodeOutput: decodeEventAnswer,
  },
  "stored-event-answer": {
    encodeOutput: (output, frame) => eventAnswer(output, frame, "scalars"),
    decodeOutput: decodeEventAnswer,
  },
  "device-event-answer": {
    encodeOutput: (output, frame) => {
      const answer = output as EventAnswer;
      if (answer === null || !hasBinary(answer.event)) return eventAnswer(output, frame, "none");
      return {
        contentType: CBOR_TYPE,
        bytes: encodeCbor({ apiVersion: API_VERSION, ...frame, event: eventToDto(answer.event) }),
      };
    },
    decodeOutput: decodeEventAnswer,
  },
  "events-answer": {
    encodeList: (output, frame, options) => {
      const { totalCount, events } = output as { totalCount: number; events: readonly Event[] };
      const numeric = numericOption(options.numeric);
      return listAnswer(frame, `"totalCount":${totalCount}`, "events", events, (event) => eventToJson(event, numeric));
    },
    decodeOutput: (bytes, contentType) => {
      const answer = foldedKeys(parsed(bytes, contentType), "the answer");
      const events = listOf(answer.get("events")).map((event) => eventFromJson(event, "Event", true));
      return { totalCount: Number(answer.get("totalcount") ?? 0), events };
    },
  },
  "readings-answer": {
    encodeList: (output, frame, options) => {
      const { totalCount, aggregateFunc, readings } = output as ReadingList;
      if (aggregateFunc !== undefined) {
        return listAnswer(
          frame,
          `"aggregateFunc":${JSON.stringify(aggregateFunc)}`,
          "readings",
          readings,
          aggregateToJson,
        );
      }
      const numeric = numericOption(options.numeric);
      const toJson = (reading: Reading): string => readingToJson(reading, numeric);
      return listAnswer(frame, `"totalCount":${totalCount}`, "readings", readings, toJson);
    },
    decodeOutput: (bytes, contentType): ReadingList => {
      const answer = foldedKeys(parsed(bytes, contentType), "the answer");
      const aggregateFunc = answer.get("aggregatefunc");
      const fromJson = typeof aggregateFunc === "string" ? aggregateFromJson : readingFromJson;
      const readings = listOf(answer.get("readings")).map((reading) => fromJson(reading));
      const totalCount = Number(answer.get("totalcount") ?? 0);
      return { totalCount, readings, ...(typeof aggregateFunc === "string" ? { aggregateFunc } : {}) };
    },
  },
};

interface ReadingList {
  readonly totalCount: number;
  readonly aggregateFunc?: string;
  readonly readings: readonly Reading[];
}

type EventAnswer = { readonly event: Event } | null;

/** null: no event was asked for (ds-returnevent=false); EdgeX answers 200 without a body. */
function eventAnswer(output: unknown, frame: Frame, numeric: Numeric): WireBody {
  const answer = output as EventAnswer;
  if (answer === null) return { contentType: JSON_TYPE, bytes: "" };
  return { contentType: JSON_TYPE, bytes: `${frameStart(frame)},"event":${eventToJson(answer.event, numeric)}}` };
}

function decodeEventAnswer(bytes: Uint8Array, contentType: string): EventAnswer {
  if (bytes.length === 0) return null;
  return { event: eventFromJson(foldedKeys(parsed(bytes, contentType), "the answer").get("event"), "Event", true) };
}

/** `member`: what stands before the list. */
function* listAnswer<T>(
  frame: Frame,
  member: string,
  key: string,
  items: readonly T[],
  toJson: (item: T) => string,
): Iterable<string> {
  let part = `${frameStart(frame)},${member},"${key}":[`;
  for (const [i, item] of items.entries()) {
    part += i === 0 ? toJson(item) : `,${toJson(item)}`;
    if (part.length < PART_LENGTH) continue;
    yield part;
    part = "";
  }
  yield `${part}]}`;
}

function frameStart({ requestId, statusCode }: Frame): string {
  const id = requestId === undefined ? "" : `,"requestId":${JSON.stringify(requestId)}`;
  return `{"apiVersion":"${API_VERSION}"${id},"statusCode":${statusCode}`;
}

/** CBOR for exactly this type, in any letter case and without parameters, as core data does it; JSON otherwise. */
function parsed(bytes: Uint8Array, contentType: string): unknown {
  return contentType.toLowerCase() === CBOR_TYPE ? decodeCbor(bytes) : parseJson(decodeUtf8(bytes));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** EdgeX's POST refuses what its NUMERIC column cannot hold; NaN it takes (edgex-behaviour.md §2.1). */
function refuseInfinite(event: Event): void {
  for (const { value } of event.readings) {
    if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
      throw new AppError("ContractInvalid", `invalid numeric value '${value > 0 ? "Inf" : "-Inf"}'`, {
        code: "invalid-event",
      });
    }
  }
}
