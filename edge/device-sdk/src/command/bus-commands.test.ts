/** Expectations: edgex-device-sdk.md §2 "Bus", edgex-wire.md §2, device-sdk-go 4.0.2 internal/controller/messaging/command.go. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type DeviceProfile,
  decodeEnvelope,
  encodeEnvelope,
  escapeTopic,
  type JsonMessage,
  topics,
  unescapeTopic,
} from "@jx/contracts";
import { deferred } from "@jx/kit";
import { defineDeviceService } from "../service.ts";
import { type Bench, bench, device, KEY, ScriptedDriver, until } from "../test-parts.ts";

const profile: DeviceProfile = {
  name: "profile",
  deviceResources: [
    { name: "a", properties: { valueType: "Int16", readWrite: "RW" } },
    { name: "a/b", properties: { valueType: "Int16", readWrite: "RW" } },
    { name: "bytes", properties: { valueType: "Binary", readWrite: "R", mediaType: "x/y" } },
  ],
};
const REQUEST = "11111111-2222-4333-8444-555555555555";
const CORRELATION = "99999999-2222-4333-8444-555555555555";

interface Asking {
  readonly driver: ScriptedDriver;
  readonly parts: Bench;
  /** Sends a command and gives the answer. */
  ask(command: string, method: string, fields?: Partial<JsonMessage>): Promise<JsonMessage>;
  send(topic: string, fields?: Partial<JsonMessage>): void;
  readonly answers: JsonMessage[];
}

async function withService(work: (asking: Asking) => Promise<void>): Promise<void> {
  const parts = bench();
  const driver = new ScriptedDriver();
  driver.values
    .set("a", 7)
    .set("a/b", 8)
    .set("bytes", new Uint8Array([1, 2]));
  parts.metadata.profiles.set("profile", profile);
  for (const name of ["d", "泵/1 %41+#", "locked"]) {
    parts.metadata.devices.set(name, device(name, name === "locked" ? { adminState: "LOCKED" } : {}));
  }
  const answers: JsonMessage[] = [];
  const options = { name: "answers", policy: "drop-oldest", capacity: 1_000 } as const;
  parts.bus.subscribe(topics.response(KEY, "+"), options, (message) => {
    answers.push(message as JsonMessage);
  });
  const definition = defineDeviceService({ key: KEY, port: 0, description: "test", drivers: [driver.driver] });
  const service = await definition.start(parts.context);
  const send = (topic: string, fields: Partial<JsonMessage> = {}): void => {
    const head = { correlationId: CORRELATION, requestId: REQUEST, payload: null, from: "outside" } as const;
    void parts.bus.publish({ kind: "json", topic, ...head, ...fields });
  };
  try {
    await work({
      driver,
      parts,
      answers,
      send,
      async ask(command, method, fields = {}) {
        const before = answers.length;
        send(topics.deviceCommand(KEY, "d", command, method as "get"), fields);
        await until(() => answers.length > before, "an answer");
        return answers.at(-1) as JsonMessage;
      },
    });
  } finally {
    await service[Symbol.asyncDispose]();
  }
}

interface EventAnswer {
  readonly apiVersion: string;
  readonly requestId: string;
  readonly statusCode: number;
  readonly event: { readonly sourceName: string; readonly readings: readonly { readonly value: unknown }[] };
}

test("a get is answered with the event on the request's own topic; pushed only when asked for", async () => {
  await withService(async ({ ask, parts }) => {
    const answer = await ask("a", "get");
    assert.deepEqual(
      [answer.topic, answer.requestId, answer.correlationId, answer.errorCode],
      [`edgex/response/${KEY}/${REQUEST}`, REQUEST, CORRELATION, undefined],
    );
    const { apiVersion, requestId, statusCode, event } = answer.payload as EventAnswer;
    assert.deepEqual([apiVersion, requestId, statusCode], ["v3", REQUEST, 200]);
    assert.deepEqual([event.sourceName, event.readings[0]?.value], ["a", "7"]);
    assert.equal(parts.events.length, 0);
    const query = { "ds-pushevent": "true", "ds-returnevent": "false" };
    assert.equal((await ask("a", "GET", { queryParams: query })).payload, null);
    await until(() => parts.events.length === 1, "the pushed event");
    // On the bus nothing but "false" turns the event off.
    assert.ok((await ask("a", "get", { queryParams: { "ds-returnevent": "no" } })).payload);
  });
});

test("a set is answered null and its event published", async () => {
  await withService(async ({ ask, driver, parts }) => {
    const answer = await ask("a", "set", { payload: { a: "5" } });
    assert.deepEqual([answer.payload, answer.errorCode], [null, undefined]);
    assert.equal(driver.values.get("a"), 5);
    await until(() => parts.events.length === 1, "the event");
  });
});

test("errors are answered in words, with errorCode 1", async () => {
  await withService(async ({ ask, send, answers, driver }) => {
    const told = async (command: string, method: string, fields: Partial<JsonMessage> = {}): Promise<unknown> => {
      const { payload, errorCode } = await ask(command, method, fields);
      assert.equal(errorCode, 1);
      return payload;
    };
    assert.equal(await told("x", "get"), "Regex DeviceResource x not found");
    assert.equal(await told(".*", "get", { queryParams: { "ds-regexcmd": "false" } }), "DeviceResource .* not found");
    assert.match(String(await told("a", "set")), /^failed to parse request body/);
    assert.match(String(await told("a", "set", { payload: [1] })), /^failed to parse request body/);
    assert.equal(
      await told("a", "set", { payload: {} }),
      "DeviceResource a not found in request body and no default value defined",
    );
    send(topics.deviceCommand(KEY, "locked", "a", "get"));
    await until(() => answers.at(-1)?.payload === "device locked locked", "the refusal");
    const exchanges = driver.exchanges.length;
    assert.equal(await told("a", "set", { payload: { a: 1 }, correlationId: "c" }), "invalid UUID length: 1");
    assert.equal(await told("a", "get", { correlationId: "x".repeat(36) }), "invalid UUID format");
    assert.equal(driver.exchanges.length, exchanges, "what is answered with an error has not run");
  });
});

test("neither get nor set is no command", async () => {
  await withService(async ({ send, ask, answers }) => {
    send(`edgex/device/command/request/${KEY}/d/a/delete`);
    send(`edgex/device/command/request/${KEY}/a`);
    await ask("a", "get");
    assert.equal(answers.length, 1);
  });
});

test("a name with anything in it, escaped or not", async () => {
  const name = "泵/1 %41+#";
  await withService(async ({ send, answers }) => {
    const built = topics.deviceCommand(KEY, name, "a/b", "get");
    const message = { kind: "json", topic: built, payload: null, correlationId: "", from: "inside" } as const;
    for (const topic of [
      built,
      unescapeTopic(escapeTopic(message)),
      `edgex/device/command/request/${KEY}/${encodeURIComponent(name)}/a%2Fb/get`,
    ]) {
      const before = answers.length;
      send(topic);
      await until(() => answers.length > before, topic);
      const { event } = (answers.at(-1) as JsonMessage).payload as EventAnswer;
      assert.equal(event.sourceName, "a/b", topic);
    }
    assert.ok(!/[+#]/.test(built), "MQTT forbids them");
  });
});

test("an event with a Binary reading travels as CBOR", async () => {
  await withService(async ({ ask }) => {
    const answer = await ask("bytes", "get");
    const text = new TextDecoder().decode(encodeEnvelope(answer));
    const { contentType, payload } = JSON.parse(text) as { contentType: string; payload: unknown };
    assert.deepEqual([contentType, typeof payload], ["application/cbor", "string"]);
    const back = decodeEnvelope(answer.topic, new TextEncoder().encode(text)) as JsonMessage;
    const reading = (back.payload as { event: { readings: { binaryValue: Uint8Array }[] } }).event.readings[0];
    assert.deepEqual(reading?.binaryValue, new Uint8Array([1, 2]));
  });
});

test("as many side by side as MaxConcurrentCommands says, and the next is told so", async () => {
  await withService(async ({ driver, parts, send, answers, ask }) => {
    parts.configure((config) => {
      config.MaxConcurrentCommands = 2;
    });
    const gate = deferred<void>();
    driver.gate = gate.promise;
    for (let i = 0; i < 3; i += 1) send(topics.deviceCommand(KEY, "d", "a", "get"));
    await until(() => answers.length === 1, "the refusal");
    assert.equal(answers[0]?.payload, "device service busy: too many concurrent commands");
    gate.resolve();
    await until(() => answers.length === 3, "the others");
    assert.equal((await ask("a", "get")).errorCode, undefined, "there is room again");
  });
});

test("an answer larger than MaxEventSize is an error", async () => {
  await withService(async ({ driver, parts, ask }) => {
    driver.values.set("bytes", new Uint8Array(2_000));
    parts.configure((config) => {
      config.MaxEventSize = 1;
    });
    const { payload, errorCode } = await ask("bytes", "get", { queryParams: { "ds-pushevent": "true" } });
    assert.deepEqual([payload, errorCode], ["message size exceed limit(1 KB)", 1]);
    assert.equal((await ask("a", "get")).errorCode, undefined);
    assert.equal(parts.events.length, 0);
  });
});

test("the rest of the query goes to the driver, for this one command", async () => {
  await withService(async ({ driver, ask }) => {
    await ask("a", "get", { queryParams: { "ds-pushevent": "false", b: "2 3", a: "1" } });
    await ask("a", "get");
    await ask("a", "set", { payload: { a: 1 }, queryParams: { x: "y" } });
    assert.deepEqual(driver.queries, ["a=1&b=2+3", "", "x=y"]);
  });
});

test("whatever comes in, an answer or a line in the log goes out, and the next command is served", async () => {
  await withService(async ({ send, ask, answers }) => {
    const odd: readonly Partial<JsonMessage>[] = [
      { payload: null },
      { payload: 5 },
      { payload: "x" },
      { payload: { a: { deep: [1, { x: null }] } } },
      { payload: { "": "", __proto__: 1 } },
      { payload: new Uint8Array(3) },
      { queryParams: { "ds-regexcmd": "", "ds-": "%", "%zz": "%", "": "" } },
      { requestId: "" },
      { requestId: "../#" },
    ];
    for (const fields of odd) {
      for (const topic of ["d/a/set", "d/(((/get", "//get", "get", "d/%/get", "%E0%A4/a/set", "d/a/get/x"]) {
        send(`edgex/device/command/request/${KEY}/${topic}`, fields);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = answers.length;
    assert.ok(before > 30, "most of them could be answered");
    await ask("a", "get");
    assert.equal((answers.at(-1)?.payload as EventAnswer | undefined)?.statusCode, 200);
  });
});
