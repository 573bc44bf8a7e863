import {
  decodeEnvelope,
  type EventWire,
  encodeEnvelope,
  escapeTopic,
  filters,
  type Message,
  topicFitsEvent,
  unescapeTopic,
} from "@jx/contracts";
import { messageOf } from "@jx/kit";
import type { Bus } from "../bus/bus.ts";
import type { Logger } from "../log/logger.ts";
import type { Counter, Metrics } from "../metrics/metrics.ts";
import { BaseTopic } from "./base-topic.ts";
import { RateLimit } from "./rate-limit.ts";

/** The network side of the mirror: our own broker, or a connection to somebody else's. */
export interface Outlet {
  /** False when nobody out there would get the topic: then nothing is encoded. */
  wants(topic: string): boolean;
  /** A promise means: wait for it before sending more. Never rejects; what could not be sent is the outlet's to count. */
  send(topic: string, bytes: Uint8Array): Promise<void> | undefined;
}

export interface MirrorOptions {
  /** Which door it is in metrics, logs and the bus's own statistics: "mqtt-broker", "mqtt-client". */
  readonly name: string;
  /** EdgeX's Service.EnableNameFieldEscape: names in topics travel percent-encoded. Off by default, as upstream. */
  readonly escapeNames?: boolean | undefined;
  /** EdgeX's MessageBus.BaseTopicPrefix; "edgex" by default. */
  readonly baseTopic?: string | undefined;
  /** How events are written; what comes in is read either way. */
  readonly events?: EventWire | undefined;
}

export interface MqttDeps {
  readonly bus: Bus;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** How many messages wait for the network; beyond that the oldest is dropped (counted in jx_bus_dropped_total). */
const QUEUE = 1_000;

/** Events are checked against their topic only here; core data's own topic repeats an event that was checked. */
const DEVICE_EVENTS = filters.deviceEvents.slice(0, -1);

/**
 * Repeats the bus to the network and brings in what outsiders publish under edgex/ (DESIGN §5). What came from outside
 * is never sent out again. A broken message is counted and logged with its topic, never fatal.
 */
export class Mirror implements Disposable {
  readonly #options: MirrorOptions;
  readonly #deps: MqttDeps;
  readonly #outlet: Outlet;
  readonly #base: BaseTopic;
  readonly #subscription: Disposable;
  readonly #sent: Counter;
  readonly #received: Counter;
  readonly #dropped = new Map<string, Counter>();
  readonly #quiet = new RateLimit();

  constructor(options: MirrorOptions, deps: MqttDeps, outlet: Outlet) {
    this.#options = options;
    this.#deps = deps;
    this.#outlet = outlet;
    this.#base = new BaseTopic(options.baseTopic);
    const door = { door: options.name };
    this.#sent = deps.metrics.counter("jx_mqtt_sent_total", "Bus messages handed to the network", door);
    this.#received = deps.metrics.counter("jx_mqtt_received_total", "Messages brought in from the network", door);
    this.#subscription = deps.bus.subscribe(
      filters.everything,
      { name: options.name, policy: "drop-oldest", capacity: QUEUE, wants: (topic) => this.#wants(topic) },
      (message) => this.#send(message),
    );
  }

  /** Takes a message from the network. A promise means the bus is full: read no more from this source until it resolves. */
  receive(networkTopic: string, bytes: Uint8Array): Promise<void> | undefined {
    const topic = this.#base.fromNetwork(networkTopic);
    if (topic === undefined) return undefined;
    let message: Message;
    try {
      message = decodeEnvelope(this.#options.escapeNames === true ? unescapeTopic(topic) : topic, bytes);
    } catch (error) {
      this.drop("malformed", topic, messageOf(error));
      return undefined;
    }
    if (message.kind === "event" && `${topic}/`.startsWith(DEVICE_EVENTS) && !topicFitsEvent(topic, message.event)) {
      const { profileName, deviceName, sourceName } = message.event;
      this.drop("topic-mismatch", topic, `the topic must end in ${profileName}/${deviceName}/${sourceName}`);
      return undefined;
    }
    this.#received.add();
    return this.#deps.bus.publish(message);
  }

  /** Counts a message that is lost, and logs the first of its kind in each interval. */
  drop(reason: string, topic: string, why: string): void {
    let counter = this.#dropped.get(reason);
    if (counter === undefined) {
      const help = "Messages that did not cross the MQTT door, by reason";
      counter = this.#deps.metrics.counter("jx_mqtt_dropped_total", help, { door: this.#options.name, reason });
      this.#dropped.set(reason, counter);
    }
    counter.add();
    const repeated = this.#quiet.hit(reason);
    if (repeated === undefined) return;
    this.#deps.log.warn({ door: this.#options.name, topic, reason, repeated }, `an MQTT message was dropped: ${why}`);
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
  }

  #wants(topic: string): boolean {
    const message = { kind: "json", topic, payload: null, correlationId: "", from: "inside" } as const;
    return this.#outlet.wants(this.#networkTopic(message));
  }

  #networkTopic(message: Message): string {
    return this.#base.toNetwork(this.#options.escapeNames === true ? escapeTopic(message) : message.topic);
  }

  #send(message: Message): Promise<void> | undefined {
    if (message.from === "outside") return undefined;
    const topic = this.#networkTopic(message);
    if (!this.#outlet.wants(topic)) return undefined;
    if (/[+#\0]/.test(topic)) {
      this.drop("topic-not-mqtt", topic, "MQTT forbids +, # and NUL in topics; EnableNameFieldEscape encodes names");
      return undefined;
    }
    this.#sent.add();
    return this.#outlet.send(topic, encodeEnvelope(message, this.#options.events));
  }
}
