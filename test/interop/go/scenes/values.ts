/** Values: events to core data and to the application service, gets and sets through core command. */
import assert from "node:assert/strict";
import { ask, askJson } from "../../../support/http.ts";
import { addOwnDevice } from "../../../support/own-device.ts";
import { until } from "../../../support/wait.ts";
import type { BusTap } from "../bus-tap.ts";
import { FIRST, WRITES } from "../values.ts";
import { type Edge, type Joined, read, sentIds, storedIds } from "./joined.ts";

const LIMIT_MS = 60_000;

export async function storedOnce({ edge, bus }: Joined): Promise<void> {
  await until("a few events came", () => sentIds({ bus }).length >= 5);
  const sent = sentIds({ bus });
  const stored = await until("all of them are stored", async () => {
    const ids = await storedIds({ edge });
    return sent.every((id) => ids.includes(id)) && ids;
  });
  assert.equal(new Set(stored).size, stored.length, "an event is stored twice");
  const message = bus.under("edgex/events/device/device-go-peer").at(0)?.envelope["payload"];
  const { id, origin } = (message as { event: { id: string; origin: bigint } }).event;
  const { text } = await ask(`${edge.api("core-data")}/event/id/${id}`);
  assert.ok(text.includes(`"origin":${origin}`), text);
}

export async function reads({ edge }: Pick<Joined, "edge">): Promise<void> {
  for (const [resource, expected] of Object.entries(FIRST)) {
    const { valueType, value, objectValue, binaryValue } = await read(edge, resource);
    assert.deepEqual([valueType, value ?? objectValue ?? binaryValue], [resource, expected]);
  }
}

/** The service answers a Binary reading in CBOR, and publishes it as base64 of CBOR. */
export async function binary({ edge, bus, device }: Joined): Promise<void> {
  const own = await ask(`http://127.0.0.1:${device.port}/api/v3/device/name/go-gauge/Binary`);
  assert.equal(own.headers["content-type"], "application/cbor");
  await read(edge, "Binary", "?ds-pushevent=true");
  const topic = "edgex/events/device/device-go-peer/go-all-types/go-gauge/Binary";
  const [message] = await until("it goes over the bus", () => bus.under(topic).length > 0 && bus.under(topic));
  assert.equal(message?.envelope["contentType"], "application/cbor");
  await until("and is stored", async () => {
    const url = `${edge.api("core-data")}/reading/device/name/go-gauge/resourceName/Binary`;
    const { readings } = await askJson<{ readings: readonly { binaryValue: string }[] }>(url);
    return readings[0]?.binaryValue === FIRST["Binary"];
  });
}

async function write(edge: Edge, source: string, body: object): Promise<{ status: number; text: string }> {
  return ask(`${edge.api("core-command")}/device/name/go-gauge/${source}`, { method: "PUT", body });
}

export async function writes({ edge }: Joined): Promise<void> {
  for (const [resource, sent, expected = sent] of WRITES) {
    const { status, text } = await write(edge, resource, { [resource]: sent });
    assert.equal(status, 200, `${resource}: ${text}`);
    const { value, objectValue } = await read(edge, resource);
    assert.deepEqual(value ?? objectValue, expected, resource);
  }
  assert.equal((await write(edge, "Pair", { Int32: "5", Bool: "true" })).status, 200);
  assert.deepEqual([(await read(edge, "Int32")).value, (await read(edge, "Bool")).value], ["5", "true"]);
}

export async function refusals({ edge }: Joined): Promise<void> {
  const told = async (source: string, body: object): Promise<string> => {
    const { status, text } = await write(edge, source, body);
    return `${status} ${(JSON.parse(text) as { message: string }).message}`;
  };
  const failed = (status: number): string => `${status} request failed, status code: ${status}, err: `;
  assert.ok((await told("Int8", { Int8: "500" })).startsWith(`${failed(400)}failed to create CommandValue`));
  assert.equal(await told("Nothing", {}), `${failed(404)}DeviceResource Nothing not found`);
  assert.match(await told("Binary", { Binary: "AA==" }), /^405 .*marked as read-only/);
}

/** The application service asks core command over the bus, about its sister's device and about ours. */
export async function commandsOverBus({ edge, app }: Joined): Promise<void> {
  await addOwnDevice(edge);
  const at = (path: string): string => `http://127.0.0.1:${app.port}/command/${path}`;
  const value = async (path: string): Promise<unknown> => {
    const { event } = await askJson<{ event: { readings: readonly { value: string }[] } }>(at(path));
    return event.readings[0]?.value;
  };
  await askJson(at("go-gauge/Int16"), { method: "PUT", body: { Int16: "-7" } });
  assert.equal(await value("go-gauge/Int16"), "-7");
  await askJson(at("own-device/Level"), { method: "PUT", body: { Level: "2.5" } });
  assert.equal(await value("own-device/Level"), "2.5e+00");
  const { deviceCoreCommand } = await askJson<{ deviceCoreCommand: { coreCommands: readonly object[] } }>(
    at("go-gauge"),
  );
  assert.equal(deviceCoreCommand.coreCommands.length, 28);
  const { status, text } = await ask(at("go-gauge/Nothing"));
  assert.deepEqual([status, text], [502, "Regex DeviceResource Nothing not found"]);
  await removeOwnDevice(edge);
}

async function removeOwnDevice(edge: Edge): Promise<void> {
  await askJson(`${edge.api("core-metadata")}/device/name/own-device`, { method: "DELETE" });
  await askJson(`${edge.api("core-metadata")}/deviceprofile/name/own-profile`, { method: "DELETE" });
}

/** When the service is away. */
export async function unreachable(edge: Edge): Promise<void> {
  const { status, text } = await ask(`${edge.api("core-command")}/device/name/go-gauge/Bool`);
  assert.deepEqual([status, (JSON.parse(text) as { message: string }).message], [503, "failed to send a http request"]);
}

/** Ids of the events that the application service has sent on: base64 in an envelope without a version. */
function echoedIds(bus: BusTap, device: string): string[] {
  return bus.under(`edgex/echo/${device}`).map(({ envelope }) => {
    const text = Buffer.from(String(envelope["payload"]), "base64").toString();
    return (JSON.parse(text) as { id: string }).id;
  });
}

export async function echoes({ edge, bus }: Joined): Promise<void> {
  await addOwnDevice(edge);
  const source = "device-virtual/own-profile/own-device/Count";
  const ours = await until("our events come", () => sentIds({ bus }, source).length >= 10 && sentIds({ bus }, source));
  await until("the application service sends ours on", () => {
    const echoed = echoedIds(bus, "own-device");
    return ours.every((id) => echoed.includes(id));
  });
  await removeOwnDevice(edge);
}

/** New events come over the bus, are stored, and reach the application service. */
export async function flows({ edge, bus }: Pick<Joined, "edge" | "bus">): Promise<void> {
  const before = sentIds({ bus }).length;
  await until("new events come over the bus", () => sentIds({ bus }).length >= before + 2, LIMIT_MS);
  const sent = sentIds({ bus }).slice(before);
  await until("they are stored", async () => {
    const stored = await storedIds({ edge });
    return sent.every((id) => stored.includes(id));
  });
  await until(
    "the application service has them",
    () => {
      const echoed = echoedIds(bus, "go-gauge");
      return sent.some((id) => echoed.includes(id));
    },
    LIMIT_MS,
  );
}
