import { setImmediate as nextTurn } from "node:timers/promises";
import {
  bodyProblem,
  dispatch,
  foldKeys,
  type Handlers,
  ITEMS_PER_TURN,
  inTurns,
  type Operation,
  parseParams,
  parseQuery,
  type Table,
  type WireCodec,
} from "@jx/contracts";
import { AppError, isAppError, MAX_TIMER_MS } from "@jx/kit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "../log/logger.ts";
import { parseBody } from "./body.ts";
import { codecOf } from "./codecs.ts";
import { LARGE_BODY_BYTES, LARGE_FILE_BYTES, parseLargeBody } from "./large-bodies.ts";
import { errorFrame, frame, longList, send } from "./replies.ts";

export interface RouteDeps {
  readonly log: Logger;
  readonly newId: () => string;
  /** EdgeX's Service.RequestTimeout in ms, asked at each request; without it, or at 0, an answer may take any time. */
  readonly timeoutMs?: () => number;
}

/** What EdgeX answers then (go-mod-bootstrap httpserver.go, Go's http.TimeoutHandler); the handler runs on. */
const LATE = "request timeout";

/** Makes the REST routes of a table. Text is turned into typed values here and nowhere else in the service. */
export function addRoutes<T extends Table>(
  app: FastifyInstance,
  prefix: string,
  table: T,
  handlers: Handlers<T>,
  deps: RouteDeps,
): void {
  const methodsOf = new Map<string, Set<string>>();
  for (const [name, operation] of Object.entries(table)) {
    const url = prefix + operation.path.replace(/\{(\w+)\*\}$/, "*").replace(/\{(\w+)\}/g, ":$1");
    methodsOf.set(url, (methodsOf.get(url) ?? new Set()).add(operation.method));
    app.route({
      method: operation.method,
      url,
      handler: (request, reply) => answer(name, operation, table, handlers, request, reply, deps),
    });
  }
  refuseOtherMethods(app, methodsOf);
}

async function answer<T extends Table>(
  name: keyof T & string,
  operation: Operation,
  table: T,
  handlers: Handlers<T>,
  request: FastifyRequest,
  reply: FastifyReply,
  deps: RouteDeps,
): Promise<FastifyReply> {
  const header = request.headers["x-correlation-id"];
  const correlationId = typeof header === "string" && header !== "" ? header : deps.newId();
  reply.header("x-correlation-id", correlationId);
  let requestId: string | undefined;
  try {
    const rawQuery = queryText(request.url);
    const codec = await codecOf(operation);
    handlers[name]?.admit?.();
    const body = operation.body === undefined ? undefined : await readBody(operation, codec, request);
    if (operation.withoutId !== true) requestId = requestIdOf(body) ?? requestIdOf(request.params);
    const input = {
      ...parseQuery(operation.query, new URLSearchParams(rawQuery)),
      ...parseParams(operation.params, pathParams(operation, request)),
      ...(operation.body === undefined ? {} : { body }),
    };
    const work = dispatch(table, handlers, name, input as never, { correlationId, rawQuery }, nextTurn);
    const output = await inTime(work, deps.timeoutMs?.() ?? 0);
    if (output === LATE) return reply.code(503).type("text/plain; charset=utf-8").send(LATE);
    const frameOf = { ...(requestId === undefined ? {} : { requestId }), statusCode: operation.status };
    const numeric = (input as { numeric?: boolean }).numeric === true;
    const { accept = "" } = request.headers;
    const parts =
      codec?.encodeList?.(output, frameOf, { numeric, accept }) ??
      (codec === undefined ? longList(operation, output, frameOf) : undefined);
    if (parts !== undefined) {
      return reply
        .code(operation.status)
        .type("application/json")
        .send(await joined(parts));
    }
    if (codec?.encodeOutput !== undefined && output !== null) {
      const encoded = codec.encodeOutput(output, frameOf, { numeric, accept });
      return reply.code(operation.status).type(encoded.contentType).send(toPayload(encoded.bytes));
    }
    return send(reply, frame(operation, output, requestId));
  } catch (error) {
    if (!isAppError(error))
      deps.log.error({ operation: name, correlationId, error }, "an operation failed unexpectedly");
    else if (error.kind === "ServerError" || error.kind === "Storage") {
      deps.log.error({ operation: name, correlationId, error }, error.message);
    } else deps.log.debug({ operation: name, correlationId, kind: error.kind }, error.message);
    const unread = isAppError(error) && error.message === operation.refusal; // Go has no id then
    return send(reply, errorFrame(error, unread ? undefined : requestId));
  }
}

/** All after the first "?"; a value may have more of them. */
function queryText(url: string): string {
  const at = url.indexOf("?");
  return at < 0 ? "" : url.slice(at + 1);
}

async function inTime(work: Promise<unknown>, ms: number): Promise<unknown> {
  if (ms <= 0 || ms > MAX_TIMER_MS) return work;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => resolve(LATE), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Each part in a turn of the loop of its own, so that a long list holds up nobody for long. */
async function joined(parts: Iterable<string>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (const part of parts) {
    chunks.push(Buffer.from(part));
    await nextTurn();
  }
  return Buffer.concat(chunks);
}

function toPayload(bytes: Uint8Array | string): Buffer {
  return typeof bytes === "string" ? Buffer.from(bytes) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

async function readBody(operation: Operation, codec: WireCodec | undefined, request: FastifyRequest): Promise<unknown> {
  const bytes = request.body instanceof Uint8Array ? request.body : new Uint8Array();
  const ownCodec = codec?.decodeBody !== undefined || codec?.decodeFile !== undefined;
  if (bytes.length === 0 && !ownCodec) {
    // A PUT of a command without a body means "no values" to a device service: the profile's defaults are used
    // (edgex-device-sdk.md §2). Core command, which has one text for every bad body, parses it and fails.
    if (operation.dto === undefined && operation.refusal === undefined) return {};
    throw bodyProblem(operation, new AppError("ContractInvalid", "EOF"));
  }
  const isLarge = bytes.length > (codec?.decodeFile === undefined ? LARGE_BODY_BYTES : LARGE_FILE_BYTES);
  const parse = isLarge ? parseLargeBody : parseBody;
  const contentType = request.headers["content-type"] ?? "";
  let value: unknown;
  try {
    value = await parse(operation.wire, bytes, contentType);
  } catch (error) {
    throw bodyProblem(operation, error);
  }
  if (ownCodec) return value;
  if (value === null) return operation.framing === "multi" ? [] : {}; // Go's zero value
  if (operation.body === undefined) return value;
  if (!Array.isArray(value) || value.length <= ITEMS_PER_TURN) return foldKeys(operation.body, value);
  const folded: unknown[] = [];
  for await (const part of inTurns(value, nextTurn)) folded.push(...(foldKeys(operation.body, part) as unknown[]));
  return folded;
}

function requestIdOf(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || !("requestId" in body)) return undefined;
  return typeof body.requestId === "string" && body.requestId !== "" ? body.requestId : undefined;
}

function pathParams(operation: Operation, request: FastifyRequest): Record<string, string> {
  const params = request.params as Record<string, string>;
  const wildcard = /\{(\w+)\*\}$/.exec(operation.path)?.[1];
  return wildcard === undefined ? params : { ...params, [wildcard]: params["*"] ?? "" };
}

function refuseOtherMethods(app: FastifyInstance, methodsOf: ReadonlyMap<string, ReadonlySet<string>>): void {
  for (const [url, methods] of methodsOf) {
    const others = ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((method) => !methods.has(method));
    app.route({
      method: others as "GET"[],
      url,
      handler: (_request, reply) =>
        send(reply.header("allow", [...methods].join(", ")), {
          status: 405,
          body: JSON.stringify({ message: "Method Not Allowed" }),
        }),
    });
  }
}
