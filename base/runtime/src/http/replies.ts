import { API_VERSION, type ItemResult, type Operation, STATUS_OF, stringifyJson } from "@jx/contracts";
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

export function send(reply: FastifyReply, framed: Framed): FastifyReply {
  if (framed.body === undefined) return reply.code(framed.status).send();
  return reply.code(framed.status).type("application/json").send(framed.body);
}
