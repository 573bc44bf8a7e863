import {
  API_VERSION,
  encodeEnvelope,
  eventToDto,
  filters,
  hasBinary,
  type JsonMessage,
  type Message,
  topics,
  UUID,
  unescapeName,
} from "@jx/contracts";
import { AppError, messageOf } from "@jx/kit";
import type { Bus, Logger, SubscriptionHandle } from "@jx/runtime";
import { type CommandDeps, readCommand } from "../read.ts";
import { writeCommand } from "../write.ts";
import { driverQuery } from "./query.ts";

export interface BusCommandsDeps extends CommandDeps {
  readonly service: string;
  readonly bus: Bus;
  readonly log: Logger;
}

/** More wait only for their refusal. */
const WAITING = 1_000;

/**
 * Commands over the bus, as core-command sends them (edgex-device-sdk.md §2 "Bus"; device-sdk-go
 * internal/controller/messaging/command.go): topic …/{service}/{device}/{command}/{get|set}, answer on
 * edgex/response/{service}/{requestID}. As many run side by side as MaxConcurrentCommands says; the next is refused at
 * once, so that a slow device holds up no other.
 */
export function answerBusCommands(deps: BusCommandsDeps): SubscriptionHandle {
  const { bus, log, service } = deps;
  let underWay = 0;
  const serve = (message: Message): void => {
    if (message.kind !== "json") return;
    const [device = "", command = "", method = ""] = message.topic.split("/").slice(-3);
    const target = { device: unescapeName(device), command: unescapeName(command) };
    const verb = method.toLowerCase();
    if (verb !== "get" && verb !== "set") {
      log.warn({ topic: message.topic }, "a command over the bus ends neither in get nor in set; it is not answered");
      return;
    }
    if (underWay >= deps.settings().maxConcurrentCommands) {
      refuse(message, new AppError("ServiceUnavailable", "device service busy: too many concurrent commands"));
      return;
    }
    underWay += 1;
    // Not awaited: the next command may be for another device.
    void (verb === "get" ? read : write)(message, target, deps)
      .catch((error: unknown) => refuse(message, error))
      .finally(() => {
        underWay -= 1;
      });
  };
  const refuse = (request: JsonMessage, error: unknown): void => {
    log.debug({ topic: request.topic, reason: messageOf(error) }, "a command over the bus was refused");
    void bus.publish(reply(service, request, { payload: messageOf(error), errorCode: 1 }));
  };
  const options = { name: `${service} commands`, policy: "drop-oldest", capacity: WAITING } as const;
  return bus.subscribe(filters.deviceCommands(service), options, serve);
}

interface Target {
  readonly device: string;
  readonly command: string;
}

/** Pushed, where asked for, after the answer is on its way. On the bus only "false" turns the answer's event off. */
async function read(request: JsonMessage, target: Target, deps: BusCommandsDeps): Promise<void> {
  checkIds(request);
  const { queryParams = {}, requestId, correlationId } = request;
  const regex = queryParams["ds-regexcmd"] !== "false";
  const event = await readCommand({ ...target, regex, urlRawQuery: queryOf(request) }, deps);
  const wanted = queryParams["ds-returnevent"] !== "false";
  const payload = wanted ? { apiVersion: API_VERSION, requestId, statusCode: 200, event: eventToDto(event) } : null;
  const answer = reply(deps.service, request, { payload, ...(wanted && hasBinary(event) ? { cbor: true } : {}) });
  checkSize(answer, deps.settings().maxEventBytes);
  void deps.bus.publish(answer);
  if (queryParams["ds-pushevent"] === "true") void deps.publisher.publish(event, correlationId);
}

async function write(request: JsonMessage, target: Target, deps: BusCommandsDeps): Promise<void> {
  checkIds(request);
  const { payload, correlationId } = request;
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) {
    throw new AppError("ContractInvalid", "failed to parse request body: a JSON object of resource names and values");
  }
  const values = payload as Readonly<Record<string, unknown>>;
  const event = await writeCommand({ ...target, values, urlRawQuery: queryOf(request) }, deps.service, deps);
  void deps.bus.publish(reply(deps.service, request, { payload: null }));
  if (event !== undefined) void deps.publisher.publish(event, correlationId);
}

function reply(
  service: string,
  { requestId = "", correlationId }: JsonMessage,
  answer: Pick<JsonMessage, "payload" | "errorCode" | "cbor">,
): JsonMessage {
  const topic = topics.response(service, requestId);
  return { kind: "json", topic, correlationId, requestId, from: "inside", ...answer };
}

function queryOf({ queryParams }: JsonMessage): string {
  return driverQuery(new URLSearchParams(queryParams).toString());
}

function checkSize(answer: JsonMessage, maxBytes: number): void {
  if (maxBytes === 0) return;
  if (encodeEnvelope(answer).length <= maxBytes) return;
  // go-mod-messaging internal/pkg/mqtt/client.go PublishWithSizeLimit.
  throw new AppError("LimitExceeded", `message size exceed limit(${maxBytes / 1_024} KB)`);
}

/** As Go's uuid.Parse says it. Checked first: a command whose answer is an error must not have run. */
function checkIds({ requestId = "", correlationId }: JsonMessage): void {
  for (const id of [requestId, correlationId]) {
    if (UUID.test(id)) continue;
    throw new AppError(
      "ContractInvalid",
      id.length === 36 ? "invalid UUID format" : `invalid UUID length: ${id.length}`,
    );
  }
}
