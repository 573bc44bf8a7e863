/**
 * Names in Chinese and with every character that topics, paths and patterns make something of, from the device to an
 * outside MQTT client and back, with EnableNameFieldEscape on and off, on our broker and on Mosquitto. What travels how:
 * edgex-wire.md §2, edgex-configuration.md §5 and device-sdk-go.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { decodeEnvelope, encodeEnvelope, escapeName, type JsonMessage } from "@jx/contracts";
import mqtt from "mqtt";
import { missing, startMosquitto } from "../../integration/mqtt/mosquitto.ts";
import { type EdgeProcess, startEdgeProcess } from "../../support/edge-process.ts";
import { freePort } from "../../support/free-port.ts";
import { ask, askJson } from "../../support/http.ts";
import { until } from "../../support/wait.ts";

interface Names {
  readonly profile: string;
  readonly device: string;
  readonly resource: string;
}

const CHINESE: Names = { profile: "水泵型号", device: "一号泵", resource: "温度" };
/** MQTT's own characters, a path's, a pattern's, and a percent sign before digits that look like an escaped. */
const RESERVED: Names = { profile: "型 / + # % .~", device: "泵/1 +#%41._-~", resource: "温 / + # %2F ." };

const SERVICES = ["CORE_KEEPER", "CORE_METADATA", "CORE_DATA", "CORE_COMMAND", "RULES", "DEVICE_VIRTUAL"];
const path = encodeURIComponent;

for (const broker of ["our broker", "Mosquitto"] as const) {
  const skip = broker === "Mosquitto" && missing();
  for (const escaped of [false, true]) {
    test(`on ${broker}, names ${escaped ? "escaped" : "as they are"} in topics`, { skip }, async (t) => {
      const { edge, outside } = await start(t, broker, escaped);
      await t.test("Chinese", () => way(edge, outside, CHINESE, (name) => (escaped ? escapeName(name) : name), true));
      // Unescaped, such a name cannot be in a topic: a "+" is forbidden there. All else works, and the loss is counted.
      await t.test("reserved characters", () => way(edge, outside, RESERVED, escapeName, escaped));
      if (!escaped) {
        const metrics = (await ask(`${edge.url}/metrics`, { headers: { authorization: `Bearer ${edge.token}` } })).text;
        assert.match(metrics, /^jx_mqtt_dropped_total\{[^}]*reason="topic-not-mqtt"[^}]*\} [1-9]/m);
      }
      await edge.stop();
    });
  }
}

/** Everything that was heard under edgex/, and a way to say something. */
interface Outside {
  heard(topic: string): readonly Buffer[];
  topics(): readonly string[];
  say(message: JsonMessage, topic: string): Promise<void>;
}

async function start(t: TestContext, broker: "our broker" | "Mosquitto", escaped: boolean) {
  const mosquitto = broker === "Mosquitto" ? await startMosquitto() : undefined;
  t.after(() => mosquitto?.[Symbol.asyncDispose]());
  const port = mosquitto?.port ?? (await freePort());
  const args = mosquitto === undefined ? ["--mqtt-port", String(port)] : ["--mqtt-broker", `127.0.0.1:${port}`];
  const env = Object.fromEntries(SERVICES.map((key) => [`${key}_SERVICE_ENABLENAMEFIELDESCAPE`, String(escaped)]));
  const edge = await startEdgeProcess(t, { args, env });
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`);
  t.after(() => client.endAsync());
  const heard = new Map<string, Buffer[]>();
  client.on("message", (topic, payload) => heard.set(topic, [...(heard.get(topic) ?? []), payload]));
  await client.subscribeAsync("edgex/#");
  const outside: Outside = {
    heard: (topic) => heard.get(topic) ?? [],
    topics: () => [...heard.keys()],
    async say(message, topic) {
      await client.publishAsync(topic, Buffer.from(encodeEnvelope(message)));
    },
  };
  return { edge, outside };
}

/** `level`: how a name stands in a topic. `onTheWire`: whether a topic can hold the names as they are written. */
async function way(
  edge: EdgeProcess,
  outside: Outside,
  names: Names,
  level: (name: string) => string,
  onTheWire: boolean,
): Promise<void> {
  const { profile, device, resource } = names;
  await install(edge, names);
  const told = (what: string, owner: string, name: string): string =>
    `edgex/system-events/core-metadata/${what}/${level(owner)}/${level(name)}`;
  const events = ["edgex/events/device", level("device-virtual"), ...[profile, device, resource].map(level)].join("/");
  if (onTheWire) {
    await hear(outside, told("deviceprofile/add", "core-metadata", profile));
    await hear(outside, told("device/add", "device-virtual", profile));
    const [payload] = await hear(outside, events);
    const message = decodeEnvelope(events, payload ?? assert.fail());
    assert.ok(message.kind === "event");
    assert.deepEqual(
      [message.event.profileName, message.event.deviceName, message.event.sourceName],
      [profile, device, resource],
    );
  }
  await stored(edge, names);
  await commandedOverRest(edge, names);
  await commandedOverTheBus(outside, names);
  await remove(edge, names);
  if (onTheWire) await hear(outside, told("device/delete", "device-virtual", profile));
}

async function hear(outside: Outside, topic: string): Promise<readonly Buffer[]> {
  await until(
    `a message under ${topic}; heard were ${outside.topics().join(" ")}`,
    () => outside.heard(topic).length > 0,
  );
  return outside.heard(topic);
}

async function install(edge: EdgeProcess, { profile, device, resource }: Names): Promise<void> {
  const properties = { valueType: "Float64", readWrite: "RW", units: "℃" };
  const attributes = { waveform: "constant", value: 5 };
  const items: [path: string, item: object][] = [
    ["deviceprofile", { profile: { name: profile, deviceResources: [{ name: resource, attributes, properties }] } }],
    [
      "device",
      {
        device: {
          name: device,
          profileName: profile,
          serviceName: "device-virtual",
          adminState: "UNLOCKED",
          operatingState: "UP",
          protocols: { other: { Address: "names" } },
          autoEvents: [{ sourceName: resource, interval: "100ms" }],
        },
      },
    ],
  ];
  for (const [kind, item] of items) {
    const body = [{ apiVersion: "v3", ...item }];
    const [answer] = await askJson<{ statusCode: number; message?: string }[]>(`${edge.api("core-metadata")}/${kind}`, {
      body,
    });
    assert.equal(answer?.statusCode, 201, answer?.message);
  }
}

/** Names in paths percent-encoded, as Go's and every other client sends them. */
async function stored(edge: EdgeProcess, { profile, device, resource }: Names): Promise<void> {
  const data = edge.api("core-data");
  type Readings = { readings: { deviceName: string; resourceName: string; profileName: string }[] };
  const lists = [
    `reading/device/name/${path(device)}`,
    `reading/resourceName/${path(resource)}`,
    `reading/device/name/${path(device)}/resourceName/${path(resource)}`,
  ];
  await until("an event is stored", async () => {
    const { count } = await askJson<{ count: number }>(`${data}/event/count/device/name/${path(device)}`);
    return count > 0;
  });
  for (const list of lists) {
    const { readings } = await askJson<Readings>(`${data}/${list}?limit=1`);
    const { deviceName, resourceName, profileName } = readings[0] ?? assert.fail(`${list} is empty`);
    assert.deepEqual(
      { deviceName, resourceName, profileName },
      { deviceName: device, resourceName: resource, profileName: profile },
    );
  }
  const metadata = edge.api("core-metadata");
  for (const list of [`device/profile/name/${path(profile)}`, "device/service/name/device-virtual"]) {
    const { devices } = await askJson<{ devices: { name: string }[] }>(`${metadata}/${list}`);
    assert.ok(
      devices.some(({ name }) => name === device),
      list,
    );
  }
  const { profile: found } = await askJson<{ profile: { deviceResources: { name: string }[] } }>(
    `${metadata}/deviceprofile/name/${path(profile)}`,
  );
  assert.equal(found.deviceResources[0]?.name, resource);
}

async function commandedOverRest(edge: EdgeProcess, { device, resource }: Names): Promise<void> {
  const url = `${edge.api("core-command")}/device/name/${path(device)}`;
  const { deviceCoreCommand } = await askJson<{
    deviceCoreCommand: { deviceName: string; coreCommands: { name: string; path: string }[] };
  }>(url);
  assert.equal(deviceCoreCommand.deviceName, device);
  const command = deviceCoreCommand.coreCommands.find(({ name }) => name === resource) ?? assert.fail("no command");
  // go-mod-core-contracts dtos/corecommand.go, commandPath: the names as they are, whatever the setting.
  assert.equal(command.path, `/api/v3/device/name/${device}/${resource}`);
  const set = await ask(`${url}/${path(resource)}`, { method: "PUT", body: { [resource]: "7.5" } });
  assert.equal(set.status, 200, set.text);
  const { event } = await askJson<{ event: { readings: { value: string }[] } }>(`${url}/${path(resource)}`);
  assert.equal(Number(event.readings[0]?.value), 7.5);
}

/** As go-mod-messaging's command client asks core command; it decodes names whatever the setting. */
async function commandedOverTheBus(outside: Outside, { device, resource }: Names): Promise<void> {
  const request = async (method: string, payload: unknown): Promise<unknown> => {
    const requestId = randomUUID();
    const topic = `edgex/core/command/request/${escapeName(device)}/${escapeName(resource)}/${method}`;
    await outside.say({ kind: "json", topic, payload, requestId, correlationId: randomUUID(), from: "inside" }, topic);
    const answerTopic = `edgex/response/core-command/${requestId}`;
    const [answer] = await hear(outside, answerTopic);
    const message = decodeEnvelope(answerTopic, answer ?? assert.fail());
    assert.ok(message.kind === "json");
    assert.equal(message.errorCode, undefined, String(message.payload));
    return message.payload;
  };
  assert.equal(await request("set", { [resource]: "8.5" }), null);
  const { event } = (await request("get", null)) as {
    event: { deviceName: string; readings: { value: string; resourceName: string }[] };
  };
  const [reading] = event.readings;
  assert.deepEqual([event.deviceName, reading?.resourceName, Number(reading?.value)], [device, resource, 8.5]);
}

async function remove(edge: EdgeProcess, { device, profile }: Names): Promise<void> {
  for (const item of [`device/name/${path(device)}`, `deviceprofile/name/${path(profile)}`]) {
    const { status, text } = await ask(`${edge.api("core-metadata")}/${item}`, { method: "DELETE" });
    assert.equal(status, 200, text);
  }
}
