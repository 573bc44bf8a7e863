import { decodeOutsideRequest, escapeName, type JsonMessage } from "@jx/contracts";
import { AppError } from "@jx/kit";
import { TopicTree } from "@jx/runtime";
import type { CommandConfig } from "../config.ts";
import { forward, type Outcome, query, type RequestDeps, type Target } from "../requests.ts";

export interface WorkDeps extends RequestDeps {
  readonly newId: () => string;
}

/** A request of a client outside, read and ready to be answered. */
export interface Work {
  readonly request: JsonMessage;
  readonly answerTopic: string;
  answer(): Promise<Outcome>;
}

/** A message of the outside broker to what it asks for; by topics that the user may choose (ExternalMQTT.Topics). */
export type ReadWork = (topic: string, bytes: Uint8Array) => Work;

/** @throws AppError ContractInvalid from what it gives, for a message that nobody could be answered about */
export function workReader(topics: CommandConfig["ExternalMQTT"]["Topics"], deps: WorkDeps): ReadWork {
  const readers = new TopicTree<ReadWork>();
  readers.add(unshared(topics.CommandRequestTopic), (topic, bytes) => {
    const request = decodeOutsideRequest(topic, bytes, deps.newId);
    const target = targetOf(topic);
    const answerTopic = answerTopicOf(topics.CommandResponseTopicPrefix, target);
    return { request, answerTopic, answer: () => forward(deps, request, target) };
  });
  readers.add(unshared(topics.CommandQueryRequestTopic), (topic, bytes) => {
    const request = decodeOutsideRequest(topic, bytes, deps.newId);
    const name = nameOf(topic.split("/").at(-1) ?? "");
    const answer = async (): Promise<Outcome> => ({ payload: await query(deps, request, name) });
    return { request, answerTopic: topics.CommandQueryResponseTopic, answer };
  });
  return (topic, bytes) => {
    const [read] = readers.match(topic);
    if (read === undefined) throw badTopic("it fits neither request topic");
    return read(topic, bytes);
  };
}

/** What a shared subscription ("$share/group/filter", MQTT 5 §4.8.2) is about, as EdgeX's client reads it. */
function unshared(filter: string): string {
  return filter.replace(/^\$share\/[^/]*\//, "");
}

/** …/{device}/{command}/{get|set}, in any case, with names percent-encoded or not. */
function targetOf(topic: string): Target & { readonly said: string } {
  const levels = topic.split("/");
  const [device = "", command = "", said = ""] = levels.slice(-3);
  if (levels.length < 3) throw badTopic("it should end in <device>/<command>/<get or set>");
  const method = said.toLowerCase();
  if (method !== "get" && method !== "set") {
    throw badTopic(`unknown request method: ${said}, only 'get' or 'set' is allowed`);
  }
  return { device: nameOf(device), command: nameOf(command), method, said };
}

function nameOf(level: string): string {
  try {
    return decodeURIComponent(level);
  } catch {
    throw badTopic(`"${level}" is percent-encoded badly`);
  }
}

/** With plain names, as EdgeX; encoded where MQTT forbids the plain topic, which ends EdgeX's connection. */
function answerTopicOf(prefix: string, { device, command, said }: ReturnType<typeof targetOf>): string {
  const plain = [prefix, device, command, said].join("/");
  if (!/[+#\0]/.test(plain)) return plain;
  return [prefix, escapeName(device), escapeName(command), said].join("/");
}

function badTopic(why: string): AppError {
  return new AppError("ContractInvalid", why, { code: "bad-topic" });
}
