import { type JsonMessage, topics } from "@jx/contracts";
import { AppError, deferred, withTimeout } from "@jx/kit";
import type { Bus } from "./bus.ts";

/**
 * Sends a request to a service over the bus, and gives the answer that the service publishes under the request's id
 * (go-mod-messaging, MessageClient.Request).
 * @throws AppError Timeout when it is silent for `timeoutMs`; ServiceUnavailable when nobody listens at all
 */
export async function requestOver(
  bus: Bus,
  service: string,
  request: JsonMessage & { readonly requestId: string },
  timeoutMs: number,
): Promise<JsonMessage> {
  if (!bus.hasSubscriber(request.topic)) {
    throw new AppError("ServiceUnavailable", `nobody listens to ${request.topic}`, { code: "nobody-listens" });
  }
  const answerTopic = topics.response(service, request.requestId);
  const answer = deferred<JsonMessage>();
  using _subscription = bus.subscribe(
    answerTopic,
    { name: "answers to requests", policy: "drop-oldest", capacity: 1 },
    (message) => {
      if (message.kind === "json") answer.resolve(message);
    },
  );
  void bus.publish(request);
  return await withTimeout(answer.promise, timeoutMs, `the answer on ${answerTopic}`);
}
