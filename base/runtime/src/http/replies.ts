import { API_VERSION, ITEMS_PER_TURN, type ItemResult, type Operation, STATUS_OF, stringifyJson } from "@jx/contracts";
import { toAppError } from "@jx/kit";
import type { FastifyReply } from "fastify";

export interface Framed {
  readonly status: number;
  /** undefined: no body. */
  readonly body: string | undefined;
}

/** Puts EdgeX's frame around an output (contracts operation.ts, Framing). */
export function frame(operation: Operation, output: unknown, requestId: string | undefined): Framed {
  const status = operation.status;
  const ids = requestId === undefined || requestId === "" ? {} : { requestId };
  switch (operation.framing) {
    case "empty":
      return { status, body: undefined };
    case "plain":
      return { status, body: stringifyJson(output) };
    case "bare":
      return { status, body: stringifyJson({ apiVersion: API_VERSION, ...(output as object) }) };
    case "multi": {
      const items = (output as readonly ItemResult[]).map((item) => ({ apiVersion: API_VERSION, ...item }));
      return { status, body: items.length === 0 ? "null" : stringifyJson(items) };
    }
    default:
      if (output === null) return { status, body: undefined };
      return {
        status,
        body: stringifyJson({ apiVersion: API_VERSION, ...ids, statusCode: status, ...(output as object) }),
      };
  }
}

/**
 * The text of an answer with a long list, in parts of about half a millisecond's work; undefined when it has none, or is
 * no answer with EdgeX's frame.
 */
export function longList(operation: Operation, output: unknown, frameOf: object): Iterable<string> | undefined {
  if (operation.framing !== "single" || output === null) return undefined;
  const fields = Object.entries(output as object);
  const found = fields.find(([, value]) => Array.isArray(value) && value.length > ITEMS_PER_TURN);
  if (found === undefined) return undefined;
  const [key, list] = found as [string, readonly unknown[]];
  const others = Object.fromEntries(fields.filter(([name]) => name !== key));
  return listParts(stringifyJson({ apiVersion: API_VERSION, ...frameOf, ...others }), key, list);
}

function* listParts(head: string, key: string, list: readonly unknown[]): Iterable<string> {
  yield `${head.slice(0, -1)},${JSON.stringify(key)}:[`;
  for (let i = 0; i < list.length; i += ITEMS_PER_TURN) {
    const part = stringifyJson(list.slice(i, i + ITEMS_PER_TURN)).slice(1, -1);
    yield i === 0 ? part : `,${part}`;
  }
  yield "]}";
}

/** The error frame of EdgeX: the outermost message only, the cause goes to the log. */
export function errorFrame(error: unknown, requestId?: string): Framed {
  const known = toAppError(error);
  const status = STATUS_OF[known.kind];
  const ids = requestId === undefined || requestId === "" ? {} : { requestId };
  const text = known.message === "" ? {} : { message: known.message };
  const more = known.details === undefined ? {} : { details: known.details };
  return {
    status,
    body: stringifyJson({ apiVersion: API_VERSION, ...ids, ...text, statusCode: status, ...more }),
  };
}

/** As bytes: to a text fastify adds "; charset=utf-8", where EdgeX says application/json and its peers compare just that. */
export function send(reply: FastifyReply, { status, body }: Framed): FastifyReply {
  reply.code(status).type("application/json"); // an empty answer says so too, as WriteHttpHeader of EdgeX does
  return body === undefined ? reply.send() : reply.send(Buffer.from(body));
}

/** A refusal that no operation has made: of a page, a path, a message of HTTP. */
export function sendProblem(reply: FastifyReply, status: number, message: string): FastifyReply {
  return send(reply, { status, body: JSON.stringify({ apiVersion: API_VERSION, message, statusCode: status }) });
}
