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
