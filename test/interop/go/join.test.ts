/** Unmodified EdgeX services in Go join our edge: registry, configuration, metadata, bus, commands, restarts. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { startMosquitto, missing as withoutMosquitto } from "../../integration/mqtt/mosquitto.ts";
import { missingPostgres, postgresUrl, startPostgres } from "../../support/postgres.ts";
import { tapBus } from "./bus-tap.ts";
import { missing, startPeer } from "./peers.ts";
import { choosePlace, type Shape } from "./place.ts";
import type { Joined } from "./scenes/joined.ts";
import { broughtAlong, devicesOf, discovery, systemEvents, validation } from "./scenes/metadata.ts";
import { fromOutside } from "./scenes/outside.ts";
import { commonHotReload, commonSettings, hotReload, ownSettings, registered, saidGoodbye } from "./scenes/settings.ts";
import {
  binary,
  commandsOverBus,
  echoes,
  flows,
  reads,
  refusals,
  storedOnce,
  unreachable,
  writes,
} from "./scenes/values.ts";

const skip = missing();
const LIMIT_MS = 60_000;

const scenes: readonly (readonly [name: string, play: (joined: Joined) => Promise<void>])[] = [
  ["both are in the registry, and up", registered],
  ["their own settings lie in keeper", ownSettings],
  ["EdgeX's bootstrapper adds to the common configuration, and replaces it when told to", commonSettings],
  ["the device service has brought itself, its profile and its device", broughtAlong],
  ["system events go over MQTT with EdgeX's topics and envelopes", systemEvents],
  ["each of its events is stored once, with the origin to the nanosecond", storedOnce],
  ["every value type is read through core command", reads],
  ["a binary value crosses in CBOR", binary],
  ["core command passes on what a client of its external broker asks of it", fromOutside],
  ["every value type is written and read back", writes],
  ["a refusal is its own, with its words", refusals],
  ["metadata asks it before it takes a device, and tells it of changes", validation],
  ["the application service gets its events and ours", echoes],
  ["it commands its sister's devices and ours over the bus", commandsOverBus],
  ["a changed setting reaches it without a restart", hotReload],
  ["so does one of the common configuration", commonHotReload],
  ["what it finds becomes a device where a provision watcher wants it", discovery],
];

test("EdgeX's Go services join our edge", { skip, timeout: 300_000 }, (t) => join(t, {}));

test("they join it on an outside broker, with names escaped in topics", {
  skip: skip || withoutMosquitto(),
  timeout: 300_000,
}, async (t) => {
  await using mosquitto = await startMosquitto();
  await join(t, { brokerPort: mosquitto.port, escapeNames: true });
});

async function join(t: TestContext, shape: Shape): Promise<void> {
  const place = await choosePlace(t, shape);
  const edge = await place.start();
  const bus = await tapBus(t, place.mqttPort);
  const device = await startPeer(t, "device", place);
  const app = await startPeer(t, "app", place);
  await device.says(/driver: added go-gauge/, LIMIT_MS);
  await app.says(/app-go-peer started/, LIMIT_MS);
  for (const [name, play] of scenes) await t.test(name, () => play({ edge, bus, device, app }));
  const escaped = bus.under("edgex/events/device/device-go-peer").every(({ wireTopic }) => /%2D/.test(wireTopic));
  assert.equal(escaped, shape.escapeNames === true);
  await app.stop();
  await device.stop();
  await t.test("they say goodbye to the registry", () => saidGoodbye(edge));
  await t.test("a command to a service that is away is answered 503", () => unreachable(edge));
  await edge.stop();
}

test("they join it when every service has its own process", {
  skip: skip || withoutMosquitto(),
  timeout: 300_000,
}, async (t) => {
  await using mosquitto = await startMosquitto();
  await join(t, { brokerPort: mosquitto.port, apart: true });
});

test("they join it when every service has its own process and PostgreSQL keeps their data", {
  skip: skip || withoutMosquitto() || missingPostgres(),
  timeout: 300_000,
}, async (t) => {
  await using mosquitto = await startMosquitto();
  await using postgres = await startPostgres();
  const store = postgresUrl(await postgres.createDatabase());
  await join(t, { brokerPort: mosquitto.port, apart: true, store });
});

test("restarts of either side, in either order", { skip, timeout: 300_000 }, async (t) => {
  const place = await choosePlace(t, {});
  const early = await startPeer(t, "device", place);
  await startPeer(t, "app", place);
  await early.says(/Waiting for configuration provider to be available/, LIMIT_MS);
  const edge = await place.start();
  await early.says(/driver: added go-gauge/, LIMIT_MS);
  const bus = await tapBus(t, place.mqttPort);
  await flows({ edge, bus });

  await early.stop();
  const device = await startPeer(t, "device", { ...place, port: early.port });
  await device.says(/Service started in/, LIMIT_MS);
  await flows({ edge, bus });
  assert.deepEqual(await devicesOf(edge), ["go-gauge"]);

  await edge.stop();
  for (const end of ["stop", "crash", "stop"] as const) {
    const again = await place.start();
    await flows({ edge: again, bus });
    await reads({ edge: again });
    await again[end]();
  }
});
