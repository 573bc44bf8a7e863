import { createServer, type Server, type Socket } from "node:net";
import type { EventWire } from "@jx/contracts";
import { AppError, messageOf } from "@jx/kit";
import type { AedesPublishPacket, Client } from "aedes";
import { TopicTree } from "../bus/topic-tree.ts";
import { portHolder } from "../system/port-holder.ts";
import { KeepAlive } from "./keep-alive.ts";
import { Mirror, type MqttDeps } from "./mirror.ts";
import { limitPackets } from "./packet-limit.ts";
import { ReadGate } from "./read-gate.ts";
import { Window } from "./window.ts";

export interface BrokerOptions {
  /** 127.0.0.1 by default: the broker asks for no password. */
  readonly host?: string;
  /** 1883 by default; 0 takes any free port. */
  readonly port?: number;
  /** How many connections at once; 128 by default. */
  readonly maxConnections?: number;
  /** The largest packet a client may send, in bytes; 1 MiB by default. */
  readonly maxPacketBytes?: number;
  /** EdgeX's Service.EnableNameFieldEscape; false by default. */
  readonly escapeNames?: boolean;
  /** EdgeX's MessageBus.BaseTopicPrefix; "edgex" by default. */
  readonly baseTopic?: string;
  /** How events are written. */
  readonly events?: EventWire;
}

export interface Broker extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** How many clients are connected now. */
  readonly clients: number;
}

/** Packets that aedes hands to its clients at once, whoever sent them. */
const CONCURRENCY = 64;
/**
 * Bytes that may wait for one client, besides what its kernel holds. What comes when they are used up, it does not get.
 * Twice what the mirror has under way, so that a burst of ours alone never costs a healthy client anything.
 */
const CLIENT_BUFFER = 524_288;
/**
 * Bytes that all clients together may have under way to the bus. The smallest event is some 400 bytes, so less than 3,000
 * events wait for a subscriber that is full, who takes 10,000 (bus/subscription.ts).
 */
const UNDER_WAY = 1_048_576;
/** One client's subscriptions; more are refused with 0x80 (MQTT 3.1.1 §3.9.3). */
const MAX_FILTERS = 256;
/** QoS 2 messages of one client that wait for its PUBREL. */
const MAX_QOS2 = 16;
const CONNECT_TIMEOUT_MS = 5_000;
/** Only a message larger than CLIENT_BUFFER ever waits for a client; then this long. */
const DRAIN_TIMEOUT_MS = 10_000;

/**
 * The embedded MQTT 3.1.1 broker: EdgeX peers and tools see the bus as on Mosquitto. Sessions end with the connection
 * and nothing is retained, as EdgeX uses it (QoS 0, clean, no retain): so nothing is kept for clients that are away.
 * Throws ServiceUnavailable, code "port-in-use", naming the port and who holds it.
 */
export async function openBroker(options: BrokerOptions, deps: MqttDeps): Promise<Broker> {
  const { host = "127.0.0.1", port = 1883, maxConnections = 128, maxPacketBytes = 1_048_576 } = options;
  const { log, metrics } = deps;
  const interest = new Interest();
  const window = new Window();
  const buffered = new WeakMap<Client, number>();
  const gates = new WeakMap<Socket, ReadGate>();
  const keepAlives = new WeakMap<Socket, KeepAlive>();

  const { Aedes } = await import("aedes"); // only for those who want a broker: 60 ms
  const aedes = await Aedes.createBroker({
    concurrency: CONCURRENCY,
    connectTimeout: CONNECT_TIMEOUT_MS,
    drainTimeout: DRAIN_TIMEOUT_MS,
    maxInflightInbound: MAX_QOS2,
    preConnect(client, packet, done) {
      packet.clean = true;
      const [socket, seconds] = [client.conn as Socket, packet.keepalive ?? 0];
      packet.keepalive = 0; // aedes would end a client that is held, after 1.5 of them
      keepAlives.get(socket)?.expect(seconds, () => {
        log.debug({ client: client.id, seconds }, "an MQTT client has been silent for 1.5 of its keep-alives");
        socket.destroy();
      });
      done(null, true);
    },
    authorizePublish(_client, packet, done) {
      if (packet.topic.startsWith("$SYS/")) return done(new Error("$SYS/ belongs to the broker"));
      packet.retain = false;
      done(null);
    },
    authorizeSubscribe(client, subscription, done) {
      const granted = interest.count(client) < MAX_FILTERS;
      if (granted) interest.add(client, subscription.topic);
      done(null, granted ? subscription : null);
    },
    authorizeForward(client, packet) {
      return reserve(client, packet, buffered) ? packet : shed(packet);
    },
    published(packet, client, done) {
      // aedes says null for its own and our publishes, though its types do not.
      if ((client as Client | null) === null) return done();
      const wait = mirror.receive(packet.topic, asBytes(packet.payload));
      const gate = client === null ? undefined : gates.get(client.conn as Socket);
      if (wait === undefined) done();
      else if (gate === undefined) void wait.then(() => done());
      else void gate.hold(wait, done);
    },
  });

  function shed(packet: AedesPublishPacket): null {
    mirror.drop("slow-client", packet.topic, "a subscriber reads too slowly and misses messages");
    return null;
  }

  const mirror = new Mirror({ ...options, name: "mqtt-broker" }, deps, {
    wants: (topic) => interest.has(topic),
    send(topic, bytes) {
      const payload = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const wait = window.add(payload.length);
      const packet = { cmd: "publish", topic, payload, qos: 0, retain: false, dup: false } as const;
      aedes.publish(packet, () => window.done(payload.length));
      return wait;
    },
  });

  aedes.on("unsubscribe", (topics, client) => interest.remove(client, topics));
  aedes.on("clientReady", (client) => keepAlives.get(client.conn as Socket)?.start());
  aedes.on("clientDisconnect", (client) => interest.drop(client));
  aedes.on("clientError", (client, error) => log.debug({ client: client.id, error }, "an MQTT client failed"));
  aedes.on("connectionError", (_client, error) => log.debug({ error }, "an MQTT connection failed"));
  (aedes as NodeJS.EventEmitter).on("error", (error: unknown) => log.error({ error }, "the MQTT broker failed"));
  metrics.observe("jx_mqtt_clients", "Clients connected to the embedded broker", () => aedes.connectedClients);

  // The write buffer's mark lies above CLIENT_BUFFER, so a write never waits: one client that stands still stops nobody.
  const sockets = new Set<Socket>();
  const server = createServer({ highWaterMark: 2 * CLIENT_BUFFER, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    limitPackets(socket, maxPacketBytes, () =>
      mirror.drop("too-large", socket.remoteAddress ?? "", `a packet exceeds ${maxPacketBytes} bytes`),
    );
    keepAlives.set(socket, new KeepAlive(socket));
    gates.set(socket, new ReadGate(socket, Math.ceil(UNDER_WAY / maxConnections)));
    aedes.handle(socket);
  });
  server.maxConnections = maxConnections;
  server.on("drop", () => mirror.drop("too-many-connections", "", `more than ${maxConnections} connections`));
  try {
    await listen(server, host, port);
  } catch (error) {
    mirror[Symbol.dispose]();
    await new Promise<void>((resolve) => aedes.close(resolve));
    throw error;
  }
  const address = server.address();
  return {
    host,
    port: typeof address === "object" && address !== null ? address.port : port,
    get clients() {
      return aedes.connectedClients;
    },
    async [Symbol.asyncDispose]() {
      mirror[Symbol.dispose]();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await new Promise<void>((resolve) => aedes.close(resolve));
      for (const socket of sockets) socket.destroy(); // those that never said CONNECT
      await closed;
    },
  };
}

/**
 * Takes room in a client's write buffer, or says no. The bytes count from here until aedes has written them, one turn of
 * the loop later; a message larger than the whole buffer goes to a client that has nothing waiting.
 */
function reserve(client: Client, packet: AedesPublishPacket, buffered: WeakMap<Client, number>): boolean {
  const size = packet.topic.length + packet.payload.length + 16;
  const reserved = buffered.get(client) ?? 0;
  const waiting = (client.conn as Socket).writableLength + reserved;
  if (waiting > 0 && waiting + size > CLIENT_BUFFER) return false;
  buffered.set(client, reserved + size);
  setImmediate(() => buffered.set(client, (buffered.get(client) ?? size) - size));
  return true;
}

function asBytes(payload: string | Buffer): Uint8Array {
  return typeof payload === "string" ? Buffer.from(payload) : payload;
}

/** Which topics network clients asked for. */
class Interest {
  readonly #tree = new TopicTree<Client>();
  readonly #filters = new Map<Client, Set<string>>();

  has(topic: string): boolean {
    return this.#tree.match(topic).length > 0;
  }

  count(client: Client): number {
    return this.#filters.get(client)?.size ?? 0;
  }

  add(client: Client, filter: string): void {
    const own = this.#filters.get(client) ?? new Set();
    this.#filters.set(client, own.add(filter));
    this.#tree.add(filter, client);
  }

  remove(client: Client, filters: Iterable<string>): void {
    const own = this.#filters.get(client);
    for (const filter of filters) if (own?.delete(filter) === true) this.#tree.remove(filter, client);
  }

  drop(client: Client): void {
    this.remove(client, [...(this.#filters.get(client) ?? [])]);
    this.#filters.delete(client);
  }
}

function unusable(host: string, port: number, cause: unknown): AppError {
  const reason = messageOf(cause);
  const text = `the MQTT broker cannot listen on ${host}:${port}: ${reason}; choose another port (--mqtt-port) or go without (--no-broker)`;
  return new AppError("ServiceUnavailable", text, {
    code: "broker-address-unusable",
    cause,
    details: { host, port, reason },
  });
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: Error & { code?: string }) => {
      if (cause.code !== "EADDRINUSE") return reject(unusable(host, port, cause));
      const holder = portHolder(port);
      const by = holder === undefined ? "" : ` by ${holder}`;
      reject(
        new AppError(
          "ServiceUnavailable",
          `the MQTT broker cannot listen on ${host}:${port}: the port is taken${by}; stop that program, choose another port (--mqtt-port) or go without (--no-broker); jx doctor shows all ports`,
          { code: "port-in-use", cause, details: { host, port, holder: holder ?? null } },
        ),
      );
    });
    server.listen(port, host, resolve);
  });
}
