import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { withTimeout } from "@jx/kit";
import { openLink } from "./link.ts";
import { bench, until } from "./test-kit.fixture.ts";

/** MQTT 3.1.1 §3.2, §3.9: the connection and the one subscription are taken. */
const CONNACK = Uint8Array.of(0x20, 2, 0, 0);
const SUBACK = [0x90, 3] as const;
/** A subscription to one filter of one character (§3.8). */
const SUBSCRIBE_BYTES = 8;

/** A broker that takes a connection and its subscription, and then reads on or not. */
async function standingBroker() {
  const sockets: Socket[] = [];
  const received: number[] = [];
  let reads = false;
  const server = createServer((socket) => {
    const at = sockets.push(socket) - 1;
    received[at] = 0;
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write(CONNACK);
      socket.once("data", (subscribe: Buffer) => {
        // The packet id stands behind a header of two bytes.
        socket.write(Uint8Array.of(...SUBACK, subscribe[2] ?? 0, subscribe[3] ?? 0, 0));
        // What follows may have come in the same chunk.
        received[at] = subscribe.length - SUBSCRIBE_BYTES;
        if (!reads) socket.pause();
        socket.on("data", (bytes) => {
          received[at] = (received[at] ?? 0) + bytes.length;
        });
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as { port: number }).port,
    sockets,
    received,
    readOn() {
      reads = true;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test("what a broker that stood still has not read is let go with its connection", async () => {
  await using broker = await standingBroker();
  const { log } = bench();
  await using link = await openLink(
    {
      name: "the broker",
      host: "127.0.0.1",
      port: broker.port,
      clientId: "c",
      filters: ["a"],
      maxPacketBytes: 1_000,
      reconnectMs: 10,
    },
    { log, receive: () => undefined },
  );
  await link.ready;
  const payload = new Uint8Array(65_536);
  let wait: Promise<void> | undefined;
  // Until neither the kernel nor the window takes more.
  for (let sent = 0; sent < 1_000; sent += 1) {
    wait = link.send("t", payload);
    if (wait === undefined) continue;
    const room = await Promise.race([wait.then(() => true), new Promise((resolve) => setTimeout(resolve, 50, false))]);
    if (room !== true) break;
  }
  assert.ok(wait !== undefined);
  broker.readOn();
  broker.sockets[0]?.destroy();
  await withTimeout(wait, 5_000, "room after the loss of the connection");
  await until("a new connection", () => broker.sockets.length === 2 && link.connected);
  assert.equal(link.send("t", new Uint8Array(10)), undefined, "the window is empty again");
  await until("the message", () => (broker.received[1] ?? 0) > 0);
});

test("a receiver that is full for longer than the keep-alive does not cost the connection", async () => {
  // Takes connection and subscription, sends three messages and answers pings, behind them.
  const pings: number[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.on("data", (bytes: Buffer) => {
      if (bytes[0] === 0x10) return socket.write(CONNACK);
      if (bytes[0] === 0x82) {
        socket.write(Uint8Array.of(...SUBACK, bytes[2] ?? 0, bytes[3] ?? 0, 0));
        // MQTT 3.1.1 §3.3: QoS 0, topic "a", a payload of one byte.
        for (const text of ["x", "y", "z"]) socket.write(Buffer.from(`\u0030\u0004\0\u0001a${text}`, "latin1"));
      }
      if (bytes[0] === 0xc0) {
        pings.push(performance.now());
        socket.write(Uint8Array.of(0xd0, 0));
      }
      return undefined;
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const room = Promise.withResolvers<void>();
  const got: string[] = [];
  const { log } = bench();
  const link = await openLink(
    {
      name: "the broker",
      host: "127.0.0.1",
      port: (server.address() as { port: number }).port,
      clientId: "c",
      filters: ["a"],
      maxPacketBytes: 1_000,
      reconnectMs: 10,
      keepAliveS: 1,
    },
    {
      log,
      receive({ bytes }) {
        got.push(Buffer.from(bytes).toString());
        return room.promise;
      },
    },
  );
  try {
    await until("the first message", () => got.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    assert.ok(link.connected && sockets.length === 1, `${sockets.length} connections`);
    assert.deepEqual(got, ["x"], "the others waited");
    // MQTT 3.1.1 §3.1.2.10: the broker wants to hear of us within each 1.5 s.
    assert.ok(pings.length >= 3, `${pings.length} pings`);
    room.resolve();
    await until("the others", () => got.length === 3);
    assert.deepEqual(got, ["x", "y", "z"]);
  } finally {
    await link[Symbol.asyncDispose]();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});
