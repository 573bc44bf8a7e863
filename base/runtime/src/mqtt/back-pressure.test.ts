/** A subscriber of the bus that is slower than the clients of the broker: what DESIGN §8.8 and MQTT 3.1.1 §3.1.2.10 ask. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectSocket, type Socket } from "node:net";
import { after, test } from "node:test";
import { encodeEnvelope, type JsonMessage } from "@jx/contracts";
import mqtt from "mqtt";
import { type Broker, openBroker } from "./broker.ts";
import { type Bench, bench, jsonMessage, until } from "./test-kit.fixture.ts";

const stack = new AsyncDisposableStack();
after(() => stack.disposeAsync());

/** MQTT 3.1.1 §3.1: protocol "MQTT" 4, a clean session; the client's name has one character. */
const hello = (name: string, keepAliveS: number): Buffer =>
  Buffer.concat([
    Buffer.from("100d00044d51545404020000", "hex").fill(keepAliveS, 11),
    Buffer.from(`\0\u0001${name}`, "latin1"),
  ]);
const PINGREQ = Uint8Array.of(0xc0, 0);
const PINGRESP = "d000";

/** A QoS 0 PUBLISH of a message of some 200 bytes (MQTT 3.1.1 §3.3). */
function publishOf(client: string, i: number): Buffer {
  const topic = `edgex/test/${client}`;
  const payload = encodeEnvelope(jsonMessage(topic, i));
  const length = 2 + topic.length + payload.length;
  const head = Buffer.from([0x30, (length & 0x7f) | 0x80, length >> 7, 0, topic.length]);
  return Buffer.concat([head, Buffer.from(topic), payload]);
}

async function rawClient(broker: Broker, name: string, keepAliveS = 60): Promise<Socket & { answers: string[] }> {
  const socket = connectSocket(broker.port, "127.0.0.1");
  stack.defer(() => void socket.destroy());
  socket.on("error", () => undefined);
  const answers: string[] = [];
  socket.write(hello(name, keepAliveS));
  await once(socket, "data"); // CONNACK
  socket.on("data", (bytes: Buffer) => answers.push(bytes.toString("hex")));
  return Object.assign(socket, { answers });
}

/** A subscriber that takes nothing until `open`, and then some each millisecond, as a store does whose disk is slow. */
function slowSubscriber({ bus }: Bench, perMs: number) {
  const gate = Promise.withResolvers<void>();
  const got = new Map<string, number[]>();
  let count = 0;
  let most = 0;
  bus.subscribe("edgex/test/#", { name: "slow", policy: "block", capacity: 100 }, (message) => {
    const own = got.get(message.topic) ?? [];
    got.set(message.topic, own);
    own.push((message as JsonMessage).payload as number);
    most = Math.max(most, stats().waiting);
    count += 1;
    return count % perMs === 0 ? gate.promise.then(() => new Promise((resolve) => setTimeout(resolve, 1))) : undefined;
  });
  const stats = () => {
    const own = bus.stats().find(({ name }) => name === "slow");
    assert.ok(own !== undefined);
    return own;
  };
  return { got, stats, open: gate.resolve, most: () => most };
}

async function flood(socket: Socket, name: string, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    if (!socket.write(publishOf(name, i))) await once(socket, "drain");
  }
}

test("clients that send more than the bus takes lose nothing, and little of it waits", async () => {
  const parts = bench();
  const broker = stack.use(await openBroker({ port: 0 }, parts));
  const slow = slowSubscriber(parts, 50);
  slow.open();
  // Sixteen buffers of 1 MiB hold five times as many as the bus lets wait.
  const names = [..."abcdefghijklmnop"];
  const each = 3_000;
  await Promise.all(names.map(async (name) => flood(await rawClient(broker, name), name, each)));
  await until("everything was taken", () => slow.stats().delivered === names.length * each, 60_000);
  assert.equal(slow.stats().dropped, 0);
  for (const [topic, numbers] of slow.got) {
    assert.deepEqual(
      numbers,
      Array.from({ length: each }, (_, i) => i),
      `${topic}: all, in order`,
    );
  }
  // The subscriber's own 100; of each client a slice of 8 KiB, and what was cut at its ends.
  assert.ok(slow.most() < 100 + names.length * (8_192 / 170 + 2), `${slow.most()} waited`);
});

test("one client sending on and on, in small pieces, does not make the broker read ahead", async () => {
  const parts = bench();
  const broker = stack.use(await openBroker({ port: 0 }, parts));
  const slow = slowSubscriber(parts, 20);
  slow.open();
  const socket = await rawClient(broker, "a");
  socket.setNoDelay(true);
  await flood(socket, "a", 20_000);
  await until("everything was taken", () => slow.stats().delivered === 20_000, 60_000);
  assert.equal(slow.stats().dropped, 0);
  assert.ok(slow.most() < 100 + 8_192 / 170 + 2, `${slow.most()} waited`);
});

test("while one client is held, others are served and its own pings are answered, for longer than its keep-alive", async () => {
  const parts = bench();
  const broker = stack.use(await openBroker({ port: 0 }, parts));
  const slow = slowSubscriber(parts, 1);
  const held = await rawClient(broker, "h", 1);
  await flood(held, "h", 1_000);
  await until("the bus is full", () => slow.stats().waiting > 100);
  const other = await mqtt.connectAsync({ port: broker.port, host: "127.0.0.1", reconnectPeriod: 0 });
  stack.defer(() => other.endAsync(true).then(() => undefined));
  let answered = 0;
  other.on("message", () => {
    answered += 1;
  });
  await other.subscribeAsync("elsewhere/#");
  const pings = 5;
  for (let i = 0; i < pings; i += 1) {
    held.write(PINGREQ);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await other.publishAsync("elsewhere/x", "x", { qos: 1 });
  }
  await until("the other's messages", () => answered === pings);
  assert.equal(held.answers.join(""), PINGRESP.repeat(pings));
  assert.ok(slow.stats().waiting < 200, "it was held all the time");
  // Beyond its keep-alive without a sign of life, but with bytes that were not read: not its fault.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  assert.ok(!held.destroyed && !held.readableEnded);
  slow.open();
  await until("all of it", () => slow.stats().delivered === 1_000, 20_000);
  assert.deepEqual(
    slow.got.get("edgex/test/h"),
    Array.from({ length: 1_000 }, (_, i) => i),
  );
});

test("a client that is silent for one and a half of its keep-alives is let go, and one that pings is not", async () => {
  const broker = stack.use(await openBroker({ port: 0 }, bench()));
  const silent = await rawClient(broker, "s", 1);
  const alive = await rawClient(broker, "l", 1);
  const start = performance.now();
  const pinging = setInterval(() => alive.write(PINGREQ), 300);
  stack.defer(() => clearInterval(pinging));
  await once(silent, "close");
  assert.ok(performance.now() - start > 1_400);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  assert.ok(!alive.destroyed && alive.answers.length > 0);
  assert.equal(broker.clients, 1);
});
