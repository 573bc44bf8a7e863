/**
 * Changes of metadata that no system event told. EdgeX's SDK knows devices by its system events alone once it has started
 * (device-sdk-go internal/controller/messaging/callback.go), and these are QoS 0.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { deferred } from "@jx/kit";
import type { AnyDriver } from "../driver.ts";
import { defineDeviceService, type RunningDeviceService } from "../service.ts";
import { type Bench, bench, device, KEY, ScriptedDriver, until } from "../test-parts.ts";

const A = { name: "a", properties: { valueType: "Float64", readWrite: "R" } } as const;
const query = { "ds-pushevent": "false", "ds-returnevent": "true", "ds-regexcmd": "true" };

async function start(parts: Bench, driver: AnyDriver, name = "profile"): Promise<RunningDeviceService> {
  parts.metadata.profiles.set(name, { name, deviceResources: [A] });
  return defineDeviceService({ key: KEY, port: 0, description: "test", drivers: [driver] }).start(parts.context);
}

async function read(service: RunningDeviceService, name: string): Promise<unknown> {
  try {
    const answer = await service.handlers.get({ name, command: "a", ...query }, { correlationId: "c" });
    return answer?.event.readings[0]?.value;
  } catch (error) {
    return (error as Error).message;
  }
}

async function caughtUp({ metadata, metadataBack }: Bench): Promise<void> {
  const { pages } = metadata;
  metadataBack();
  await until(() => metadata.pages > pages, "the next load");
  await new Promise((resolve) => setTimeout(resolve, 5));
}

test("devices, profiles and the own lock are as metadata has them once it says that it is back", async () => {
  const parts = bench();
  const { metadata } = parts;
  const driver = new ScriptedDriver();
  driver.values.set("a", 1);
  for (const name of ["changed", "deleted", "moved"]) metadata.devices.set(name, device(name));
  await using service = await start(parts, driver.driver);
  assert.equal(await read(service, "deleted"), 1);

  metadata.devices.set("added", device("added"));
  metadata.devices.set("changed", device("changed", { adminState: "LOCKED" }));
  metadata.devices.delete("deleted");
  metadata.devices.set("moved", device("moved", { serviceName: "device-other" }));
  await caughtUp(parts);
  assert.equal(await read(service, "added"), 1);
  assert.equal(await read(service, "changed"), "device changed locked");
  assert.equal(await read(service, "deleted"), "device deleted not found");
  assert.equal(await read(service, "moved"), "device moved not found");

  const scaled = { ...A, properties: { ...A.properties, offset: 9 } };
  metadata.profiles.set("profile", { name: "profile", deviceResources: [scaled] });
  await caughtUp(parts);
  assert.equal(await read(service, "added"), 10);

  const own = metadata.services.get(KEY);
  assert.ok(own);
  metadata.services.set(KEY, { ...own, adminState: "LOCKED" });
  await caughtUp(parts);
  assert.equal(await read(service, "added"), "service locked");
  metadata.services.delete(KEY);
  metadata.devices.delete("added");
  await caughtUp(parts);
  assert.equal(await read(service, "added"), "service locked", "a deleted record of the service stops nothing");
});

test("metadata that cannot be asked then is read when it has come, and events go on meanwhile", async () => {
  const parts = bench();
  const { metadata, metadataBack } = parts;
  const driver = new ScriptedDriver();
  driver.values.set("a", 1);
  await using service = await start(parts, driver.driver);
  const { pages } = metadata;
  metadata.devices.set("d", device("d"));
  metadata.available = false;
  const asked = metadata.refused;
  metadataBack();
  await until(() => metadata.refused > asked, "a load in vain");
  assert.equal(await read(service, "d"), "device d not found");
  metadata.available = true;
  await until(() => metadata.pages > pages, "the next load");
  assert.equal(await read(service, "d"), 1);
});

test("a device that did not change goes on: its subscription and its polls are not begun anew", async () => {
  const parts = bench();
  const { metadata } = parts;
  const subscriptions = new Map<string, number>();
  const closed = deferred<undefined>();
  const driver: AnyDriver = {
    ...new ScriptedDriver().driver,
    pushes: true,
    open: async () => ({
      maxInFlight: 1,
      closed: closed.promise,
      read: async (batch) => batch.resources.map(() => ({ value: 1 })),
      write: async () => undefined,
      async *subscribe(_, properties, { signal }) {
        const unit = String((properties as { Unit: number }).Unit);
        subscriptions.set(unit, (subscriptions.get(unit) ?? 0) + 1);
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      },
      async [Symbol.asyncDispose]() {
        closed.resolve(undefined);
      },
    }),
  };
  const autoEvents = [{ sourceName: "a", interval: "1h" }];
  const unit = (Unit: number) => ({ autoEvents, protocols: { scripted: { Line: "line-1", Unit } } });
  // Copies, for over HTTP each answer is a new object.
  const tell = () => {
    for (const [name, value] of metadata.devices) metadata.devices.set(name, structuredClone(value));
    for (const [name, value] of metadata.profiles) metadata.profiles.set(name, structuredClone(value));
  };
  metadata.devices.set("same", device("same", unit(1)));
  metadata.devices.set("other", device("other", unit(2)));
  await using service = await start(parts, driver);
  assert.ok(service);
  await until(() => subscriptions.size === 2, "the subscriptions");
  const before = new Map(subscriptions);
  tell();
  await caughtUp(parts);
  assert.deepEqual(subscriptions, before);
  metadata.devices.set("other", device("other", { ...unit(2), labels: ["changed"] }));
  tell();
  await caughtUp(parts);
  assert.equal(subscriptions.get("1"), before.get("1"));
  assert.equal(subscriptions.get("2"), (before.get("2") ?? 0) + 1);
});
