/** Unmodified EdgeX services in Go join our edge: registry, configuration, metadata, bus, commands, restarts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Device } from "@jx/contracts";
import type { EdgeProcess } from "../../support/edge-process.ts";
import { ask, askJson } from "../../support/http.ts";
import { addOwnDevice } from "../../support/own-device.ts";
import { until } from "../../support/wait.ts";
import { type BusTap, tapBus } from "./bus-tap.ts";
import { bootstrap, type GoPeer, missing, SERVICE_OF, startPeer } from "./peers.ts";
import { choosePlace } from "./place.ts";
import { FIRST, WRITES } from "./values.ts";

const skip = missing();
const LIMIT_MS = 60_000;

interface Joined {
  readonly edge: EdgeProcess;
  readonly bus: BusTap;
  readonly device: GoPeer;
  readonly app: GoPeer;
}

const scenes: readonly (readonly [name: string, run: (joined: Joined) => Promise<void>])[] = [
  ["both are in the registry, and up", registered],
  ["their own settings lie in keeper", ownSettings],
  ["EdgeX's bootstrapper adds to the common configuration, and replaces it when told to", commonSettings],
  ["the device service has brought itself, its profile and its device", broughtAlong],
  ["system events go over MQTT with EdgeX's topics and envelopes", systemEvents],
  ["each of its events is stored once, with the origin to the nanosecond", storedOnce],
  ["every value type is read through core command", reads],
  ["every value type is written and read back", writes],
  ["a refusal is its own, with its words", refusals],
  ["metadata asks it before it takes a device, and tells it of changes", validation],
  ["the application service gets its events and ours", echoes],
  ["a changed setting reaches it without a restart", hotReload],
  ["what it finds becomes a device where a provision watcher wants it", discovery],
];

test("EdgeX's Go services join our edge", { skip, timeout: 300_000 }, async (t) => {
  const place = await choosePlace(t);
  const edge = await place.start();
  const bus = await tapBus(t, place.mqttPort);
  const device = await startPeer(t, "device", place);
  const app = await startPeer(t, "app", place);
  await device.says(/driver: added go-gauge/, LIMIT_MS);
  await app.says(/app-go-peer started/, LIMIT_MS);
  for (const [name, run] of scenes) await t.test(name, () => run({ edge, bus, device, app }));
  await app.stop();
  await device.stop();
  await t.test("they say goodbye to the registry", () => saidGoodbye(edge));
  await edge.stop();
});

test("restarts of either side, in either order", { skip, timeout: 300_000 }, async (t) => {
  const place = await choosePlace(t);
  const early = await startPeer(t, "device", place);
  await early.says(/Using Configuration provider|failed to create Configuration Provider|try again/i, LIMIT_MS);
  const edge = await place.start();
  await early.says(/driver: added go-gauge/, LIMIT_MS);
  const bus = await tapBus(t, place.mqttPort);
  await flows(edge, bus);

  await early.stop();
  const device = await startPeer(t, "device", { ...place, port: early.port });
  await device.says(/Device go-gauge exists|Service started in/, LIMIT_MS);
  await flows(edge, bus);
  assert.deepEqual(await devicesOf(edge), ["go-gauge"]);

  await edge.stop();
  const again = await place.start();
  await flows(again, bus);
  await reads({ edge: again });
  await device.stop();
  await again.stop();
});

interface Registration {
  readonly serviceId: string;
  readonly status: string;
}

async function registrationOf(edge: EdgeProcess, serviceId: string): Promise<Registration> {
  const url = `${edge.api("core-keeper")}/registry/serviceId/${serviceId}`;
  return (await askJson<{ registration: Registration }>(url)).registration;
}

async function registered({ edge }: Joined): Promise<void> {
  for (const service of Object.values(SERVICE_OF)) {
    await until(`${service} is up`, async () => (await registrationOf(edge, service)).status === "UP");
  }
}

async function saidGoodbye(edge: EdgeProcess): Promise<void> {
  for (const service of Object.values(SERVICE_OF)) {
    assert.equal((await registrationOf(edge, service)).status, "HALT");
  }
}

async function setting(edge: EdgeProcess, key: string): Promise<string> {
  const url = `${edge.api("core-keeper")}/kvs/key/edgex/v4/${key}?plaintext=true`;
  return (await askJson<{ response: readonly { value: string }[] }>(url)).response[0]?.value ?? "";
}

async function ownSettings({ edge, device }: Joined): Promise<void> {
  assert.equal(await setting(edge, "device-go-peer/Service/Port"), String(device.port));
  assert.equal(await setting(edge, "app-go-peer/Trigger/PublishTopic"), "echo/{devicename}");
}

async function commonSettings({ edge }: Joined): Promise<void> {
  const keeper = edge.api("core-keeper");
  const key = (name: string): Promise<string> => setting(edge, `core-common-config-bootstrapper/${name}`);
  const values = { "all-services": { Service: { MaxResultCount: 7, Own: "text" } } };
  bootstrap(keeper, values, false);
  assert.deepEqual(
    [await key("all-services/Service/MaxResultCount"), await key("all-services/Service/Own")],
    ["1024", "text"],
  );
  bootstrap(keeper, values, true);
  assert.equal(await key("all-services/Service/MaxResultCount"), "7");
  assert.equal(await key("IsCommonConfigReady"), "true");
  values["all-services"].Service.MaxResultCount = 1024;
  bootstrap(keeper, values, true);
}

async function broughtAlong({ edge, device }: Joined): Promise<void> {
  const metadata = edge.api("core-metadata");
  const { service } = await askJson<{ service: { baseAddress: string; adminState: string } }>(
    `${metadata}/deviceservice/name/device-go-peer`,
  );
  assert.deepEqual([service.baseAddress, service.adminState], [`http://127.0.0.1:${device.port}`, "UNLOCKED"]);
  const { profile } = await askJson<{
    profile: { deviceResources: readonly object[]; deviceCommands: readonly object[] };
  }>(`${metadata}/deviceprofile/name/go-all-types`);
  assert.deepEqual([profile.deviceResources.length, profile.deviceCommands.length], [27, 1]);
  const { device: gauge } = await askJson<{ device: Device }>(`${metadata}/device/name/go-gauge`);
  assert.deepEqual(
    [gauge.serviceName, gauge.profileName, gauge.protocols, gauge.autoEvents?.[0]?.interval],
    ["device-go-peer", "go-all-types", { memory: { Slot: "first" } }, "500ms"],
  );
}

async function systemEvents({ bus }: Joined): Promise<void> {
  const root = "edgex/system-events/core-metadata";
  const topics = [
    `${root}/deviceservice/add/device-go-peer`,
    `${root}/deviceprofile/add/core-metadata/go-all-types`,
    `${root}/device/add/device-go-peer/go-all-types`,
  ];
  for (const topic of topics) {
    const [message, ...more] = bus.under(topic);
    assert.ok(message !== undefined && more.length === 0, `${topic}: ${more.length + 1} messages`);
    const { apiVersion, contentType, errorCode, payload } = message.envelope;
    assert.deepEqual([apiVersion, contentType, errorCode], ["v3", "application/json", 0]);
    const { type, action, source, owner } = payload as Record<string, unknown>;
    assert.deepEqual(
      [type, action, source, owner],
      [...topic.split("/").slice(3, 5), "core-metadata", topic.split("/")[5]],
    );
  }
}

interface StoredEvent {
  readonly id: string;
  readonly origin: number;
}

/** Ids of the auto event's events, as they went over the bus. */
function sentIds(bus: BusTap): string[] {
  return bus
    .under("edgex/events/device/device-go-peer/go-all-types/go-gauge/Float32")
    .map(({ envelope }) => (envelope["payload"] as { event: { id: string } }).event.id);
}

async function storedIds(edge: EdgeProcess): Promise<string[]> {
  const url = `${edge.api("core-data")}/event/device/name/go-gauge?limit=-1`;
  return (await askJson<{ events: readonly StoredEvent[] }>(url)).events.map(({ id }) => id);
}

async function storedOnce({ edge, bus }: Joined): Promise<void> {
  await until("a few events came", () => sentIds(bus).length >= 5);
  const sent = sentIds(bus);
  const stored = await until("all of them are stored", async () => {
    const ids = await storedIds(edge);
    return sent.every((id) => ids.includes(id)) && ids;
  });
  assert.equal(new Set(stored).size, stored.length, "an event is stored twice");
  const message = bus.under("edgex/events/device/device-go-peer").at(0)?.envelope["payload"];
  const { id, origin } = (message as { event: { id: string; origin: bigint } }).event;
  const { text } = await ask(`${edge.api("core-data")}/event/id/${id}`);
  assert.ok(text.includes(`"origin":${origin}`), text);
}

interface Read {
  readonly valueType: string;
  readonly value?: unknown;
  readonly objectValue?: unknown;
  readonly binaryValue?: string;
}

async function read(edge: EdgeProcess, resource: string): Promise<Read> {
  const url = `${edge.api("core-command")}/device/name/go-gauge/${resource}`;
  const { event } = await askJson<{ event: { readings: readonly Read[] } }>(url);
  return event.readings[0] ?? assert.fail(`${resource} has no reading`);
}

async function reads({ edge }: Pick<Joined, "edge">): Promise<void> {
  for (const [resource, expected] of Object.entries(FIRST)) {
    const { valueType, value, objectValue, binaryValue } = await read(edge, resource);
    assert.deepEqual([valueType, value ?? objectValue ?? binaryValue], [resource, expected]);
  }
}

async function write(edge: EdgeProcess, source: string, body: object): Promise<{ status: number; text: string }> {
  return ask(`${edge.api("core-command")}/device/name/go-gauge/${source}`, { method: "PUT", body });
}

async function writes({ edge }: Joined): Promise<void> {
  for (const [resource, sent, expected = sent] of WRITES) {
    const { status, text } = await write(edge, resource, { [resource]: sent });
    assert.equal(status, 200, `${resource}: ${text}`);
    const { value, objectValue } = await read(edge, resource);
    assert.deepEqual(value ?? objectValue, expected, resource);
  }
  assert.equal((await write(edge, "Pair", { Int32: "5", Bool: "true" })).status, 200);
  assert.deepEqual([(await read(edge, "Int32")).value, (await read(edge, "Bool")).value], ["5", "true"]);
}

async function refusals({ edge }: Joined): Promise<void> {
  const told = async (source: string, body: object): Promise<string> => {
    const { status, text } = await write(edge, source, body);
    return `${status} ${(JSON.parse(text) as { message: string }).message}`;
  };
  assert.match(
    await told("Int8", { Int8: "500" }),
    /^400 request failed, status code: 400, err: failed to create CommandValue/,
  );
  assert.match(
    await told("Nothing", {}),
    /^404 request failed, status code: 404, err: DeviceResource Nothing not found/,
  );
  assert.match(await told("Binary", { Binary: "AA==" }), /^405 .*marked as read-only/);
}

async function addDevice(
  edge: EdgeProcess,
  name: string,
  slot: object,
): Promise<{ statusCode: number; message?: string }> {
  const device = {
    name,
    serviceName: "device-go-peer",
    profileName: "go-all-types",
    adminState: "UNLOCKED",
    operatingState: "UP",
    protocols: { memory: slot },
  };
  const body = [{ apiVersion: "v3", device }];
  const [item] = await askJson<{ statusCode: number; message?: string }[]>(`${edge.api("core-metadata")}/device`, {
    body,
  });
  return item ?? assert.fail("no answer");
}

async function validation({ edge, device }: Joined): Promise<void> {
  const { statusCode, message } = await addDevice(edge, "go-bad", {});
  assert.deepEqual([statusCode, message], [500, "Device go-bad validation failed: protocol memory needs a Slot"]);
  assert.equal((await addDevice(edge, "go-泵", { Slot: "two" })).statusCode, 201);
  await device.says(/driver: added go-泵/);
  const change = [{ apiVersion: "v3", device: { name: "go-泵", adminState: "LOCKED" } }];
  await askJson(`${edge.api("core-metadata")}/device`, { method: "PATCH", body: change });
  await device.says(/driver: updated go-泵 LOCKED/);
  await askJson(`${edge.api("core-metadata")}/device/name/${encodeURIComponent("go-泵")}`, { method: "DELETE" });
  await device.says(/driver: removed go-泵/);
}

/** The ids of the events that the application service has sent on. Its answers are base64 in an envelope without version. */
function echoedIds(bus: BusTap, device: string): string[] {
  return bus.under(`edgex/echo/${device}`).map(({ envelope }) => {
    const text = Buffer.from(String(envelope["payload"]), "base64").toString();
    return (JSON.parse(text) as StoredEvent).id;
  });
}

async function echoes({ edge, bus }: Joined): Promise<void> {
  await addOwnDevice(edge);
  const sent = (): string[] =>
    bus
      .under("edgex/events/device/device-virtual/own-profile/own-device/Count")
      .map(({ envelope }) => (envelope["payload"] as { event: { id: string } }).event.id);
  await until("our events come", () => sent().length >= 10);
  const some = sent();
  await until("the application service sends ours on", () => {
    const echoed = echoedIds(bus, "own-device");
    return some.every((id) => echoed.includes(id));
  });
  const theirs = sentIds(bus).slice(-3, -1);
  await until("and its sister's", () => theirs.every((id) => echoedIds(bus, "go-gauge").includes(id)));
  await askJson(`${edge.api("core-metadata")}/device/name/own-device`, { method: "DELETE" });
}

async function hotReload({ edge, device }: Joined): Promise<void> {
  const put = (key: string, value: string): Promise<unknown> =>
    askJson(`${edge.api("core-keeper")}/kvs/key/edgex/v4/${key}`, { method: "PUT", body: { value } });
  assert.doesNotMatch(device.output(), /level=DEBUG/);
  await put("device-go-peer/Writable/LogLevel", "DEBUG");
  await device.says(/Writable configuration has been updated from the Configuration Provider/, 2_000);
  await device.says(/level=DEBUG/, 5_000);
  await put("device-go-peer/Writable/LogLevel", "INFO");
  const units = async (): Promise<unknown> => ((await read(edge, "Float32")) as { units?: string }).units;
  assert.equal(await units(), "m");
  const common = "core-common-config-bootstrapper/device-services/Writable/Reading/ReadingUnits";
  await put(common, "false");
  await until("the units are gone from readings", async () => (await units()) === undefined, 5_000);
  await put(common, "true");
  await until("and back", async () => (await units()) === "m", 5_000);
}

async function discovery({ edge, bus, device }: Joined): Promise<void> {
  const provisionWatcher = {
    name: "any-slot",
    serviceName: "device-go-peer",
    identifiers: { Slot: "^fo" },
    adminState: "UNLOCKED",
    discoveredDevice: { profileName: "go-all-types", adminState: "UNLOCKED" },
  };
  const body = [{ apiVersion: "v3", provisionWatcher }];
  const [item] = await askJson<{ statusCode: number }[]>(`${edge.api("core-metadata")}/provisionwatcher`, { body });
  assert.equal(item?.statusCode, 201);
  // Again and again: nobody tells when the watcher's system event has reached the service.
  await until("the find is added", async () => {
    const { status } = await ask(`http://127.0.0.1:${device.port}/api/v3/discovery`, { method: "POST" });
    assert.equal(status, 202);
    return /driver: added go-found/.test(device.output());
  });
  const topic = "edgex/system-events/device-go-peer/device/discovery/device-go-peer";
  await until("its progress goes over the bus", () => bus.under(topic).length > 0);
  const { device: found } = await askJson<{ device: Device }>(`${edge.api("core-metadata")}/device/name/go-found`);
  assert.deepEqual([found.profileName, found.protocols], ["go-all-types", { memory: { Slot: "found" } }]);
}

async function devicesOf(edge: EdgeProcess): Promise<string[]> {
  const url = `${edge.api("core-metadata")}/device/service/name/device-go-peer`;
  return (await askJson<{ devices: readonly Device[] }>(url)).devices.map(({ name }) => name);
}

/** New events come over the bus and are stored. */
async function flows(edge: EdgeProcess, bus: BusTap): Promise<void> {
  const before = sentIds(bus).length;
  await until("new events come over the bus", () => sentIds(bus).length >= before + 2, LIMIT_MS);
  const sent = sentIds(bus).slice(before);
  await until("they are stored", async () => {
    const stored = await storedIds(edge);
    return sent.every((id) => stored.includes(id));
  });
}
