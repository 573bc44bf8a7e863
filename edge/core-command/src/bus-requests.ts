import { filters, type JsonMessage, type Message, topics, UUID, unescapeName } from "@jx/contracts";
import { AppError, isAppError, messageOf } from "@jx/kit";
import type { Logger } from "@jx/runtime";
import { forward, NO_DEVICE, type Outcome, query, type RequestDeps } from "./requests.ts";

export interface BusRequestDeps extends RequestDeps {
  readonly log: Logger;
}

type Request = JsonMessage & { readonly requestId: string };

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
  const serve = (answer: (request: Request) => Promise<Outcome>) => (message: Message) => {
    const { requestId } = message;
    if (message.kind !== "json" || requestId === undefined) return;
    const request = { ...message, requestId };
    if (underWay >= MAX_REQUESTS) return refuse(request, "core-command busy: too many concurrent commands");
    underWay += 1;
    // Not awaited: one slow device must not hold up the others.
    void answer(request)
      .then(
        (outcome) => reply(request, outcome),
        (error: unknown) => refuse(request, messageOf(error)),
      )
      .finally(() => {
        underWay -= 1;
      });
  };
  const refuse = (request: Request, text: string): void => {
    deps.log.debug({ topic: request.topic, reason: text }, "a request over the bus was refused");
    void reply(request, { payload: text, errorCode: 1 });
  };
  const reply = ({ requestId, correlationId }: Request, outcome: Outcome) =>
    deps.bus.publish({
      kind: "json",
      topic: topics.response("core-command", requestId),
      correlationId,
      requestId,
      from: "inside",
      ...outcome,
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
      serve((request) => question(deps, request)),
    ),
  );
  return subscriptions;
}

/** …/{device}/{command}/{get|set}: what the device's service answers; null after a set and where no event was asked for. */
async function command(deps: BusRequestDeps, request: Request): Promise<Outcome> {
  checkIds(request);
  const [device = "", source = "", method = ""] = request.topic.split("/").slice(-3).map(unescapeName);
  if (method !== "get" && method !== "set") {
    throw new AppError("ContractInvalid", `unknown request method: ${method}, only 'get' or 'set' is allowed`);
  }
  try {
    return await forward(deps, request, { device, command: source, method });
  } catch (error) {
    if (!isAppError(error) || error.code !== NO_DEVICE) throw error;
    throw new AppError("NotFound", `invalid request topic: ${error.message}`, { cause: error });
  }
}

/** …/{device}, or …/all. */
async function question(deps: BusRequestDeps, request: Request): Promise<Outcome> {
  checkIds(request);
  return { payload: await query(deps, request, unescapeName(request.topic.split("/").at(-1) ?? "")) };
}

/** As Go's uuid.Parse says it. */
function checkIds({ requestId, correlationId }: Request): void {
  for (const id of [requestId, correlationId]) {
    if (!UUID.test(id)) throw new AppError("ContractInvalid", `invalid UUID length: ${id.length}`);
  }
}
