/**
 * edgex-behaviour.md §3.3, "External MQTT"; edgex-go internal/core/command/controller/messaging/external.go, utils.go;
 * go-mod-messaging pkg/types NewMessageEnvelopeFromJSON.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeEnvelope, type JsonMessage, parseJson, stringifyJson } from "@jx/contracts";
import { type Bus, createBus, createMetrics, type LiveConfig, openBroker, openLink } from "@jx/runtime";
import { Value } from "typebox/value";
import { type BusService, bareCommand, serviceOnBus, silent } from "../command.fixture.ts";
import { CommandConfig } from "../config.ts";
import { ExternalDoor } from "./door.ts";

const ID = "11111111-2222-4333-8444-555555555555";
const CORRELATION = "66666666-7777-4888-9999-000000000000";
const REQUEST = { apiVersion: "v3", requestID: ID, correlationID: CORRELATION, contentType: "application/json" };
const BODY = { apiVersion: "v3", requestId: ID, statusCode: 200, event: { origin: 1795472580937858331n } };

interface Answer {
  readonly topic: string;
  readonly envelope: Record<string, unknown>;
}

interface Place {
  readonly bus: Bus;
  /** What the device service was asked. */
  readonly asked: readonly JsonMessage[];
  readonly answers: Answer[];
  metrics(): string;
  /** Publishes as a client outside; an object becomes an envelope. */
  send(topic: string, body: object | string): void;
  answer(count?: number): Promise<Answer>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Options {
  readonly timeoutMs?: number;
  readonly mqtt?: Partial<CommandConfig["ExternalMQTT"]>;
}

/** Core command with a device service on its bus, and a client outside, both joined to the same broker. */
async function place(service: BusService = () => ({ payload: BODY }), options: Options = {}): Promise<Place> {
  await using stack = new AsyncDisposableStack();
  const bus = createBus({ onError: assert.ifError, freeze: true });
  const metrics = createMetrics();
  const plain = { log: silent, metrics: createMetrics() };
  const outside = stack.use(await openBroker({ port: 0 }, { ...plain, bus: createBus({ onError: assert.ifError }) }));
  const { deps, core } = bareCommand();
  const asked = serviceOnBus(bus, service);
  const config = configOf({ Enabled: true, Url: `tcp://127.0.0.1:${outside.port}`, ...options.mqtt });
  const timeoutMs = (): number => options.timeoutMs ?? 5_000;
  const door = stack.use(
    new ExternalDoor({ ...deps, bus, log: silent, metrics, handlers: core, config, timeoutMs, newId: () => ID }),
  );
  await door.open();
  const answers: Answer[] = [];
  const client = stack.use(
    await openLink(
      {
        name: "the broker",
        host: "127.0.0.1",
        port: outside.port,
        clientId: "north",
        filters: ["edgex/command/response/#", "edgex/commandquery/response"],
        maxPacketBytes: 1_000_000,
      },
      {
        log: silent,
        receive({ topic, bytes }) {
          answers.push({ topic, envelope: parseJson(Buffer.from(bytes).toString()) as Record<string, unknown> });
          return undefined;
        },
      },
    ),
  );
  await client.ready;
  await until(() => metrics.text().includes("jx_external_mqtt_connected 1"));
  const running = stack.move();
  return {
    bus,
    asked,
    answers,
    metrics: () => metrics.text(),
    send: (topic, body) => void client.send(topic, Buffer.from(typeof body === "string" ? body : stringifyJson(body))),
    async answer(count = 1) {
      await until(() => answers.length >= count);
      return answers[count - 1] as Answer;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function configOf(mqtt: Partial<CommandConfig["ExternalMQTT"]>): LiveConfig<typeof CommandConfig> {
  const current = Value.Default(CommandConfig, deep(CommandConfig)) as CommandConfig;
  return { current: { ...current, ExternalMQTT: { ...current.ExternalMQTT, ...mqtt } }, onChange: () => () => {} };
}

/** Objects all the way down, for the defaults to lie in. */
function deep(schema: { properties?: object }): object {
  const objects = Object.entries(schema.properties ?? {}).filter(([, inner]) => "properties" in inner);
  return Object.fromEntries(objects.map(([name, inner]) => [name, deep(inner)]));
}

async function until(check: () => boolean): Promise<void> {
  const end = performance.now() + 5_000;
  while (!check()) {
    assert.ok(performance.now() < end, "nothing came in 5 s");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("a get is passed on as it came, and answered on its own topic with every digit", async () => {
  await using outside = await place();
  outside.send("edgex/command/request/mp-d1/R1/GET", {
    ...REQUEST,
    queryParams: { "ds-pushevent": "true", unit: "K" },
  });
  const { topic, envelope } = await outside.answer();
  assert.equal(topic, "edgex/command/response/mp-d1/R1/GET");
  assert.deepEqual(envelope, { ...REQUEST, receivedTopic: topic, errorCode: 0, payload: BODY });
  const [request] = outside.asked;
  assert.equal(request?.topic, "edgex/device/command/request/svc/mp-d1/R1/get");
  assert.deepEqual([request?.requestId, request?.correlationId], [ID, CORRELATION]);
  assert.deepEqual(request?.queryParams, { "ds-pushevent": "true", unit: "K" });
});

test("a set brings its values, and is answered with null; without a correlation id it gets one", async () => {
  await using outside = await place(() => ({ payload: null }));
  const { correlationID: _, ...request } = REQUEST;
  outside.send("edgex/command/request/mp-d1/R1/set", { ...request, payload: { R1: "7" } });
  const { envelope } = await outside.answer();
  assert.deepEqual([envelope["payload"], envelope["errorCode"], envelope["correlationID"]], [null, 0, ID]);
  assert.deepEqual(outside.asked[0]?.payload, { R1: "7" });
});

test("what the device service answers in CBOR goes out in CBOR", async () => {
  await using outside = await place(() => ({ payload: { binaryValue: new Uint8Array([0, 255]) }, cbor: true }));
  outside.send("edgex/command/request/mp-d1/R1/get", REQUEST);
  const { envelope } = await outside.answer();
  assert.equal(envelope["contentType"], "application/cbor");
  const message = decodeEnvelope("answer", Buffer.from(stringifyJson(envelope))) as JsonMessage;
  assert.deepEqual(message.payload, { binaryValue: new Uint8Array([0, 255]) });
});

test("the device service's own refusal comes through", async () => {
  await using outside = await place(() => ({ payload: "device mp-d1 locked", errorCode: 1 }));
  outside.send("edgex/command/request/mp-d1/R1/get", REQUEST);
  const { envelope } = await outside.answer();
  assert.deepEqual([envelope["errorCode"], envelope["payload"]], [1, "device mp-d1 locked"]);
  assert.equal(envelope["contentType"], "text/plain");
});

test("what core command refuses itself: error code 1 and the words", async () => {
  await using outside = await place(() => undefined, { timeoutMs: 50 });
  const prefix = "Failed to send DeviceCommand request with internal MessageBus: ";
  const cases: readonly (readonly [rest: string, fields: object, text: string])[] = [
    [
      "mp-gh/R1/get",
      {},
      "failed to get Device by name mp-gh: request failed, status code: 404, err: no device with name 'mp-gh' found",
    ],
    [
      "mp-d1/R1/set",
      { queryParams: { "ds-returnevent": "zz" } },
      "invalid query parameter, ds-returnevent has to be 'true' or 'false'",
    ],
    ["mp-d1/R1/get", {}, `${prefix}timed out waiting for response on edgex/response/svc/${ID} topic`],
    ["dead/R1/get", {}, `${prefix}nobody listens to edgex/device/command/request/dead/dead/R1/get`],
  ];
  for (const [i, [rest, fields, text]] of cases.entries()) {
    outside.send(`edgex/command/request/${rest}`, { ...REQUEST, ...fields });
    const { topic, envelope } = await outside.answer(i + 1);
    assert.equal(topic, `edgex/command/response/${rest}`);
    const { requestID, errorCode, payload, receivedTopic } = envelope;
    assert.deepEqual([requestID, errorCode, payload, receivedTopic], [ID, 1, text, ""]);
  }
});

test("questions: one device, and all of them a page at a time, on the one answer topic", async () => {
  await using outside = await place();
  outside.send("edgex/commandquery/request/a%2Fb%20%C3%A9", REQUEST);
  const one = await outside.answer();
  assert.equal(one.topic, "edgex/commandquery/response");
  assert.equal(one.envelope["receivedTopic"], "edgex/commandquery/response");
  const { requestId, deviceCoreCommand } = one.envelope["payload"] as Record<string, { deviceName?: string }>;
  assert.deepEqual([requestId, deviceCoreCommand?.deviceName], [ID, "a/b é"]);
  outside.send("edgex/commandquery/request/ALL", { ...REQUEST, queryParams: { offset: "0", limit: "1" } });
  const all = (await outside.answer(2)).envelope["payload"] as Record<string, unknown>;
  assert.deepEqual([all["totalCount"], (all["deviceCoreCommands"] as unknown[]).length], [5, 1]);
  outside.send("edgex/commandquery/request/mp-gh", REQUEST);
  const none = (await outside.answer(3)).envelope;
  assert.deepEqual(
    [none["errorCode"], none["payload"]],
    [
      1,
      "failed to get commands by device name 'mp-gh': request failed, status code: 404, err: no device with name 'mp-gh' found",
    ],
  );
});

test("the answer topic has plain names, encoded where MQTT forbids the plain ones", async () => {
  await using outside = await place();
  outside.send("edgex/command/request/a%2Fb%20%C3%A9/R1/get", REQUEST);
  assert.equal((await outside.answer()).topic, "edgex/command/response/a/b é/R1/get");
  outside.send("edgex/command/request/mp-d1/R%2B1/get", REQUEST);
  assert.equal((await outside.answer(2)).topic, "edgex/command/response/mp%2Dd1/R%2B1/get");
});

test("messages that nobody can be answered about are counted, and the door stays open", async () => {
  await using outside = await place();
  const bad: readonly (readonly [rest: string, body: object | string, reason: string])[] = [
    ["mp-d1/R1/get", "no JSON", "malformed"],
    ["mp-d1/R1/get", "", "malformed"],
    ["mp-d1/R1/get", "[]", "malformed"],
    ["mp-d1/R1/get", "[".repeat(100_000), "malformed"],
    ["mp-d1/R1/get", { ...REQUEST, requestID: "mp-6" }, "malformed"],
    ["mp-d1/R1/get", { ...REQUEST, requestID: 5 }, "malformed"],
    ["mp-d1/R1/get", { ...REQUEST, correlationID: "x" }, "malformed"],
    ["mp-d1/R1/get", { ...REQUEST, apiVersion: "v2" }, "malformed"],
    ["mp-d1/R1/get", { ...REQUEST, contentType: "application/cbor" }, "malformed"],
    ["mp-d1/R1/get", { ...REQUEST, queryParams: { a: 1 } }, "malformed"],
    ["mp-d1/R1/del", REQUEST, "bad-topic"],
    ["%zz/R1/get", REQUEST, "bad-topic"],
    ["mp-d1/%ff/get", REQUEST, "bad-topic"],
  ];
  for (const [rest, body] of bad) outside.send(`edgex/command/request/${rest}`, body);
  for (const reason of ["malformed", "bad-topic"]) {
    const count = bad.filter(([, , expected]) => expected === reason).length;
    await until(() => outside.metrics().includes(`jx_external_mqtt_dropped_total{reason="${reason}"} ${count}\n`));
  }
  outside.send("edgex/command/request/mp-d1/R1/get", REQUEST);
  await outside.answer();
  assert.deepEqual([outside.answers.length, outside.asked.length], [1, 1]);
});

test("beyond 32 at once core command is busy", async () => {
  await using outside = await place(() => undefined, { timeoutMs: 1_000 });
  for (let i = 0; i < 33; i += 1) outside.send("edgex/command/request/mp-d1/R1/get", REQUEST);
  const { envelope } = await outside.answer();
  assert.deepEqual(
    [envelope["errorCode"], envelope["payload"]],
    [1, "core-command busy: too many concurrent external commands"],
  );
  await outside.answer(33);
  const late = outside.answers.filter((answer) => String(answer.envelope["payload"]).includes("timed out"));
  assert.equal(late.length, 32);
  outside.send("edgex/command/request/mp-d1/R1/get", REQUEST);
  assert.match(String((await outside.answer(34)).envelope["payload"]), /timed out/, "there is room again");
});

test("a broker that is away, or settings that do not fit, hold up nothing", async () => {
  const { deps, core } = bareCommand();
  const bus = createBus({ onError: assert.ifError });
  for (const mqtt of [
    { Url: "tcp://127.0.0.1:1" },
    { Url: "no address" },
    { Url: "ws://127.0.0.1:1883" },
    { AuthMode: "clientcert" as const },
    { AuthMode: "cacert" as const },
    { AuthMode: "usernamepassword" as const, SecretName: "other" },
  ]) {
    const metrics = createMetrics();
    const told: string[] = [];
    const log = { ...silent, error: (_context: object, message: string) => void told.push(message) };
    const config = configOf({ Enabled: true, ...mqtt });
    const options = { ...deps, bus, log, metrics, handlers: core, config, timeoutMs: () => 50, newId: () => ID };
    await using door = new ExternalDoor(options);
    await door.open();
    assert.ok(metrics.text().includes("jx_external_mqtt_connected 0"));
    const expected = mqtt.Url?.startsWith("tcp") ? [] : ["the external MQTT broker is not joined"];
    assert.deepEqual(told, expected, JSON.stringify(mqtt));
  }
});

test("its own secret, changed, joins the broker anew; another one does not, and nothing does after the end", async () => {
  await using broker = await openBroker(
    { port: 0 },
    { log: silent, metrics: createMetrics(), bus: createBus({ onError: assert.ifError }) },
  );
  const { deps, core } = bareCommand();
  const live = configOf({ Enabled: true, Url: `tcp://127.0.0.1:${broker.port}` });
  let current = live.current;
  const listeners = new Set<(config: CommandConfig) => void>();
  const onChange = (listener: (config: CommandConfig) => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const metrics = createMetrics();
  const config = {
    ...live,
    onChange,
    get current() {
      return current;
    },
  };
  const bus = createBus({ onError: assert.ifError });
  const joined: string[] = [];
  const log = { ...silent, info: (_context: object, message: string) => void joined.push(message) };
  const door = new ExternalDoor({
    ...deps,
    bus,
    log,
    metrics,
    handlers: core,
    config,
    timeoutMs: () => 50,
    newId: () => ID,
  });
  await door.open();
  await until(() => joined.length === 1);
  const change = (name: string, password: string): void => {
    const entry = { SecretName: name, SecretData: { password } };
    const InsecureSecrets = {
      ...current.Writable.InsecureSecrets,
      [name]: entry,
    } as CommandConfig["Writable"]["InsecureSecrets"];
    current = { ...current, Writable: { InsecureSecrets } };
    for (const listener of [...listeners]) listener(current);
  };
  change("other", "p");
  change("mqtt", "p1");
  await until(() => joined.length === 2);
  change("mqtt", "p2");
  await door[Symbol.asyncDispose]();
  change("mqtt", "p3");
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual([broker.clients, listeners.size], [0, 0]);
});
