import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { AppError } from "@jx/kit";
import { hostInUrl } from "../http/host-in-url.ts";
import type { Logger } from "../log/logger.ts";
import { limitPackets } from "./packet-limit.ts";
import { RateLimit } from "./rate-limit.ts";
import { Window } from "./window.ts";

export interface LinkOptions {
  /** What the broker is called in the log: "the outside MQTT broker". */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Left out: plain TCP. */
  readonly tls?: LinkTls;
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  readonly filters: readonly string[];
  /** Of the subscriptions, and of what is sent; 0 by default. */
  readonly qos?: 0 | 1 | 2;
  /** s; 60 by default. */
  readonly keepAliveS?: number;
  /** ms until an attempt to connect is given up; 30,000 by default. */
  readonly connectTimeoutMs?: number;
  /** ms between two attempts to connect; 1,000 by default. */
  readonly reconnectMs?: number;
  /** False: a connection that was there and is lost stays away. True by default. */
  readonly reconnect?: boolean;
  /** The largest packet the broker may send, in bytes; it ends the connection. */
  readonly maxPacketBytes: number;
}

/** All in PEM. */
export interface LinkTls {
  /** In place of the authorities that Node knows. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** False: any certificate is taken. */
  readonly verify: boolean;
}

export interface LinkMessage {
  readonly topic: string;
  readonly bytes: Uint8Array;
  /** The broker kept it: nobody has sent it now. */
  readonly retained: boolean;
}

export interface LinkDeps {
  readonly log: Logger;
  /** A promise means: read no more from the socket until it resolves. Never throws. */
  receive(message: LinkMessage): Promise<void> | undefined;
  /** Called at each connection, once the broker has taken the subscriptions. */
  readonly subscribed?: () => void;
}

export interface Link extends AsyncDisposable {
  readonly connected: boolean;
  /** Resolves when connected and subscribed for the first time. */
  readonly ready: Promise<void>;
  /** While connected. A promise means: wait for it before sending more; it never rejects. */
  send(topic: string, bytes: Uint8Array, retain?: boolean): Promise<void> | undefined;
}

/**
 * One connection to somebody else's MQTT 3.1.1 broker. It never holds up its maker, connects and subscribes by itself,
 * again and again, and keeps nothing for a broker that is away. Sessions are clean, so nothing waits there for us either.
 */
export async function openLink(options: LinkOptions, deps: LinkDeps): Promise<Link> {
  const { default: mqtt } = await import("mqtt"); // only for those who have such a broker: 60 ms
  const { log } = deps;
  const broker = `${hostInUrl(options.host)}:${options.port}`;
  const { qos = 0, keepAliveS = 60 } = options;
  let window = new Window();
  const quiet = new RateLimit();
  const failed = (error: unknown): void => {
    const repeated = quiet.hit("error");
    if (repeated !== undefined) log.warn({ broker, error, repeated }, `${options.name} cannot be reached`);
  };
  const client = new mqtt.MqttClient(() => openSocket(options, failed), {
    protocolVersion: 4,
    clientId: options.clientId,
    clean: true,
    queueQoSZero: false,
    resubscribe: false,
    keepalive: keepAliveS,
    connectTimeout: options.connectTimeoutMs ?? 30_000,
    reconnectPeriod: options.reconnectMs ?? 1_000,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: options.password }),
  });

  // The method, not the event: its callback holds back the socket while the receiver is full.
  client.handleMessage = (packet, done) => {
    const bytes = typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
    const wait = deps.receive({ topic: packet.topic, bytes, retained: packet.retain });
    heard = true;
    if (wait === undefined) return done();
    held += 1;
    void wait.then(() => {
      held -= 1;
      done();
    });
  };
  let heard = false;
  let held = 0;
  // The answer to a ping stands behind what waits for the receiver, and mqtt.js would take the broker for dead; ours must
  // go out all the same. Whoever sends is there; and one that is gone while we do not read fails at our pings.
  const alive = setInterval(() => {
    if (client.connected && (heard || held > 0)) {
      client.sendPing();
      client.reschedulePing(true);
    }
    heard = false;
  }, keepAliveS * 500);
  if (keepAliveS === 0) clearInterval(alive);

  const first = Promise.withResolvers<void>();
  first.promise.catch(() => undefined); // whoever does not wait for it should not crash by it
  client.on("connect", () => {
    if (options.reconnect === false) client.options.reconnectPeriod = 0;
    client.subscribe([...options.filters], { qos }, (error, granted = []) => {
      // 128 is the broker's refusal (MQTT 3.1.1 §3.9.3).
      const refused = granted.filter((grant) => (grant.qos as number) === 128).map(({ topic }) => topic);
      if ((error !== null && error !== undefined) || refused.length > 0) {
        log.error({ broker, error, refused }, `${options.name} refused our subscription`);
        return;
      }
      log.info({ broker }, `connected to ${options.name}`);
      first.resolve();
      deps.subscribed?.();
    });
  });
  client.on("close", () => {
    log.debug({ broker }, `${options.name} is away`);
    if (qos > 0) return; // sent again with the next connection, and then done
    // Bytes that waited in the socket have gone with it, and mqtt says nothing of them.
    window[Symbol.dispose]();
    window = new Window();
  });
  client.on("error", failed);

  return {
    get connected() {
      return client.connected;
    },
    ready: first.promise,
    send(topic, bytes, retain = false) {
      const own = window;
      const wait = own.add(bytes.length);
      const payload = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      client.publish(topic, payload, { qos, retain }, () => own.done(bytes.length));
      return wait;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(alive);
      first.reject(new AppError("Aborted", `the connection to ${broker} was closed`));
      await client.endAsync(true);
    },
  };
}

function openSocket(options: LinkOptions, failed: (error: unknown) => void): Socket {
  const { host, port, tls, maxPacketBytes } = options;
  const socket =
    tls === undefined
      ? connectTcp({ host, port })
      : connectTls({
          host,
          port,
          rejectUnauthorized: tls.verify,
          ...(isIP(host) === 0 ? { servername: host } : {}),
          ...(tls.ca === undefined ? {} : { ca: tls.ca }),
          ...(tls.cert === undefined ? {} : { cert: tls.cert }),
          ...(tls.key === undefined ? {} : { key: tls.key }),
        });
  socket.setNoDelay(true);
  limitPackets(socket, maxPacketBytes, () =>
    failed(new Error(`it sent a packet of more than ${maxPacketBytes} bytes`)),
  );
  return socket;
}
