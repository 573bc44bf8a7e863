import assert from "node:assert/strict";
import { test } from "node:test";
import type { AutoEvent, Device, DeviceProfile } from "@jx/contracts";
import { AppError, deferred } from "@jx/kit";
import { defineDeviceService, type RunningDeviceService } from "./service.ts";
import { type Bench, bench, device, KEY, ScriptedDriver, until } from "./test-parts.ts";

const profile: DeviceProfile = {
  name: "profile",
  deviceResources: ["a", "b", "c"].map((name) => ({
    name,
    properties: { valueType: "Float64", readWrite: "RW" as const },
  })),
  deviceCommands: [
    {
      name: "all",
      readWrite: "R",
      resourceOperations: [{ deviceResource: "a" }, { deviceResource: "b" }, { deviceResource: "c" }],
    },
  ],
};

function polled(name: string, autoEvent: Partial<AutoEvent> = {}, change: Partial<Device> = {}): Device {
  return device(name, { autoEvents: [{ interval: "5ms", sourceName: "all", ...autoEvent }], ...change });
}

async function withService(
  devices: readonly Device[],
  work: (driver: ScriptedDriver, parts: Bench, service: RunningDeviceService) => Promise<void>,
): Promise<void> {
  const parts = bench();
  const driver = new ScriptedDriver();
  for (const name of ["a", "b", "c"]) driver.values.set(name, 1);
  parts.metadata.profiles.set("profile", profile);
  for (const made of devices) parts.metadata.devices.set(made.name, made);
  const definition = defineDeviceService({ key: KEY, port: 0, description: "test", drivers: [driver.driver] });
  const service = await definition.start(parts.context);
  try {
    await work(driver, parts, service);
  } finally {
    await service[Symbol.asyncDispose]();
  }
}

function healthOf(service: RunningDeviceService, name: string) {
  const found = service.health().find((health) => health.device === name);
  assert.ok(found);
  return found;
}

test("a source is read as one exchange and published as one event", async () => {
  const started = performance.now();
  await withService([polled("d")], async (driver, { events }, service) => {
    await until(() => events.length >= 3, "three events");
    assert.deepEqual(new Set(driver.exchanges), new Set(["read a,b,c"]));
    assert.deepEqual(
      events[0]?.readings.map(({ resourceName }) => resourceName),
      ["a", "b", "c"],
    );
    assert.equal(events[0]?.sourceName, "all");
    assert.ok((events[1]?.origin ?? 0n) > (events[0]?.origin ?? 0n));
    const health = healthOf(service, "d");
    assert.equal(health.state, "ok");
    assert.ok(health.lastOk !== undefined && health.rttMs !== undefined);
    assert.ok(health.rttMs <= performance.now() - started);
  });
});

test("a poll is skipped and counted while the one before is on its way; none is queued", async () => {
  await withService([polled("d")], async (driver, { events, configure }, service) => {
    configure(({ Device }) => {
      Device.RequestTimeout = "1h";
    });
    const gate = deferred<void>();
    driver.gate = gate.promise;
    await until(() => healthOf(service, "d").skippedPolls >= 3, "skipped polls");
    assert.equal(driver.exchanges.length, 1);
    assert.equal(events.length, 0);
    gate.resolve();
    await until(() => events.length >= 2, "events again");
  });
});

test("while the bus has no room the device is not polled; then it goes on", async () => {
  await withService([polled("d")], async (driver, { bus, events }, service) => {
    const gate = deferred<void>();
    bus.subscribe("edgex/events/#", { name: "slow", policy: "block", capacity: 1 }, () => gate.promise);
    // One is being handled, one waits in the queue, one for room in it.
    await until(() => bus.stats().some(({ name, waiting }) => name === "slow" && waiting === 2), "the full queue");
    const reads = driver.exchanges.length;
    const skipped = healthOf(service, "d").skippedPolls;
    await until(() => healthOf(service, "d").skippedPolls >= skipped + 5, "skipped polls");
    assert.equal(driver.exchanges.length, reads, "the source feels it");
    const before = events.length;
    gate.resolve();
    await until(() => events.length > before + 1, "events again");
  });
});

test("what a read has pushed and the bus has not taken holds up polls as well", async () => {
  await withService([device("d")], async (driver, { bus, metadata, systemEvent }, service) => {
    const gate = deferred<void>();
    bus.subscribe("edgex/events/#", { name: "slow", policy: "block", capacity: 1 }, () => gate.promise);
    const query = { "ds-pushevent": "true", "ds-returnevent": "false", "ds-regexcmd": "true" };
    for (let i = 0; i < 3; i += 1) {
      await service.handlers.get({ name: "d", command: "a", ...query }, { correlationId: "c" });
    }
    metadata.devices.set("d", polled("d"));
    systemEvent("device", "update", { name: "d" });
    await until(() => healthOf(service, "d").skippedPolls > 3, "skipped polls");
    assert.deepEqual(driver.exchanges, ["read a", "read a", "read a"]);
    gate.resolve();
    await until(() => driver.exchanges.includes("read a,b,c"), "polls");
  });
});

test("a poll follows a change of the profile without losing its beat", async () => {
  await withService([polled("d")], async (_, { events, metadata, systemEvent }) => {
    await until(() => events.length > 0, "an event");
    const scaled = profile.deviceResources?.map(({ name, properties }) => ({
      name,
      properties: { ...properties, offset: 9 },
    }));
    metadata.profiles.set("profile", { ...profile, deviceResources: scaled ?? [] });
    systemEvent("deviceprofile", "update", { name: "profile" });
    await until(() => events.at(-1)?.readings[0]?.value === 10, "the new offset");
  });
});

test("on change: only what changed by more than the threshold, or the whole event", async () => {
  const onChange = { onChange: true, onChangeThreshold: 1 };
  await withService([polled("d", onChange)], async (driver, { events, configure }) => {
    await until(() => driver.exchanges.length > 5, "polls");
    assert.equal(events.length, 1);
    driver.values.set("b", 5);
    await until(() => events.length === 2, "the change");
    assert.equal(events[1]?.readings.length, 3);
    configure(({ Device }) => {
      Device.AutoEvents.SendChangedReadingsOnly = true;
    });
    driver.values.set("c", 7);
    await until(() => events.length === 3, "the second change");
    assert.deepEqual(
      events[2]?.readings.map(({ resourceName, value }) => [resourceName, value]),
      [["c", 7]],
    );
  });
});

test("a resource that fails gives no value; the others do, and health tells which", async () => {
  await withService([polled("d")], async (driver, { events }, service) => {
    driver.values.set("b", new AppError("Communication", "exception 2"));
    await until(() => events.some(({ readings }) => readings.length === 2), "the partial event");
    const health = healthOf(service, "d");
    assert.equal(health.state, "degraded");
    assert.equal(health.resources["b"]?.message, "exception 2");
    assert.equal(health.lastError?.resource, "b");
    driver.values.set("b", 2);
    await until(() => healthOf(service, "d").state === "ok", "recovery");
    assert.deepEqual(healthOf(service, "d").resources, {});
  });
});

test("an unreachable device publishes nothing, is down, and comes back", async () => {
  await withService([polled("d")], async (driver, { events }, service) => {
    await until(() => events.length > 0, "an event");
    driver.refuse = new AppError("ServiceUnavailable", "connect ECONNREFUSED");
    driver.current?.resolve(new AppError("Communication", "reset by peer"));
    await until(() => healthOf(service, "d").state === "down", "down");
    assert.match(healthOf(service, "d").lastError?.message ?? "", /ECONNREFUSED|reset by peer/);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const count = events.length;
    driver.refuse = undefined;
    // A person's read does not wait for the back-off, and polls follow it.
    const query = { "ds-pushevent": "false", "ds-returnevent": "true", "ds-regexcmd": "true" };
    await service.handlers.get({ name: "d", command: "a", ...query }, { correlationId: "c" });
    await until(() => events.length > count, "events again");
    assert.equal(healthOf(service, "d").state, "ok");
  });
});

test("a dead unit does not starve the others on its line", async () => {
  const dead = polled("dead", { sourceName: "dead" });
  await withService(
    [polled("alive"), { ...dead, profileName: "dead" }],
    async (driver, { events, metadata, systemEvent }, service) => {
      metadata.profiles.set("dead", {
        name: "dead",
        deviceResources: [{ name: "dead", properties: { valueType: "Bool", readWrite: "R" } }],
      });
      driver.hangOn = "dead";
      systemEvent("device", "update", { name: "dead" });
      await until(() => healthOf(service, "dead").failures >= 2, "two time-outs");
      const count = events.length;
      const reads = driver.exchanges.filter((what) => what === "read dead").length;
      await until(() => events.length - count > 10, "polls of the living one at its own pace");
      const probes = driver.exchanges.filter((what) => what === "read dead").length - reads;
      assert.ok(probes <= 3, "the dead one is left alone: else it would be polled as often");
      await until(() => healthOf(service, "dead").skippedPolls > 5, "skipped polls");
      driver.hangOn = undefined;
      driver.values.set("dead", true);
      const query = { "ds-pushevent": "false", "ds-returnevent": "true", "ds-regexcmd": "true" };
      await service.handlers.get({ name: "dead", command: "dead", ...query }, { correlationId: "c" });
      const countOf = (name: string): number => events.filter(({ deviceName }) => deviceName === name).length;
      const alive = countOf("alive");
      await until(() => countOf("dead") > 5, "polls of the revived one");
      assert.ok(countOf("alive") - alive < 60, "at the pace of the other, not from probe to probe");
    },
  );
});

test("a locked, DOWN or removed device is not polled", async () => {
  await withService([polled("d")], async (driver, { events, metadata, systemEvent }) => {
    await until(() => events.length > 0, "an event");
    for (const change of [{ adminState: "LOCKED" }, { operatingState: "DOWN" }] as const) {
      metadata.devices.set("d", polled("d", {}, change));
      systemEvent("device", "update", { name: "d" });
      await new Promise((resolve) => setTimeout(resolve, 20));
      const reads = driver.exchanges.length;
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(driver.exchanges.length, reads, JSON.stringify(change));
      metadata.devices.set("d", polled("d"));
      systemEvent("device", "update", { name: "d" });
      await until(() => driver.exchanges.length > reads, "polls again");
    }
    metadata.devices.delete("d");
    systemEvent("device", "delete", { name: "d" });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const reads = driver.exchanges.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(driver.exchanges.length, reads);
    assert.ok(driver.current);
    await driver.current.promise;
  });
});

test("an auto event of a source that is not there shows in health, and a bad interval stops nothing else", async () => {
  const autoEvents = [
    { interval: "5ms", sourceName: "gone" },
    { interval: "soon", sourceName: "a" },
    { interval: "5ms", sourceName: "b" },
  ];
  await withService([device("d", { autoEvents })], async (_, { events }, service) => {
    await until(() => events.length > 0 && healthOf(service, "d").lastError !== undefined, "both");
    assert.equal(events[0]?.sourceName, "b");
    assert.match(healthOf(service, "d").lastError?.message ?? "", /gone not found/);
  });
});

test("what happens can be seen in the metrics", async () => {
  await withService([polled("d")], async (_, { events, context }) => {
    await until(() => events.length > 1, "events");
    const text = context.metrics.text();
    assert.match(text, /^jx_device_state\{service="device-test",device="d"\} 2$/m);
    assert.match(text, /^jx_device_skipped_polls_total\{service="device-test",device="d"\} \d+$/m);
    assert.match(text, /^jx_connection_opened_total\{service="device-test",connection="scripted line-1"\} 1$/m);
    assert.match(text, /^jx_device_events_total\{service="device-test"\} \d+$/m);
  });
});

// edgex-device-sdk.md §4 "Metrics".
test("EdgeX's metrics: events and readings sent, and when each device last answered", async () => {
  await withService([polled("d")], async (_, { events, telemetry, metadata, systemEvent }) => {
    await until(() => events.length > 1, "events");
    const told = () => Object.fromEntries([...telemetry].map((metric) => [metric.name, metric.read()]));
    const { EventsSent, ReadingsSent, "LastConnected-d": last } = told();
    assert.ok(Number(EventsSent) >= 2);
    assert.equal(Number(ReadingsSent), 3 * Number(EventsSent));
    assert.ok(typeof last === "bigint" && last > 1_700_000_000_000_000_000n);
    assert.deepEqual([...telemetry].find(({ name }) => name === "LastConnected-d")?.tags, { device: "d" });
    metadata.devices.delete("d");
    systemEvent("device", "delete", { name: "d" });
    await until(() => !("LastConnected-d" in told()), "the metric to go with its device");
  });
});
