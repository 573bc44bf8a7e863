import type { ErrorKind, Signal } from "@jx/kit";
import type { Static, TObject, TSchema } from "typebox";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * How an answer is framed on the wire (edgex-wire.md §7). In process the bare output travels.
 * - single: `{ apiVersion, requestId?, statusCode, …output }`
 * - multi: HTTP 207, an array of `{ apiVersion, requestId?, statusCode, message?, id? }`; no items → `null` as Go prints a nil slice
 * - bare: `{ apiVersion, …output }` (ping, version, config)
 * - empty: no body
 * - plain: the output as it is; JX's own operations
 */
export type Framing = "single" | "multi" | "bare" | "empty" | "plain";

/** One operation of a service. Routes, clients, OpenAPI and contract tests are all made from it. */
export interface Operation<
  P extends TObject = TObject,
  Q extends TObject = TObject,
  B extends TSchema = TSchema,
  O extends TSchema = TSchema,
> {
  readonly method: Method;
  /** Under the table's prefix; parameters in braces, as OpenAPI writes them: "/device/name/{name}". */
  readonly path: string;
  readonly summary: string;
  readonly params?: P;
  /** Query parameters: strings, integers, booleans; absent ones take the schema's `default`. */
  readonly query?: Q;
  readonly body?: B;
  /** Go's name of the request type, the root of DTO error messages: "AddDeviceRequest". */
  readonly dto?: string;
  /** The one text for every unreadable or unfitting body, where EdgeX says no more. */
  readonly refusal?: string;
  /** EdgeX answers without the request's requestId. */
  readonly withoutId?: boolean;
  /** Words in front of what is wrong with a body, where EdgeX says both: "failed to parse request body". */
  readonly bodyProblem?: string;
  readonly output: O;
  readonly framing: Framing;
  /** HTTP status of success; multi always answers 207. */
  readonly status: number;
  readonly errors: readonly ErrorKind[];
  /** Key into the codecs when JSON by schema is not enough (events, CBOR, uploads). */
  readonly wire?: WireName;
}

/** Bodies and answers that carry more than plain JSON; implemented in wire/codecs.ts. */
export type WireName =
  | "add-event"
  | "add-optimized-event"
  | "event-answer"
  | "stored-event-answer"
  | "device-event-answer"
  | "events-answer"
  | "readings-answer"
  | FileWireName;

/** Those that speak YAML; implemented in files/file-codecs.ts, so that a page that never does need not load a parser. */
export type FileWireName = "profile-upload" | "units-answer";

export interface Table {
  readonly [name: string]: Operation;
}

type Params<Op> = Op extends { readonly params: infer P extends TSchema } ? Static<P> : unknown;
type Query<Op> = Op extends { readonly query: infer Q extends TSchema } ? Static<Q> : unknown;
type Body<Op> = Op extends { readonly body: infer B extends TSchema } ? { readonly body: Static<B> } : unknown;

/** What a caller passes: path parameters and query side by side, and the body. */
export type Input<Op> = Params<Op> & Partial<Query<Op>> & Body<Op>;
/** What a handler receives: query defaults are filled in. */
export type HandlerInput<Op> = Params<Op> & Query<Op> & Body<Op>;
export type Output<Op> = Op extends { output: infer O extends TSchema } ? Static<O> : never;

export interface CallContext {
  /** X-Correlation-ID: one id along the whole way of a request. */
  readonly correlationId: string;
  readonly signal?: Signal;
  /** Raw query string without "?", for commands that pass foreign keys on to the driver. */
  readonly rawQuery?: string;
}

export type Handlers<T extends Table> = {
  readonly [K in keyof T]: Handler<T[K]>;
};

export interface Handler<Op> {
  (input: HandlerInput<Op>, context: CallContext): Promise<Output<Op>> | Output<Op>;
  /** Asked before the body is looked at: throws to refuse whatever is in it. */
  readonly admit?: () => void;
}

/** A service as its callers see it, in process or over HTTP alike. */
export type Client<T extends Table> = {
  readonly [K in keyof T]: (input: Input<T[K]>, context?: Partial<CallContext>) => Promise<Output<T[K]>>;
};

/** One item of a 207 answer. */
export interface ItemResult {
  readonly statusCode: number;
  readonly requestId?: string;
  readonly message?: string;
  readonly id?: string;
}

/** Keeps the literal types of a table while checking its shape. */
export function defineTable<const T extends Table>(table: T): T {
  return table;
}
