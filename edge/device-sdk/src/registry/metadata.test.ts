import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeviceProfile, JsonMessage } from "@jx/contracts";
import { filters, topics } from "@jx/contracts";
import { deferred } from "@jx/kit";
import { defineDeviceService, type RunningDeviceService } from "../service.ts";
import { type Bench, bench, device, KEY, ScriptedDriver, until } from "../test-parts.ts";

const profile: DeviceProfile = {
  name: "profile",
  deviceResources: [{ name: "a", properties: { valueType: "Float64", readWrite: "R" } }],
};
const call = { correlationId: "c" };
const query = { "ds-pushevent": "false", "ds-returnevent": "true", "ds-regexcmd": "true" };

async function start(parts: Bench, driver: ScriptedDriver): Promise<RunningDeviceService> {
  driver.values.set("a", 1);
  parts.metadata.profiles.set("profile", profile);
  return defineDeviceService({ key: KEY, port: 0, description: "test", drivers: [driver.driver] }).start(parts.context);
}

async function read(service: RunningDeviceService, name: string): Promise<unknown> {
  try {
    return (await service.handlers.get({ name, command: "a", ...query }, call))?.event.readings[0]?.value;
  } catch (error) {
    return (error as Error).message;
  }
}

test("registers itself: POST when unknown, else PATCH with its address, which leaves a lock and labels alone", async () => {
  const parts = bench();
  await using service = await start(parts, new ScriptedDriver());
  assert.ok(service);
  assert.deepEqual(parts.metadata.services.get(KEY), {
    name: KEY,
    baseAddress: "http://127.0.0.1:59999",
    description: "test",
    adminState: "UNLOCKED",
    labels: [],
  });
  await using again = await start(parts, new ScriptedDriver());
  assert.ok(again);
  const service2 = { name: KEY, baseAddress: "http://127.0.0.1:59999" };
  assert.deepEqual(parts.metadata.patches, [{ service: service2 }]);
  parts.configure(({ Device }) => {
    Device.Labels = "a, b";
  });
  await using third = await start(parts, new ScriptedDriver());
  assert.ok(third);
  assert.deepEqual(parts.metadata.patches[1], { service: { ...service2, labels: ["a", "b"] } });
});

test("loads all its devices, however many: limit -1 gives 1,024 at once", async () => {
  const parts = bench();
  for (let i = 0; i < 2_500; i += 1) parts.metadata.devices.set(`d${i}`, device(`d${i}`));
  parts.metadata.devices.set("foreign", device("foreign", { serviceName: "device-other" }));
  await using service = await start(parts, new ScriptedDriver());
  assert.equal(parts.metadata.pages, 3);
  assert.equal(await read(service, "d2499"), 1);
  assert.equal(await read(service, "foreign"), "device foreign not found");
});

test("starts without metadata and loads when it comes", async () => {
  const parts = bench();
  parts.metadata.devices.set("d", device("d"));
  parts.metadata.available = false;
  await using service = await start(parts, new ScriptedDriver());
  assert.equal(await read(service, "d"), "device d not found");
  parts.metadata.available = true;
  await until(() => parts.metadata.pages > 0, "the load");
  assert.equal(await read(service, "d"), 1);
});

test("follows system events of devices and profiles", async () => {
  const parts = bench();
  const { metadata, systemEvent } = parts;
  const driver = new ScriptedDriver();
  await using service = await start(parts, driver);
  const becomes = async (wanted: unknown): Promise<void> => {
    let last: unknown;
    const end = performance.now() + 5_000;
    while (performance.now() < end) {
      last = await read(service, "d");
      if (last === wanted) return;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.equal(last, wanted);
  };
  await becomes("device d not found");
  metadata.devices.set("d", device("d"));
  systemEvent("device", "add", { name: "d" });
  await becomes(1);
  metadata.profiles.set("profile", {
    ...profile,
    deviceResources: [{ name: "a", properties: { valueType: "Float64", readWrite: "R", offset: 9 } }],
  });
  systemEvent("deviceprofile", "update", { name: "profile" });
  await becomes(10);
  metadata.devices.set("d", device("d", { adminState: "LOCKED" }));
  systemEvent("device", "update", { name: "d" });
  await becomes("device d locked");
  metadata.devices.set("d", device("d", { serviceName: "device-other" }));
  systemEvent("device", "update", { name: "d" });
  await becomes("device d not found");
  metadata.devices.set("d", device("d"));
  systemEvent("device", "update", { name: "d" });
  await becomes(10);
  metadata.devices.delete("d");
  systemEvent("device", "delete", { name: "d" });
  await becomes("device d not found");
  await driver.current?.promise;
});

test("a change that could not be followed is read again later, and a locked service stays locked", async () => {
  const parts = bench();
  const { metadata, systemEvent } = parts;
  await using service = await start(parts, new ScriptedDriver());
  const own = metadata.services.get(KEY);
  assert.ok(own);
  metadata.services.set(KEY, { ...own, adminState: "LOCKED" });
  metadata.available = false;
  metadata.devices.set("d", device("d"));
  systemEvent("device", "add", { name: "d" });
  await new Promise((resolve) => setTimeout(resolve, 5));
  const pages = metadata.pages;
  metadata.available = true;
  await until(() => metadata.pages > pages, "the second load");
  assert.equal(await read(service, "d"), "service locked");
  assert.deepEqual(metadata.patches, [], "nobody unlocked it");
});

test("what was missed while the bus was away is there after a refresh", async () => {
  const parts = bench();
  parts.metadata.devices.set("gone", device("gone"));
  await using service = await start(parts, new ScriptedDriver());
  parts.metadata.devices.set("new", device("new"));
  parts.metadata.devices.delete("gone");
  service.refresh?.();
  await until(() => service.health().some((health) => health.device === "new"), "the load");
  assert.equal(await read(service, "new"), 1);
  assert.equal(await read(service, "gone"), "device gone not found");
});

test("an answer of metadata that comes after the end starts nothing", async () => {
  const parts = bench();
  const asked = deferred<void>();
  const gate = deferred<void>();
  const slow = new Proxy(parts.metadata.client, {
    get: (client, operation) => {
      if (operation !== "deviceByName") return Reflect.get(client, operation);
      return async (input: { name: string }) => {
        asked.resolve();
        await gate.promise;
        return client.deviceByName(input);
      };
    },
  });
  const clients = { ...parts.context.clients, of: () => slow as never };
  const service = await start({ ...parts, context: { ...parts.context, clients } }, new ScriptedDriver());
  parts.metadata.devices.set("d", device("d", { autoEvents: [{ interval: "5ms", sourceName: "a" }] }));
  parts.systemEvent("device", "add", { name: "d" });
  await asked.promise;
  await service[Symbol.asyncDispose]();
  gate.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(service.health(), [], "no polls, whose timer would keep the process");
});

test("a device moved to another line leaves its old connection", async () => {
  const parts = bench();
  const { metadata, systemEvent } = parts;
  metadata.devices.set("d", device("d"));
  const driver = new ScriptedDriver();
  await using service = await start(parts, driver);
  assert.equal(await read(service, "d"), 1);
  const first = driver.current;
  assert.ok(first);
  metadata.devices.set("d", device("d", { protocols: { scripted: { Line: "line-2", Unit: 7 } } }));
  systemEvent("device", "update", { name: "d" });
  await first.promise;
  assert.equal(await read(service, "d"), 1);
  assert.equal(driver.opened, 2);
});

test("a question without an id, which nobody could hear the answer to, has none", async () => {
  const parts = bench();
  const heard: string[] = [];
  const options = { name: "test", policy: "block", capacity: 10 } as const;
  parts.bus.subscribe("edgex/response/#", options, ({ topic }) => void heard.push(topic));
  await using service = await start(parts, new ScriptedDriver());
  assert.ok(service);
  const question = { kind: "json", topic: topics.validateDevice(KEY), correlationId: "c-1", from: "inside" } as const;
  void parts.bus.publish({ ...question, payload: { apiVersion: "v3", device: device("d") } });
  assert.equal((await validate(parts, device("d"))).errorCode, 0, "the next one is answered");
  assert.deepEqual(heard, [topics.response(KEY, "r-1")]);
});

async function validate(parts: Bench, made: unknown): Promise<JsonMessage> {
  const answers: JsonMessage[] = [];
  const filter = topics.response(KEY, "r-1");
  using handle = parts.bus.subscribe(filter, { name: "test", policy: "block", capacity: 10 }, (message) => {
    answers.push(message as JsonMessage);
  });
  assert.ok(handle);
  void parts.bus.publish({
    kind: "json",
    topic: topics.validateDevice(KEY),
    requestId: "r-1",
    correlationId: "c-1",
    from: "inside",
    payload: { apiVersion: "v3", device: made },
  });
  await until(() => answers.length > 0, "the answer");
  return answers[0] as JsonMessage;
}

test("validates devices for metadata, with the path of what is wrong", async () => {
  const parts = bench();
  parts.metadata.profiles.set("typo", {
    name: "typo",
    deviceResources: [
      { name: "a", properties: { valueType: "Float64", readWrite: "R" }, attributes: { address: "forty" } },
    ],
  });
  await using service = await start(parts, new ScriptedDriver());
  assert.ok(service);
  const good = await validate(parts, device("d"));
  assert.deepEqual([good.errorCode, good.payload, good.correlationId], [0, null, "c-1"]);
  const cases: [unknown, RegExp][] = [
    [device("d", { protocols: {} }), /^device d needs protocol scripted; it has none$/],
    [device("d", { protocols: { "modbus-tcp": {} } }), /it has modbus-tcp$/],
    [
      device("d", { protocols: { scripted: { Line: "l" } } }),
      /^device d: protocols\.scripted\.Unit is missing; expected integer from 0 to 255$/,
    ],
    [device("d", { protocols: { scripted: { Line: "l", Unit: "x" } } }), /protocols\.scripted\.Unit is "x"; expected/],
    [
      device("d", { profileName: "typo", autoEvents: [{ interval: "1s", sourceName: "a" }] }),
      /^device d: auto event a: resource a: attributes\.address is "forty"; expected integer: Where it lies$/,
    ],
    [undefined, /AddDeviceRequest\.Device\.Name field is required/],
  ];
  for (const [made, message] of cases) {
    const answer = await validate(parts, made);
    assert.equal(answer.errorCode, 1);
    assert.match(String(answer.payload), message);
  }
  const unpolled = await validate(parts, device("d", { profileName: "typo" }));
  assert.equal(unpolled.errorCode, 0, "a resource nobody polls may be unusable");
});

test("nothing stays subscribed after the end", async () => {
  const parts = bench();
  const service = await start(parts, new ScriptedDriver());
  assert.equal(parts.bus.hasSubscriber(filters.systemEvents.replace("#", "device/add/x")), true);
  await service[Symbol.asyncDispose]();
  assert.equal(parts.bus.hasSubscriber(filters.systemEvents.replace("#", "device/add/x")), false);
  assert.equal(parts.bus.hasSubscriber(topics.validateDevice(KEY)), false);
});
