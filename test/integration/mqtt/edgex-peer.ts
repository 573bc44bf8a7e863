/**
 * Our broker and envelopes against EdgeX's own Go client. By hand, for it needs Go ≥ 1.26 and its module proxy:
 *
 *     node scripts/run.mjs test/integration/mqtt/edgex-peer.ts
 */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { addEventFromJson, type Message, parseJson } from "@jx/contracts";
import { createBus, createMetrics, type Logger, openBroker } from "@jx/runtime";

const folder = fileURLToPath(new URL("./edgex-peer/", import.meta.url));
const program = fileURLToPath(new URL("../../../.cache/edgex-peer", import.meta.url));
execFileSync("go", ["build", "-o", program, "."], { cwd: folder, stdio: "inherit" });

const silent = (): void => undefined;
const log: Logger = {
  trace: silent,
  debug: silent,
  info: silent,
  warn: console.warn,
  error: console.error,
  child: () => log,
};
const vectors = new URL("../../../base/contracts/src/wire/vectors/go-vectors.json", import.meta.url);
const { event } = addEventFromJson(
  parseJson((JSON.parse(readFileSync(vectors, "utf8")) as { requestJson: string }).requestJson),
);

// With a Binary reading the payload is CBOR and exact; without one it is JSON, and Go's receiver rounds every origin.
for (const binary of [true, false]) {
  const outside: Message[] = [];
  const bus = createBus({ onError: assert.ifError });
  bus.subscribe("#", { name: "outside", policy: "block", capacity: 100 }, (message) => {
    if (message.from === "outside") outside.push(message);
  });
  await using broker = await openBroker({ port: 0 }, { bus, log, metrics: createMetrics() });
  const sent = { ...event, readings: event.readings.filter(({ valueType }) => binary || valueType !== "Binary") };
  const topic = `edgex/events/device/device-virtual/${sent.profileName}/${sent.deviceName}/${sent.sourceName}`;
  const peer = spawn(program, [String(broker.port)], { stdio: ["ignore", "pipe", "ignore"] });
  let decoded = "";
  for await (const line of createInterface({ input: peer.stdout })) {
    if (line === "ready")
      await bus.publish({ kind: "event", topic, correlationId: crypto.randomUUID(), from: "inside", event: sent });
    else decoded = line;
  }
  const { readings, ...rest } = addEventFromJson(parseJson(decoded)).event;
  const values = (list: typeof readings): unknown => list.map(({ origin: _, ...reading }) => reading);
  assert.deepEqual(values(readings), values(sent.readings));
  if (binary) assert.deepEqual({ ...rest, readings }, sent);
  const back = outside[0];
  assert.ok(back?.kind === "event" && back.event.sourceName === "back");
  assert.deepEqual(back.event.readings, readings);
  console.log(
    `${binary ? "CBOR" : "JSON"}: Go read ${readings.length} readings as we sent them, and one event came back`,
  );
}
