/** Our broker against Mosquitto's clients, and our mirror on a real Mosquitto. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type EventMessage, encodeEnvelope, eventFromJson, type Message, parseJson } from "@jx/contracts";
import { type Bus, connectBroker, createBus, createMetrics, type Logger, type Metrics, openBroker } from "@jx/runtime";
import { missing, publish, startMosquitto, subscribe, until } from "./mosquitto.ts";

const skip = missing();
const silent = (): void => undefined;
const log: Logger = { trace: silent, debug: silent, info: silent, warn: silent, error: silent, child: () => log };

interface Edge {
  readonly bus: Bus;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly seen: Message[];
}

function edge(): Edge {
  const seen: Message[] = [];
  const bus = createBus({ onError: assert.ifError });
  bus.subscribe("#", { name: "seen", policy: "block", capacity: 1_000 }, (message) => void seen.push(message));
  return { bus, metrics: createMetrics(), log, seen };
}

const TOPIC = "edgex/events/device/device-virtual/泵 profile/pump-1/all";

/** Every value type, as EdgeX's own modules wrote it (base/contracts/src/wire/vectors). */
const vectors = JSON.parse(
  readFileSync(new URL("../../../base/contracts/src/wire/vectors/go-vectors.json", import.meta.url), "utf8"),
) as { envelopeJson: string; envelopeCborPayload: string; requestJson: string };

function everyType(): EventMessage {
  const request = parseJson(vectors.requestJson) as { event: unknown };
  const event = eventFromJson(request.event);
  return { kind: "event", topic: TOPIC, correlationId: crypto.randomUUID(), from: "inside", event };
}

test("mosquitto_sub sees EdgeX envelopes on our broker", { skip }, async () => {
  await using stack = new AsyncDisposableStack();
  const parts = edge();
  const broker = stack.use(await openBroker({ port: 0 }, parts));
  const subscriber = stack.use(await subscribe(broker.port, "edgex/#"));
  const message = everyType();
  await parts.bus.publish(message);
  await until("the envelope", () => subscriber.got.length === 1);
  assert.equal(subscriber.got[0]?.topic, TOPIC);
  assert.equal(subscriber.got[0]?.payload, new TextDecoder().decode(encodeEnvelope(message)));
});

test("an envelope that mosquitto_pub sends to our broker arrives on the bus once", { skip }, async () => {
  await using stack = new AsyncDisposableStack();
  const parts = edge();
  const broker = stack.use(await openBroker({ port: 0 }, parts));
  const subscriber = stack.use(await subscribe(broker.port, "edgex/#"));
  for (const envelope of [vectors.envelopeJson, vectors.envelopeCborPayload]) {
    await publish(broker.port, TOPIC, envelope);
  }
  await until("both forms", () => parts.seen.length === 2 && subscriber.got.length === 2);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(parts.seen.length, 2);
  assert.equal(subscriber.got.length, 2);
  for (const message of parts.seen) {
    assert.equal(message.from, "outside");
    assert.deepEqual(message.kind === "event" && message.event, everyType().event);
  }
});

test("on a real Mosquitto: ours goes out once, theirs comes in once, and it reconnects", { skip }, async () => {
  await using stack = new AsyncDisposableStack();
  const mosquitto = stack.use(await startMosquitto());
  const parts = edge();
  const door = stack.use(await connectBroker({ host: "127.0.0.1", port: mosquitto.port, reconnectMs: 50 }, parts));
  await door.ready;
  const subscriber = stack.use(await subscribe(mosquitto.port, "edgex/#"));
  await parts.bus.publish(everyType());
  await until("ours outside", () => subscriber.got.length === 1);
  await publish(mosquitto.port, TOPIC, vectors.envelopeJson);
  await until("theirs inside", () => parts.seen.length === 2);
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.deepEqual(
    parts.seen.map(({ from }) => from),
    ["inside", "outside"],
    "our own message came back from Mosquitto and was not handled again",
  );
  assert.equal(subscriber.got.length, 2);
});
