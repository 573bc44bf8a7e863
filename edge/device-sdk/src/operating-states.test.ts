/** Expectations: edgex-device-sdk.md §5; device-sdk-go internal/application/devicereturn.go. Where ours differ: docs/differences-from-edgex.md. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeviceProfile } from "@jx/contracts";
import { AppError, deferred, isAppError } from "@jx/kit";
import { OperatingStates } from "./operating-states.ts";
import { bindDevice } from "./registry/bind.ts";
import { defineDeviceService, type RunningDeviceService } from "./service.ts";
import { type Bench, bench, device, KEY, ScriptedDriver, silent, until } from "./test-parts.ts";

const profile: DeviceProfile = {
  name: "profile",
  deviceResources: [
    { name: "w", properties: { valueType: "Int16", readWrite: "W" } },
    { name: "a", properties: { valueType: "Int16", readWrite: "RW" } },
  ],
};
const writeOnly: DeviceProfile = { name: "write-only", deviceResources: (profile.deviceResources ?? []).slice(0, 1) };
const query = { "ds-pushevent": "false", "ds-returnevent": "true", "ds-regexcmd": "true" };
const gone = new AppError("Communication", "no answer");

interface Parts extends Bench {
  readonly service: RunningDeviceService;
  readonly driver: ScriptedDriver;
  read(command?: string): Promise<string>;
  /** What metadata was told of the device's state, in order. */
  told(): unknown[];
}

async function withService(
  settings: { readonly fails: number; readonly downSeconds: number },
  work: (parts: Parts) => Promise<void>,
  change: object = {},
): Promise<void> {
  const parts = bench();
  parts.configure(({ Device }) => {
    Device.AllowedFails = settings.fails;
    Device.DeviceDownTimeout = settings.downSeconds;
  });
  const driver = new ScriptedDriver();
  driver.values.set("a", 1);
  for (const each of [profile, writeOnly]) parts.metadata.profiles.set(each.name, each);
  parts.metadata.devices.set("d", device("d", change));
  // Metadata applies the change and tells the bus, as the real one does.
  parts.metadata.onUpdate = (patch) => {
    const name = patch.name ?? "";
    const before = parts.metadata.devices.get(name);
    if (before === undefined || patch.operatingState == null) return;
    parts.metadata.devices.set(name, { ...before, operatingState: patch.operatingState });
    parts.systemEvent("device", "update", { name });
  };
  const definition = defineDeviceService({ key: KEY, port: 0, description: "test", drivers: [driver.driver] });
  const service = await definition.start(parts.context);
  const read = async (command = "a"): Promise<string> => {
    try {
      await service.handlers.get({ name: "d", command, ...query }, { correlationId: "c" });
      return "200";
    } catch (error) {
      assert.ok(isAppError(error));
      return `${error.kind}`;
    }
  };
  const told = (): unknown[] =>
    parts.metadata.patches.map((patch) => (patch as { device?: { operatingState?: string } }).device?.operatingState);
  try {
    await work({ ...parts, service, driver, read, told });
  } finally {
    await service[Symbol.asyncDispose]();
  }
}

test("after so many failures in a row metadata is told, once; a success in between forgives", async () => {
  await withService({ fails: 2, downSeconds: 0 }, async ({ driver, read, told, metadata }) => {
    driver.values.set("a", gone);
    assert.equal(await read(), "ServerError");
    driver.values.set("a", 1);
    assert.equal(await read(), "200");
    driver.values.set("a", gone);
    await read();
    assert.deepEqual(told(), []);
    await read();
    assert.deepEqual(told(), ["DOWN"]);
    await until(() => metadata.devices.get("d")?.operatingState === "DOWN", "DOWN");
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(await read(), "ServiceLocked", "without DeviceDownTimeout nothing passes");
    assert.deepEqual(told(), ["DOWN"]);
  });
});

test("what never reached the device does not count", async () => {
  await withService({ fails: 1, downSeconds: 0 }, async ({ read, told }) => {
    assert.equal(await read("none"), "NotFound");
    assert.equal(await read("w"), "NotAllowed");
    assert.deepEqual(told(), []);
  });
});

test("while DOWN commands pass, and one that succeeds makes it UP", async () => {
  await withService({ fails: 1, downSeconds: 3_600 }, async ({ driver, read, told, metadata }) => {
    driver.values.set("a", gone);
    await read();
    await until(() => metadata.devices.get("d")?.operatingState === "DOWN", "DOWN");
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(await read(), "ServerError", "asked, not 423");
    driver.values.set("a", 1);
    assert.equal(await read(), "200");
    await until(() => metadata.devices.get("d")?.operatingState === "UP", "UP");
    assert.deepEqual(told(), ["DOWN", "UP"]);
  });
});

test("a device that is DOWN is asked for its first readable resource every DeviceDownTimeout until it answers", async () => {
  const change = { operatingState: "DOWN" };
  await withService(
    { fails: 3, downSeconds: 0.005 },
    async ({ driver, metadata }) => {
      driver.values.set("a", gone);
      await until(() => driver.exchanges.length >= 3, "three attempts");
      assert.deepEqual(new Set(driver.exchanges), new Set(["read a"]));
      assert.equal(metadata.devices.get("d")?.operatingState, "DOWN");
      driver.values.set("a", 1);
      await until(() => metadata.devices.get("d")?.operatingState === "UP", "UP");
      await new Promise((resolve) => setTimeout(resolve, 10));
      const { length } = driver.exchanges;
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(driver.exchanges.length, length, "nobody asks any more");
    },
    change,
  );
});

test("one with nothing to read is UP after the time, unasked", async () => {
  await withService(
    { fails: 1, downSeconds: 0.005 },
    async ({ driver, metadata }) => {
      await until(() => metadata.devices.get("d")?.operatingState === "UP", "UP");
      assert.deepEqual(driver.exchanges, []);
    },
    { operatingState: "DOWN", profileName: "write-only" },
  );
});

test("polls count, and while DOWN the breaker thins them out; they bring the device back as well", async () => {
  const change = { autoEvents: [{ interval: "5ms", sourceName: "a" }] };
  await withService(
    { fails: 2, downSeconds: 3_600 },
    async ({ driver, metadata, service }) => {
      driver.hang = true;
      await until(() => metadata.devices.get("d")?.operatingState === "DOWN", "DOWN");
      const { length } = driver.exchanges;
      await until(() => (service.health()[0]?.skippedPolls ?? 0) > 20, "skipped polls");
      assert.ok(driver.exchanges.length - length <= 1, "at most a probe");
      driver.hang = false;
      await until(() => metadata.devices.get("d")?.operatingState === "UP", "UP");
    },
    change,
  );
});

test("what metadata did not take is told again at the next failure", async () => {
  await withService({ fails: 1, downSeconds: 0 }, async ({ driver, read, told, metadata }) => {
    driver.values.set("a", gone);
    metadata.available = false;
    await read();
    assert.deepEqual(told(), []);
    metadata.available = true;
    await read();
    assert.deepEqual(told(), ["DOWN"]);
  });
});

test("AllowedFails 0: nothing is told", async () => {
  await withService({ fails: 0, downSeconds: 1 }, async ({ driver, read, told }) => {
    driver.values.set("a", gone);
    for (let i = 0; i < 5; i += 1) await read();
    assert.deepEqual(told(), []);
  });
});

test("an attempt that is under way at the end is the last", async () => {
  const bound = bindDevice(device("d", { operatingState: "DOWN" }), profile, [new ScriptedDriver().driver]);
  const timers: (() => void)[] = [];
  const answer = deferred<void>();
  const states = new OperatingStates({
    registry: { get: () => bound },
    log: silent,
    settings: () => ({ allowedFails: 1, downTimeoutMs: 1, returnsFromDown: true }),
    mark: async () => undefined,
    probe: () => answer.promise,
    setTimer: (callback) => {
      timers.push(callback);
      return () => undefined;
    },
  });
  states.update("d", bound);
  timers[0]?.();
  states[Symbol.dispose]();
  answer.reject(gone);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(timers.length, 1, "a timer would keep the process");
});
