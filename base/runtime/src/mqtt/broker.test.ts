import assert from "node:assert/strict";
import { connect as connectSocket } from "node:net";
import { after, test } from "node:test";
import { type EventMessage, encodeEnvelope, type Message } from "@jx/contracts";
import { isAppError } from "@jx/kit";
import mqtt, { type MqttClient } from "mqtt";
import { createBus } from "../bus/bus.ts";
import { type Broker, type BrokerOptions, openBroker } from "./broker.ts";
import { type Bench, bench, EVENT_TOPIC, eventMessage, jsonMessage, until } from "./test-kit.fixture.ts";

const stack = new AsyncDisposableStack();
after(() => stack.disposeAsync());

async function open(options: BrokerOptions = {}): Promise<Bench & { broker: Broker }> {
  const parts = bench();
  const broker = stack.use(await openBroker({ port: 0, ...options }, parts));
  return { ...parts, broker };
}

async function client(
  broker: Broker,
  clientId?: string,
): Promise<MqttClient & { got: { topic: string; text: string }[] }> {
  const options = { port: broker.port, host: "127.0.0.1", reconnectPeriod: 0, protocolVersion: 4 } as const;
  const peer = await mqtt.connectAsync({ ...options, ...(clientId === undefined ? {} : { clientId }) });
  stack.defer(() => peer.endAsync(true).then(() => undefined));
  const got: { topic: string; text: string }[] = [];
  peer.on("message", (topic, payload) => got.push({ topic, text: payload.toString() }));
  return Object.assign(peer, { got });
}

const dropped = (metrics: Bench["metrics"], reason: string): number =>
  Number(new RegExp(`jx_mqtt_dropped_total\\{[^}]*reason="${reason}"\\} (\\d+)`).exec(metrics.text())?.[1] ?? 0);
const sent = (metrics: Bench["metrics"]): number =>
  Number(/jx_mqtt_sent_total\{[^}]*\} (\d+)/.exec(metrics.text())?.[1] ?? 0);

test("a subscriber sees the bus as EdgeX envelopes, in order", async () => {
  const { bus, broker } = await open();
  const peer = await client(broker);
  await peer.subscribeAsync("edgex/#");
  for (let i = 0; i < 200; i += 1) await bus.publish(eventMessage(i));
  await until("200 envelopes", () => peer.got.length === 200);
  const envelope = JSON.parse(peer.got[7]?.text ?? "") as { payload: { event: { readings: { value: string }[] } } };
  assert.equal(peer.got[7]?.topic, EVENT_TOPIC);
  assert.equal(envelope.payload.event.readings[0]?.value, "7e+00");
  assert.ok(peer.got[7]?.text.includes('"origin":1795472304567279165'));
});

test("the bus has a listener outside only where a client asked for the topic", async () => {
  const bus = createBus({ onError: assert.ifError });
  const broker = stack.use(await openBroker({ port: 0, escapeNames: true }, { ...bench(), bus }));
  const topic = "edgex/device-x/validate/device";
  assert.equal(bus.hasSubscriber(topic), false);
  const peer = await client(broker);
  await peer.subscribeAsync("edgex/device%2Dx/validate/#");
  assert.equal(bus.hasSubscriber(topic), true);
});

test("nothing is encoded while nobody listens to the topic", async () => {
  const { bus, broker, metrics } = await open();
  const peer = await client(broker);
  await peer.subscribeAsync("edgex/events/#");
  await bus.publish(jsonMessage("edgex/configs/a", 1));
  await bus.publish(eventMessage(1));
  await until("the event", () => peer.got.length === 1);
  assert.equal(sent(metrics), 1);
  await peer.unsubscribeAsync("edgex/events/#");
  await bus.publish(eventMessage(2));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(sent(metrics), 1);
});

test("an event from outside reaches the bus once, from outside, and comes back to subscribers once", async () => {
  const { broker, seen, metrics } = await open();
  const peer = await client(broker);
  await peer.subscribeAsync("edgex/#");
  const message = eventMessage(3);
  await peer.publishAsync(EVENT_TOPIC, Buffer.from(encodeEnvelope(message)), { qos: 1 });
  await until("the event on the bus", () => seen.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(seen.length, 1);
  assert.deepEqual(seen[0], { ...message, from: "outside" } satisfies Message);
  assert.equal(peer.got.length, 1, "the broker delivers it, the mirror does not repeat it");
  assert.equal(sent(metrics), 0);
});

test("what is no envelope, or names another event in its topic, is dropped, counted and logged once with its topic", async () => {
  const { broker, seen, metrics, logged } = await open();
  const peer = await client(broker);
  for (const bad of ["", "x", "{}", '{"payload":5}', "[[["]) await peer.publishAsync(EVENT_TOPIC, bad);
  await peer.publishAsync("edgex/events/device/s/p/other/temp", Buffer.from(encodeEnvelope(eventMessage(1))));
  await peer.publishAsync("elsewhere/x", "not ours");
  await peer.publishAsync(
    "edgex/response/a/1",
    Buffer.from(encodeEnvelope(jsonMessage("edgex/response/a/1", { ok: true }))),
  );
  await until("the good one", () => seen.length === 1);
  assert.equal(seen[0]?.topic, "edgex/response/a/1");
  assert.equal(dropped(metrics, "malformed"), 5);
  assert.equal(dropped(metrics, "topic-mismatch"), 1);
  const warnings = logged.filter(({ message }) => message.startsWith("an MQTT message was dropped"));
  assert.equal(warnings.length, 2);
  assert.ok(JSON.stringify(warnings[0]?.context).includes(EVENT_TOPIC));
});

test("escaped names: percent-encoded on the wire, plain on the bus; unescaped, a name with # cannot travel", async () => {
  const escaped = await open({ escapeNames: true });
  const peer = await client(escaped.broker);
  await peer.subscribeAsync("edgex/#");
  await escaped.bus.publish(eventMessage(1));
  const wireTopic = "edgex/events/device/device%2Dvirtual/p/pump%2D1/temp";
  await until("the event", () => peer.got.length === 1);
  assert.equal(peer.got[0]?.topic, wireTopic);
  await peer.publishAsync(wireTopic, Buffer.from(encodeEnvelope(eventMessage(2))));
  await until("one from outside", () => escaped.seen.length === 2);
  assert.equal(escaped.seen[1]?.topic, EVENT_TOPIC);

  const plain = await open();
  await (await client(plain.broker)).subscribeAsync("edgex/#");
  await plain.bus.publish(jsonMessage("edgex/system-events/core-metadata/device/add/a#b", {}));
  await until("the loss is counted", () => dropped(plain.metrics, "topic-not-mqtt") === 1);
});

test("optimised events and CBOR: so on the wire, whole on the bus, from whoever they come", async () => {
  const shortened = await open({ events: { optimized: true } });
  const peer = await client(shortened.broker);
  await peer.subscribeAsync("edgex/#");
  await shortened.bus.publish(eventMessage(1));
  await until("the event", () => peer.got.length === 1);
  assert.ok(!peer.got[0]?.text.includes('"resourceName"'), peer.got[0]?.text);
  const second = eventMessage(2);
  for (const events of [{ optimized: true }, { cbor: true }]) {
    await peer.publishAsync(EVENT_TOPIC, Buffer.from(encodeEnvelope(second, events)));
  }
  const plain = await open();
  const other = await client(plain.broker);
  await other.publishAsync(EVENT_TOPIC, Buffer.from(encodeEnvelope(second, { optimized: true })));
  await until("those from outside", () => shortened.seen.length === 3 && plain.seen.length === 1);
  for (const message of [shortened.seen[1], shortened.seen[2], plain.seen[0]]) {
    assert.deepEqual((message as EventMessage).event, second.event);
  }
  const cbor = await open({ events: { cbor: true } });
  const third = await client(cbor.broker);
  await third.subscribeAsync("edgex/#");
  await cbor.bus.publish(eventMessage(1));
  await until("the event in CBOR", () => third.got.length === 1);
  assert.ok(third.got[0]?.text.includes('"contentType":"application/cbor"'));
});

test("a port that is taken is named", async () => {
  const { broker } = await open();
  await assert.rejects(
    openBroker({ port: broker.port }, bench()),
    (error) => isAppError(error) && error.code === "port-in-use" && error.message.includes(`127.0.0.1:${broker.port}`),
  );
});

test("nothing is kept for clients that are away: no retained messages, no sessions", async () => {
  const { broker } = await open();
  const first = await client(broker, "same");
  await first.publishAsync("elsewhere/r", "kept?", { retain: true });
  await first.endAsync();
  const second = await mqtt.connectAsync({
    port: broker.port,
    clientId: "same",
    clean: false,
    protocolVersion: 4,
    reconnectPeriod: 0,
  });
  stack.defer(() => second.endAsync(true).then(() => undefined));
  let got = 0;
  second.on("message", () => {
    got += 1;
  });
  await second.subscribeAsync("elsewhere/#", { qos: 1 });
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(got, 0);
});

test("a packet that announces too much ends its connection, and only that one", async () => {
  const { broker, metrics } = await open({ maxPacketBytes: 10_000 });
  const healthy = await client(broker);
  await healthy.subscribeAsync("elsewhere/#");
  const rude = await client(broker);
  rude.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => rude.once("close", () => resolve()));
  rude.publish("elsewhere/big", Buffer.alloc(10_001));
  await closed;
  assert.equal(dropped(metrics, "too-large"), 1);
  await healthy.publishAsync("elsewhere/ok", Buffer.alloc(9_000));
  await until("the healthy one goes on", () => healthy.got.length === 1);
});

test("connections and subscriptions are capped", async () => {
  const { broker, metrics } = await open({ maxConnections: 2 });
  const one = await client(broker);
  await client(broker);
  const third = connectSocket(broker.port, "127.0.0.1");
  await new Promise((resolve) => third.once("close", resolve));
  assert.equal(dropped(metrics, "too-many-connections"), 1);
  assert.equal(broker.clients, 2);
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`elsewhere/${i}`, { qos: 0 as const }]));
  const granted = await one.subscribeAsync(many).catch((error: unknown) => error);
  assert.ok(granted instanceof Error, "the 44 beyond 256 are refused");
});

test("a subscriber that stands still loses messages; another loses none, and memory stays bounded", async () => {
  const { bus, broker, metrics } = await open();
  const healthy = await client(broker);
  await healthy.subscribeAsync("edgex/#");
  // Says CONNECT and SUBSCRIBE by hand and then never reads.
  const paused = connectSocket(broker.port, "127.0.0.1");
  stack.defer(() => void paused.destroy());
  paused.write(Buffer.from("100f00044d5154540402000000037a7a7a", "hex"));
  paused.write(Buffer.from("820c000100076564676578 2f2300".replace(" ", ""), "hex"));
  await until("both clients", () => broker.clients === 2);
  await new Promise((resolve) => setTimeout(resolve, 50));
  paused.pause();
  const filler = { filler: "x".repeat(4_000) };
  const count = 4_000;
  for (let i = 0; i < count; i += 1) {
    void bus.publish(jsonMessage("edgex/test/flood", { i, ...filler }));
    if (i % 32 === 31) await new Promise((resolve) => setImmediate(resolve));
  }
  await until(
    "the healthy client's last message",
    () => healthy.got.at(-1)?.text.includes(`"i":${count - 1},`) === true,
    20_000,
  );
  const mirror = bus.stats().find(({ name }) => name === "mqtt-broker");
  assert.equal(healthy.got.length, count - (mirror?.dropped ?? 0));
  assert.ok(dropped(metrics, "slow-client") > 0, "the paused client was shed");
});
