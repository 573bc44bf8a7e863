import {
  type CallContext,
  type Client,
  kindOfStatus,
  type Operation,
  parseJson,
  stringifyJson,
  type Table,
  withVersion,
} from "@jx/contracts";
import { AppError, abortReason, isAppError } from "@jx/kit";
import { bytesOf } from "./answer-bytes.ts";
import { codecOf } from "./codecs.ts";
import { getWithBody } from "./get-with-body.ts";

export interface HttpClientOptions {
  /** "http://host:port/api/v3". */
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly newId: () => string;
  /** Sent with every request, such as a token for the gateway. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The typed client of a service in another process. Same shape and same errors as the in-process one. */
export function httpClient<T extends Table>(table: T, options: HttpClientOptions): Client<T> {
  const client: Record<string, unknown> = {};
  for (const [name, operation] of Object.entries(table)) {
    client[name] = (input: Record<string, unknown>, context: Partial<CallContext> = {}) =>
      call(operation, withVersion(operation, input), context, options);
  }
  return client as Client<T>;
}

async function call(
  operation: Operation,
  input: Record<string, unknown>,
  context: Partial<CallContext>,
  options: HttpClientOptions,
): Promise<unknown> {
  const url = options.baseUrl + pathOf(operation, input) + queryOf(operation, input, context);
  const limit = AbortSignal.timeout(options.timeoutMs);
  const headers: Record<string, string> = {
    ...options.headers,
    "x-correlation-id": context.correlationId ?? options.newId(),
  };
  let body: string | Uint8Array<ArrayBuffer> | undefined;
  if (operation.body !== undefined) {
    const codec = await codecOf(operation);
    const encoded = codec?.encodeBody?.(input.body) ?? {
      contentType: "application/json",
      bytes: stringifyJson(input.body),
    };
    headers["content-type"] = encoded.contentType;
    body = encoded.bytes as string | Uint8Array<ArrayBuffer>;
  }
  const signal = context.signal instanceof AbortSignal ? AbortSignal.any([limit, context.signal]) : limit;
  let response: Response;
  let bytes: Uint8Array;
  try {
    const init = { method: operation.method, headers, signal, ...(body === undefined ? {} : { body }) };
    response = await (operation.method === "GET" && body !== undefined ? getWithBody(url, init) : fetch(url, init));
    bytes = await bytesOf(response);
  } catch (cause) {
    if (context.signal?.aborted === true) throw abortReason(context.signal);
    if (isAppError(cause)) throw cause;
    if (limit.aborted)
      throw new AppError("Timeout", `no answer from ${options.baseUrl} within ${options.timeoutMs} ms`, { cause });
    throw new AppError("ServiceUnavailable", "failed to send a http request", {
      cause,
      details: { url: options.baseUrl },
    });
  }
  if (!response.ok) throw remoteError(response.status, bytes);
  return decode(operation, bytes, response.headers.get("content-type") ?? "");
}

async function decode(operation: Operation, bytes: Uint8Array, contentType: string): Promise<unknown> {
  if (bytes.length === 0) return operation.framing === "empty" ? {} : null;
  const codec = await codecOf(operation);
  if (codec?.decodeOutput !== undefined) return codec.decodeOutput(bytes, contentType);
  const value = parseJson(new TextDecoder().decode(bytes));
  if (operation.framing === "multi") return ((value ?? []) as readonly object[]).map(withoutVersion);
  if (operation.framing === "plain" || typeof value !== "object" || value === null) return value;
  const { apiVersion: _v, statusCode: _s, requestId, ...output } = value as Record<string, unknown>;
  // Of an answer that promises work for later, the request's id is the content.
  const { properties = {} } = operation.output as { properties?: object };
  return "requestId" in properties && requestId !== undefined ? { requestId, ...output } : output;
}

function withoutVersion(item: object): object {
  const { apiVersion: _, ...rest } = item as { apiVersion?: unknown };
  return rest;
}

function remoteError(status: number, bytes: Uint8Array): AppError {
  const text = new TextDecoder().decode(bytes);
  let message = text === "" ? `status ${status}` : text.slice(0, 2_000);
  let details: Record<string, unknown> = {};
  try {
    const body = JSON.parse(text) as { message?: unknown; statusCode?: unknown; details?: Record<string, unknown> };
    if (typeof body.message === "string") message = body.message;
    else if (body.statusCode !== undefined) message = ""; // Go omits an empty text
    if (typeof body.details === "object" && body.details !== null) details = body.details;
  } catch {
    // not JSON: the text itself is the message (a proxy, EdgeX's "request timeout")
  }
  return new AppError(kindOfStatus(status), message, { details: { ...details, status, body: text.slice(0, 2_000) } });
}

function pathOf(operation: Operation, input: Readonly<Record<string, unknown>>): string {
  return operation.path.replace(/\{(\w+)\*?\}/g, (_match, key: string) => encodeURIComponent(String(input[key])));
}

function queryOf(
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
  context: Partial<CallContext>,
): string {
  const query = new URLSearchParams(context.rawQuery);
  for (const key of Object.keys(operation.query?.properties ?? {})) {
    const value = input[key];
    if (value !== undefined) query.set(key, Array.isArray(value) ? value.join(",") : String(value));
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}
