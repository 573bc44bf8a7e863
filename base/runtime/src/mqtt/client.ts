import { hash, randomUUID } from "node:crypto";
import type { EventWire } from "@jx/contracts";
import { BaseTopic } from "./base-topic.ts";
import { type Link, openLink } from "./link.ts";
import { Mirror, type MqttDeps } from "./mirror.ts";

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  /** ms between two attempts to connect; 1,000 by default. */
  readonly reconnectMs?: number;
  /** EdgeX's Service.EnableNameFieldEscape; false by default. */
  readonly escapeNames?: boolean;
  /** EdgeX's MessageBus.BaseTopicPrefix; "edgex" by default. */
  readonly baseTopic?: string;
  /** Called at each connection, when it is subscribed: what was told before, while it was away, is lost. */
  readonly onConnect?: () => void;
  /** How events are written. */
  readonly events?: EventWire;
}

export interface BrokerConnection extends AsyncDisposable {
  readonly connected: boolean;
  /** Resolves when connected and subscribed for the first time. */
  readonly ready: Promise<void>;
}

/** How many of our own messages may be on their way back to us. */
const ECHOES = 10_000;
/** Bytes; the largest event, 25,000 kB (edgex-configuration.md §2, core-data), in base64 within its envelope, fits. */
const MAX_PACKET = 67_108_864;

/**
 * Joins somebody else's broker (Mosquitto, EMQX) instead of opening our own: the same mirror, over one connection that
 * reconnects for ever. While it is away messages are dropped and counted, not kept: EdgeX's bus promises no delivery.
 */
export async function connectBroker(options: ConnectOptions, deps: MqttDeps): Promise<BrokerConnection> {
  const { host, port, escapeNames, baseTopic, events, onConnect } = options;
  const echoes = new Echoes();
  let link: Link | undefined;
  const mirror = new Mirror({ name: "mqtt-client", escapeNames, baseTopic, events }, deps, {
    wants: () => true,
    send(topic, bytes) {
      if (link?.connected !== true) {
        mirror.drop("not-connected", topic, `no connection to the broker at ${host}:${port}`);
        return undefined;
      }
      echoes.expect(topic, bytes);
      return link.send(topic, bytes);
    },
  });
  const opened = await openLink(
    {
      ...options,
      name: "the outside MQTT broker",
      clientId: `jx-edge-${randomUUID()}`,
      filters: new BaseTopic(baseTopic).filters,
      maxPacketBytes: MAX_PACKET,
    },
    {
      log: deps.log,
      ...(onConnect === undefined ? {} : { subscribed: onConnect }),
      receive: ({ topic, bytes }) => (echoes.take(topic, bytes) ? undefined : mirror.receive(topic, bytes)),
    },
  );
  link = opened;
  deps.metrics.observe("jx_mqtt_connected", "1 while connected to the outside broker", () => Number(opened.connected));

  return {
    get connected() {
      return opened.connected;
    },
    ready: opened.ready,
    async [Symbol.asyncDispose]() {
      mirror[Symbol.dispose]();
      await opened[Symbol.asyncDispose]();
    },
  };
}

/**
 * Our own publishes come back through the subscription to edgex/#. Each expects one echo, recognized by topic and exact
 * bytes, which hold the event's or the request's UUID. One that never comes back (QoS 0) is forgotten in time.
 */
export class Echoes {
  /** Digest → how many echoes are due; the oldest digest first. */
  readonly #due = new Map<string, number>();

  expect(topic: string, bytes: Uint8Array): void {
    const key = digest(topic, bytes);
    this.#due.set(key, (this.#due.get(key) ?? 0) + 1);
    if (this.#due.size <= ECHOES) return;
    for (const oldest of this.#due.keys()) {
      this.#due.delete(oldest);
      break;
    }
  }

  /** True when the message is an echo; each expected one counts once. */
  take(topic: string, bytes: Uint8Array): boolean {
    const key = digest(topic, bytes);
    const due = this.#due.get(key);
    if (due === undefined) return false;
    if (due === 1) this.#due.delete(key);
    else this.#due.set(key, due - 1);
    return true;
  }
}

function digest(topic: string, bytes: Uint8Array): string {
  return `${topic}\0${hash("sha1", bytes, "base64")}`;
}
