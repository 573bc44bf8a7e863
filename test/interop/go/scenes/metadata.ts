/** Metadata: what the device service brings, what it is asked, and what it hears. */
import assert from "node:assert/strict";
import type { Device } from "@jx/contracts";
import { ask, askJson } from "../../../support/http.ts";
import { until } from "../../../support/wait.ts";
import type { Edge, Joined } from "./joined.ts";

interface Item {
  readonly statusCode: number;
  readonly message?: string;
}

async function add(edge: Edge, path: string, item: object): Promise<Item> {
  const body = [{ apiVersion: "v3", ...item }];
  const [result] = await askJson<Item[]>(`${edge.api("core-metadata")}/${path}`, { body });
  return result ?? assert.fail("no answer");
}

export async function broughtAlong({ edge, device }: Joined): Promise<void> {
  const metadata = edge.api("core-metadata");
  const { service } = await askJson<{ service: { baseAddress: string; adminState: string } }>(
    `${metadata}/deviceservice/name/device-go-peer`,
  );
  assert.deepEqual([service.baseAddress, service.adminState], [`http://127.0.0.1:${device.port}`, "UNLOCKED"]);
  const { profile } = await askJson<{ profile: Readonly<Record<string, readonly object[]>> }>(
    `${metadata}/deviceprofile/name/go-all-types`,
  );
  assert.deepEqual([profile["deviceResources"]?.length, profile["deviceCommands"]?.length], [27, 1]);
  const { device: gauge } = await askJson<{ device: Device }>(`${metadata}/device/name/go-gauge`);
  assert.deepEqual(
    [gauge.serviceName, gauge.profileName, gauge.protocols, gauge.autoEvents?.[0]?.interval],
    ["device-go-peer", "go-all-types", { memory: { Slot: "first" } }, "500ms"],
  );
}

export async function systemEvents({ bus }: Joined): Promise<void> {
  const told: readonly (readonly [type: string, owner: string, rest: string])[] = [
    ["deviceservice", "device-go-peer", ""],
    ["deviceprofile", "core-metadata", "/go-all-types"],
    ["device", "device-go-peer", "/go-all-types"],
  ];
  for (const [type, owner, rest] of told) {
    const topic = `edgex/system-events/core-metadata/${type}/add/${owner}${rest}`;
    const [message, ...more] = bus.under(topic);
    assert.ok(message !== undefined && more.length === 0, `${topic}: ${more.length + 1} messages`);
    const { apiVersion, contentType, errorCode, payload } = message.envelope;
    assert.deepEqual([apiVersion, contentType, errorCode], ["v3", "application/json", 0]);
    const { action, source, ...event } = payload as Record<string, unknown>;
    assert.deepEqual([event["type"], action, source, event["owner"]], [type, "add", "core-metadata", owner]);
  }
}

export async function validation({ edge, device }: Joined): Promise<void> {
  const states = { adminState: "UNLOCKED", operatingState: "UP" };
  const ours = { serviceName: "device-go-peer", profileName: "go-all-types", ...states };
  const bad = await add(edge, "device", { device: { ...ours, name: "go-bad", protocols: { memory: {} } } });
  assert.deepEqual(
    [bad.statusCode, bad.message],
    [500, "Device go-bad validation failed: protocol memory needs a Slot"],
  );
  const name = "go-泵";
  const good = await add(edge, "device", { device: { ...ours, name, protocols: { memory: { Slot: "two" } } } });
  assert.equal(good.statusCode, 201);
  await device.says(/driver: added go-泵/);
  const body = [{ apiVersion: "v3", device: { name, adminState: "LOCKED" } }];
  await askJson(`${edge.api("core-metadata")}/device`, { method: "PATCH", body });
  await device.says(/driver: updated go-泵 LOCKED/);
  await askJson(`${edge.api("core-metadata")}/device/name/${encodeURIComponent(name)}`, { method: "DELETE" });
  await device.says(/driver: removed go-泵/);
}

export async function discovery({ edge, bus, device }: Joined): Promise<void> {
  const provisionWatcher = {
    name: "any-slot",
    serviceName: "device-go-peer",
    identifiers: { Slot: "^fo" },
    adminState: "UNLOCKED",
    discoveredDevice: { profileName: "go-all-types", adminState: "UNLOCKED" },
  };
  assert.equal((await add(edge, "provisionwatcher", { provisionWatcher })).statusCode, 201);
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

/** A restart must not leave a device twice, or lose one. */
export async function devicesOf(edge: Edge): Promise<string[]> {
  const url = `${edge.api("core-metadata")}/device/service/name/device-go-peer`;
  return (await askJson<{ devices: readonly Device[] }>(url)).devices.map(({ name }) => name);
}
