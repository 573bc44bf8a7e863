import {
  commandOperations,
  type DeviceOperations,
  eventToDto,
  filters,
  type HandlerInput,
  type JsonMessage,
  type Message,
  parseQuery,
  topics,
  UUID,
  unescapeName,
} from "@jx/contracts";
import { AppError, messageOf } from "@jx/kit";
import type { Logger } from "@jx/runtime";
import { deviceClient } from "./handlers.ts";
import { checkFlags, contextOf, frame, query, type RequestDeps } from "./requests.ts";

export interface BusRequestDeps extends RequestDeps {
  readonly log: Logger;
}

/** Requests under way; more are answered that core command is busy. */
const MAX_REQUESTS = 32;
const WAITING = 256;

/**
 * Commands and questions about commands that application services send over the bus in place of REST
 * (edgex-behaviour.md §3.3). Each is answered on edgex/response/core-command/{requestID}, errors included; one without
 * a requestID has nobody to answer to.
 */
export function answerBusRequests(deps: BusRequestDeps): Disposable {
  let underWay = 0;
  const serve = (answer: (request: JsonMessage) => Promise<unknown>) => (message: Message) => {
    if (message.kind !== "json" || message.requestId === undefined) return;
    if (underWay >= MAX_REQUESTS) return refuse(message, "core-command busy: too many concurrent commands");
    underWay += 1;
    // Not awaited: one slow device must not hold up the others.
    void answer(message)
      .then(
        (payload) => reply(message, { payload }),
        (error: unknown) => refuse(message, messageOf(error)),
      )
      .finally(() => {
        underWay -= 1;
      });
  };
  const refuse = (request: JsonMessage, text: string): void => {
    deps.log.debug({ topic: request.topic, reason: text }, "a request over the bus was refused");
    void reply(request, { payload: text, errorCode: 1 });
  };
  const reply = ({ requestId = "", correlationId }: JsonMessage, answer: Pick<JsonMessage, "payload" | "errorCode">) =>
    deps.bus.publish({
      kind: "json",
      topic: topics.response("core-command", requestId),
      correlationId,
      requestId,
      from: "inside",
      ...answer,
    });
  const options = { policy: "drop-oldest", capacity: WAITING } as const;
  const subscriptions = new DisposableStack();
  subscriptions.use(
    deps.bus.subscribe(
      filters.commandRequests,
      { name: "core-command requests", ...options },
      serve((request) => command(deps, request)),
    ),
  );
  subscriptions.use(
    deps.bus.subscribe(
      filters.commandQueries,
      { name: "core-command queries", ...options },
      serve(async (request) => question(deps, request)),
    ),
  );
  return subscriptions;
}

/** …/{device}/{command}/{get|set}: the event, or null after a set and where none was asked for. */
async function command(deps: BusRequestDeps, request: JsonMessage): Promise<unknown> {
  checkIds(request);
  const [name = "", source = "", method = ""] = request.topic.split("/").slice(-3).map(unescapeName);
  if (method !== "get" && method !== "set") {
    throw new AppError("ContractInvalid", `unknown request method: ${method}, only 'get' or 'set' is allowed`);
  }
  const client = await deviceClient(deps, name, contextOf(request)).catch((error: unknown) => {
    throw new AppError("NotFound", `invalid request topic: failed to get Device by name ${name}: ${messageOf(error)}`);
  });
  const target = { name, command: source };
  if (method === "set") {
    await client.set({ ...target, body: settingsOf(request) }, contextOf(request));
    return null;
  }
  const answer = await client.get({ ...target, ...flagsOf(request) }, contextOf(request));
  return answer === null ? null : frame(request, { event: eventToDto(answer.event) });
}

function settingsOf({ payload }: JsonMessage): Record<string, unknown> {
  if (typeof payload === "object" && payload !== null && !Array.isArray(payload)) {
    return payload as Record<string, unknown>;
  }
  throw new AppError("ContractInvalid", "failed to parse request body");
}

function flagsOf(request: JsonMessage): Partial<HandlerInput<DeviceOperations["get"]>> {
  checkFlags(request);
  return parseQuery(commandOperations.get.query, new URLSearchParams(request.queryParams));
}

/** …/{device}, or …/all. */
function question(deps: BusRequestDeps, request: JsonMessage): Promise<object> {
  checkIds(request);
  return query(deps, request, unescapeName(request.topic.split("/").at(-1) ?? ""));
}

/** As Go's uuid.Parse says it. */
function checkIds({ requestId = "", correlationId }: JsonMessage): void {
  for (const id of [requestId, correlationId]) {
    if (!UUID.test(id)) throw new AppError("ContractInvalid", `invalid UUID length: ${id.length}`);
  }
}
