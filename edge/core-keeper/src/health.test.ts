/** Services that hang, trickle or never stop answering are down, in the time that a probe has. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { type TestContext, test } from "node:test";
import type { Registration } from "@jx/contracts";
import { probeHttp } from "./health.ts";

const TIMEOUT_MS = 150;
const LIMIT_MS = 5_000;

async function listen(t: TestContext, server: Server): Promise<Registration> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return {
    serviceId: "s",
    host: "127.0.0.1",
    port,
    HealthCheck: { interval: "1s", path: "/api/v3/ping", type: "http" },
  };
}

function httpPeer(t: TestContext, listener: RequestListener): Promise<Registration> {
  const server = createServer(listener);
  t.after(() => server.closeAllConnections());
  return listen(t, server);
}

async function probed(registration: Registration, signal = new AbortController().signal): Promise<boolean> {
  const start = performance.now();
  const isUp = await probeHttp(registration, TIMEOUT_MS, signal);
  assert.ok(performance.now() - start < LIMIT_MS);
  return isUp;
}

test("takes the connection and says nothing: down", async (t) => {
  const server = createTcpServer((socket) => t.after(() => socket.destroy()));
  assert.equal(await probed(await listen(t, server)), false);
});

test("answers something else than HTTP: down", async (t) => {
  const server = createTcpServer((socket) => socket.on("error", () => undefined).end("SSH-2.0-OpenSSH_9.2\r\n"));
  assert.equal(await probed(await listen(t, server)), false);
});

test("sends a head without end: down", async (t) => {
  const server = createTcpServer((socket) => {
    socket.on("error", () => undefined).write("HTTP/1.1 200 OK\r\n");
    const timer = setInterval(() => socket.write(`X-A: ${"b".repeat(100)}\r\n`), 10);
    socket.on("close", () => clearInterval(timer));
    t.after(() => socket.destroy());
  });
  assert.equal(await probed(await listen(t, server)), false);
});

test("sends a body without end after a good head: up, and the body is not read", async (t) => {
  let closed = false;
  const registration = await httpPeer(t, (_request, response) => {
    const timer = setInterval(() => response.write("x".repeat(100_000)), 1);
    response.on("close", () => {
      closed = true;
      clearInterval(timer);
    });
  });
  assert.equal(await probed(registration), true);
  for (let i = 0; i < 500 && !closed; i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(closed);
});

test("sends on in a circle: down", async (t) => {
  const registration = await httpPeer(t, (_request, response) => response.writeHead(302, { location: "/" }).end());
  assert.equal(await probed(registration), false);
});

test("an address that is none, whatever is written there: down", async () => {
  for (const [host, type, path] of [
    ["no host", "http", "/"],
    ["127.0.0.1", "file", "/etc/passwd"],
    ["127.0.0.1", "http", "@example.invalid/"],
    ["", "", ""],
  ] as const) {
    const registration = { serviceId: "s", host, port: 1, HealthCheck: { interval: "1s", path, type } };
    assert.equal(await probed(registration), false, host);
  }
});

test("the end of keeper ends a probe under way", async (t) => {
  const registration = await httpPeer(t, () => undefined);
  const end = new AbortController();
  const start = performance.now();
  const probe = probeHttp(registration, 60_000, end.signal);
  setTimeout(() => end.abort(), 30);
  assert.equal(await probe, false);
  assert.ok(performance.now() - start < LIMIT_MS);
});
