/**
 * What a broken or hostile peer publishes on any topic: no subscriber throws, the loop is not held up, what is refused is
 * counted and logged with its topic, and the edge does afterwards what it did before.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { type TestContext, test } from "node:test";
import { commandOperations, stringifyJson } from "@jx/contracts";
import { fuzzing, mutatedBytes, mutatedValue } from "@jx/contracts/fuzz";
import { coreCommand } from "@jx/core-command";
import fc from "fast-check";
import mqtt from "mqtt";
import type { Edge } from "../../../apps/edge/src/edge.ts";
import { OWN_DEVICE, OWN_PROFILE } from "../../support/own-device.ts";
import { until } from "../../support/wait.ts";
import { openEdge, SLIP, seeded, systemLog } from "./edge.ts";

/** What peers send on each topic, as seen on EdgeX's bus (edgex-wire.md §2, edgex-behaviour.md §1.5, §3.3). */
const RECORDED: readonly (readonly [topic: string, payload: unknown, queryParams?: Record<string, string>])[] = [
  ["edgex/events/device/peer/own-profile/own-device/Level", { apiVersion: "v3", event: eventDto() }],
  ["edgex/events/core/peer/own-profile/own-device/Level", { apiVersion: "v3", event: eventDto() }],
  ...(["device", "deviceprofile", "deviceservice", "provisionwatcher"] as const).flatMap((type) =>
    (["add", "update", "delete"] as const).map(
      (action) =>
        [
          `edgex/system-events/core-metadata/${type}/${action}/device-virtual/own-profile`,
          systemEvent(type, action),
        ] as const,
    ),
  ),
  [
    "edgex/system-events/device-virtual/device/discovery/device-virtual",
    { ...systemEvent("device", "discovery"), details: { requestId: randomUUID(), progress: 10, message: "" } },
  ],
  ["edgex/device-virtual/validate/device", { apiVersion: "v3", requestId: randomUUID(), device: OWN_DEVICE }],
  ["edgex/response/device-virtual/11111111-2222-4333-8444-555555555555", null],
  [
    "edgex/configs/edgex/v4/core-data/Writable/LogLevel",
    { key: "edgex/v4/core-data/Writable/LogLevel", value: "DEBUG" },
  ],
  ["edgex/telemetry/peer/EventsSent", { apiVersion: "v3", name: "EventsSent", fields: [], tags: [], timestamp: 1 }],
  ["edgex/core/command/request/own-device/Level/get", null, { "ds-returnevent": "true", "ds-pushevent": "false" }],
  ["edgex/core/command/request/own-device/Level/set", { Level: "3" }],
  ["edgex/core/commandquery/request/all", null, { offset: "0", limit: "5" }],
  ["edgex/core/commandquery/request/own-device", null],
  ["edgex/device/command/request/device-virtual/own-device/Level/get", null, { "ds-regexcmd": "true" }],
  ["edgex/device/command/request/device-virtual/own-device/Level/set", { Level: "3" }],
  ["edgex/jx/firings/rule", { rule: "x" }],
];

function eventDto(): object {
  const common = { deviceName: "own-device", profileName: "own-profile", origin: 1_795_472_304_567_279_158n };
  const reading = { ...common, resourceName: "Level", valueType: "Float64", value: "5.0e+00" };
  return { apiVersion: "v3", id: randomUUID(), sourceName: "Level", ...common, readings: [reading] };
}

function systemEvent(type: string, action: string): object {
  const details = type === "device" ? OWN_DEVICE : type === "deviceprofile" ? OWN_PROFILE : { name: "device-virtual" };
  const head = { apiVersion: "v3", type, action, source: "core-metadata", owner: "device-virtual" };
  return { ...head, tags: null, details, timestamp: 1_795_472_304_567_279_158n };
}

const messages: fc.Arbitrary<{ topic: string; bytes: Uint8Array }> = fc
  .constantFrom(...RECORDED)
  .chain(([topic, payload, queryParams]) => {
    const envelope = {
      apiVersion: "v3",
      receivedTopic: "",
      correlationID: "66666666-7777-4888-9999-000000000000",
      requestID: "11111111-2222-4333-8444-555555555555",
      errorCode: 0,
      payload,
      contentType: "application/json",
      ...(queryParams === undefined ? {} : { queryParams }),
    };
    const text = Buffer.from(stringifyJson(envelope));
    const plain = JSON.parse(text.toString()) as { payload: unknown };
    return fc.record({
      topic: fc.oneof(
        { weight: 4, arbitrary: fc.constant(topic) },
        {
          weight: 1,
          arbitrary: fc.string({ unit: "binary", maxLength: 20 }).map((end) => wireTopic(`${topic}/${end}`)),
        },
        { weight: 1, arbitrary: fc.nat({ max: topic.length }).map((end) => wireTopic(topic.slice(0, end))) },
      ),
      bytes: fc.oneof(
        { weight: 1, arbitrary: fc.constant(text) },
        { weight: 5, arbitrary: mutatedValue(plain.payload).map((value) => json({ ...plain, payload: value })) },
        { weight: 3, arbitrary: mutatedValue(plain).map(json) },
        { weight: 2, arbitrary: mutatedBytes([text]) },
      ),
    });
  });

function json(value: unknown): Uint8Array {
  return Buffer.from(stringifyJson(value));
}

/** Only what a broker lets a client publish. */
function wireTopic(text: string): string {
  return `edgex/${text
    .replace(/^edgex\/?/, "")
    .toWellFormed()
    .replace(/[+#\0]/g, "_")}`;
}

test("a flood of mutated messages on every topic", { timeout: 240_000 }, async (t) => {
  const { seed, numRuns } = fuzzing(4_000);
  const edge = await openEdge(t);
  await seeded(seed, () => flood(t, edge, fc.sample(messages, { seed, numRuns })));
});

async function flood(t: TestContext, edge: Edge, sent: readonly { topic: string; bytes: Uint8Array }[]): Promise<void> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${edge.broker?.port}`);
  t.after(() => client.endAsync(true));
  const answers: string[] = [];
  client.on("message", (_topic, payload) => answers.push(payload.toString()));
  await client.subscribeAsync("edgex/response/#");
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const before = process.memoryUsage().heapUsed;
  for (const { topic, bytes } of sent) {
    await client.publishAsync(topic, Buffer.from(bytes), { qos: 1 });
  }
  await until("the flood is digested", () => edge.bus.stats().every(({ waiting }) => waiting === 0));
  delay.disable();
  const lines = await systemLog(edge);

  assert.deepEqual(
    edge.bus
      .stats()
      .filter(({ failed }) => failed > 0)
      .map(({ name, failed }) => `${name}: ${failed}`),
    [],
    `a subscriber threw:\n${lines
      .filter((line) => line.includes("a subscriber failed"))
      .slice(0, 5)
      .join("\n")}`,
  );
  const slips = answers.filter((text) => SLIP.test(text));
  assert.deepEqual(slips.slice(0, 3), [], "an error of the program where one of the request was due");
  assert.deepEqual(lines.filter((line) => SLIP.test(line)).slice(0, 3), []);
  assert.ok(
    lines.some((line) => /an MQTT message was dropped/.test(line) && /edgex\//.test(line)),
    "logged with its topic",
  );
  assert.ok(lines.length < 3_000, `${lines.length} log lines for ${sent.length} messages`);
  assert.ok(delay.max / 1e6 < 5_000, `the loop was held up for ${delay.max / 1e6} ms`);
  assert.ok(process.memoryUsage().heapUsed - before < 200e6, "memory grew");

  const stored = edge.eventsStored();
  await until("events are stored as before", () => edge.eventsStored() > stored + 5);
  const command = edge.host.clients.of(coreCommand.key, commandOperations);
  const read = await command.get({ name: "own-device", command: "Level", "ds-pushevent": "false" } as never);
  assert.equal(read?.event.readings.length, 1);
}
