import { encodeEnvelope, type JsonMessage } from "@jx/contracts";
import { isAppError, messageOf } from "@jx/kit";
import {
  type Link,
  type LinkMessage,
  type LiveConfig,
  type Logger,
  type Metrics,
  openLink,
  RateLimit,
} from "@jx/runtime";
import type { CommandConfig } from "../config.ts";
import type { Outcome } from "../requests.ts";
import { linkOptions, secretText } from "./settings.ts";
import { type ReadWork, type Work, type WorkDeps, workReader } from "./work.ts";

export interface DoorDeps extends WorkDeps {
  readonly config: LiveConfig<typeof CommandConfig>;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** ExternalCommand.MaxConcurrentRequests when it is 0 (Go: defaultMaxConcurrentExternalCommands). */
const MAX_REQUESTS = 32;
const BUSY = "core-command busy: too many concurrent external commands";

/**
 * Commands and questions of clients outside, over a second broker of theirs (edgex-behaviour.md §3.3, "External MQTT").
 * The bus itself is not shown there. That broker may come and go: nothing of core command waits for it.
 */
export class ExternalDoor implements AsyncDisposable {
  readonly #deps: DoorDeps;
  readonly #read: ReadWork;
  readonly #quiet = new RateLimit();
  #link: Link | undefined;
  /** Joins under way or done, one after the other. */
  #turn: Promise<void> = Promise.resolve();
  #unfollow: (() => void) | undefined;
  #ended = false;
  #underWay = 0;

  constructor(deps: DoorDeps) {
    this.#deps = deps;
    this.#read = workReader(deps.config.current.ExternalMQTT.Topics, deps);
  }

  /** Joins the broker, and joins it anew when its secret changes. Resolves without a connection. */
  async open(): Promise<void> {
    const { config, metrics } = this.#deps;
    metrics.observe("jx_external_mqtt_connected", "1 while connected to the external MQTT broker", () =>
      Number(this.#link?.connected === true),
    );
    let secret = secretText(config.current);
    this.#unfollow = config.onChange((next) => {
      const changed = secretText(next);
      if (changed === secret) return;
      secret = changed;
      this.#turn = this.#turn.then(() => this.#join());
    });
    this.#turn = this.#join();
    await this.#turn;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    this.#unfollow?.();
    await this.#turn;
    await this.#link?.[Symbol.asyncDispose]();
  }

  /** Never rejects: REST and the bus are served all the same. */
  async #join(): Promise<void> {
    const { config, log } = this.#deps;
    try {
      await this.#link?.[Symbol.asyncDispose]();
      this.#link = undefined;
      if (this.#ended) return;
      this.#link = await openLink(linkOptions(config.current), { log, receive: (message) => this.#receive(message) });
    } catch (error) {
      log.error({ reason: messageOf(error) }, "the external MQTT broker is not joined");
    }
  }

  /** A promise means: read no more from the broker until it resolves. */
  #receive({ topic, bytes, retained }: LinkMessage): Promise<void> | undefined {
    // A request that the broker has kept would be run again with every connection.
    if (retained) return this.#lose("retained", topic, "a request must not be published with the retain flag");
    try {
      return this.#take(this.#read(topic, bytes));
    } catch (error) {
      const reason = isAppError(error) && error.code === "bad-topic" ? error.code : "malformed";
      return this.#lose(reason, topic, messageOf(error));
    }
  }

  #take(work: Work): Promise<void> | undefined {
    const { config, metrics } = this.#deps;
    metrics.counter("jx_external_mqtt_requests_total", "Requests of clients of the external MQTT broker").add();
    const { MaxConcurrentRequests: most } = config.current.ExternalCommand;
    if (this.#underWay >= (most > 0 ? most : MAX_REQUESTS)) return this.#refuse(work, BUSY);
    this.#underWay += 1;
    // Not awaited: one slow device must not hold up the others.
    void work
      .answer()
      .then(
        (outcome) => this.#answer(work, outcome, work.answerTopic),
        (error: unknown) => this.#refuse(work, messageOf(error)),
      )
      .finally(() => {
        this.#underWay -= 1;
      });
    return undefined;
  }

  #refuse(work: Work, text: string): Promise<void> | undefined {
    return this.#answer(work, { payload: text, errorCode: 1 }, "");
  }

  #answer({ request, answerTopic }: Work, outcome: Outcome, receivedTopic: string): Promise<void> | undefined {
    if (this.#link?.connected !== true) return this.#lose("not-connected", answerTopic, "the broker is away");
    const { requestId = "", correlationId } = request;
    const head = { kind: "json", topic: answerTopic, requestId, correlationId, from: "inside" } as const;
    const message: JsonMessage = { ...head, ...outcome, receivedTopic };
    return this.#link.send(answerTopic, encodeEnvelope(message), this.#deps.config.current.ExternalMQTT.Retain);
  }

  /** Counts what gets no answer, and logs the first of its kind in each interval. */
  #lose(reason: string, topic: string, why: string): undefined {
    const { metrics, log } = this.#deps;
    const help = "Requests and answers that did not cross the external MQTT door, by reason";
    metrics.counter("jx_external_mqtt_dropped_total", help, { reason }).add();
    const repeated = this.#quiet.hit(reason);
    if (repeated !== undefined) log.warn({ topic, reason, repeated }, `an external MQTT message was dropped: ${why}`);
  }
}
