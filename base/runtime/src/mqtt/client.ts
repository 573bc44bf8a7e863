import { hash, randomUUID } from "node:crypto";
import { filters } from "@jx/contracts";
import { AppError } from "@jx/kit";
import { Mirror, type MqttDeps } from "./mirror.ts";
import { RateLimit } from "./rate-limit.ts";
import { Window } from "./window.ts";

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  /** ms between two attempts to connect; 1,000 by default. */
  readonly reconnectMs?: number;
  /** EdgeX's Service.EnableNameFieldEscape; false by default. */
  readonly escapeNames?: boolean;
}

export interface BrokerConnection extends AsyncDisposable {
  readonly connected: boolean;
  /** Resolves when connected and subscribed for the first time. */
  readonly ready: Promise<void>;
}

/** How many of our own messages may be on their way back to us. */
const ECHOES = 10_000;

/**
 * Joins somebody else's broker (Mosquitto, EMQX) instead of opening our own: the same mirror, over one connection that
 * reconnects for ever. While it is away messages are dropped and counted, not kept: EdgeX's bus promises no delivery.
 */
export async function connectBroker(options: ConnectOptions, deps: MqttDeps): Promise<BrokerConnection> {
  const { default: mqtt } = await import("mqtt"); // only for those who have such a broker: 60 ms
  const echoes = new Echoes();
  const window = new Window();
  const client = mqtt.connect({
    host: options.host,
    port: options.port,
    protocol: "mqtt",
    protocolVersion: 4,
    clientId: `jx-edge-${randomUUID()}`,
    clean: true,
    queueQoSZero: false,
    resubscribe: false,
    reconnectPeriod: options.reconnectMs ?? 1_000,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: options.password }),
  });

  const mirror = new Mirror({ name: "mqtt-client", escapeNames: options.escapeNames }, deps, {
    wants: () => true,
    send(topic, bytes) {
      if (!client.connected) {
        mirror.drop("not-connected", topic, `no connection to the broker at ${options.host}:${options.port}`);
        return undefined;
      }
      const payload = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      echoes.expect(topic, payload);
      const wait = window.add(payload.length);
      client.publish(topic, payload, { qos: 0 }, () => window.done(payload.length));
      return wait;
    },
  });

  // The method, not the event: its callback holds back the socket while the bus is full.
  client.handleMessage = (packet, done) => {
    const payload = typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
    const wait = echoes.take(packet.topic, payload) ? undefined : mirror.receive(packet.topic, payload);
    if (wait === undefined) done();
    else void wait.then(() => done());
  };

  const broker = `${options.host}:${options.port}`;
  const first = Promise.withResolvers<void>();
  first.promise.catch(() => undefined); // whoever does not wait for it should not crash by it
  client.on("connect", () => {
    client.subscribe(filters.everything, { qos: 0 }, (error) => {
      if (error !== null && error !== undefined) {
        deps.log.error({ broker, error }, "the outside MQTT broker refused our subscription");
        return;
      }
      deps.log.info({ broker }, "connected to the outside MQTT broker");
      first.resolve();
    });
  });
  client.on("close", () => deps.log.debug({ broker }, "the outside MQTT broker is away"));
  const quiet = new RateLimit();
  client.on("error", (error) => {
    const repeated = quiet.hit("error");
    if (repeated !== undefined) deps.log.warn({ broker, error, repeated }, "the outside MQTT broker cannot be reached");
  });
  deps.metrics.observe("jx_mqtt_connected", "1 while connected to the outside broker", () => Number(client.connected));

  return {
    get connected() {
      return client.connected;
    },
    ready: first.promise,
    async [Symbol.asyncDispose]() {
      mirror[Symbol.dispose]();
      first.reject(new AppError("Aborted", `the connection to ${broker} was closed`));
      await client.endAsync(true);
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
