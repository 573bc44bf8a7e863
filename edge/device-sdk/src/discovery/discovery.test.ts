/** Expectations: edgex-device-sdk.md §2, §7; device-sdk-go 4.0.2 internal/autodiscovery, internal/controller/http/discovery.go. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type JsonMessage, type ProvisionWatcher, STATUS_OF, type SystemEvent } from "@jx/contracts";
import { AppError, type Deferred, deferred, isAppError } from "@jx/kit";
import type { DiscoveryContext } from "../driver.ts";
import { defineDeviceService, type RunningDeviceService } from "../service.ts";
import { type Bench, bench, device, KEY, ScriptedDriver, until } from "../test-parts.ts";

const watcher: ProvisionWatcher = {
  name: "w",
  serviceName: KEY,
  identifiers: { Line: "^line-\\d$" },
  adminState: "UNLOCKED",
  discoveredDevice: {
    profileName: "profile",
    adminState: "LOCKED",
    autoEvents: [{ interval: "1h", sourceName: "a" }],
    properties: { k: "v" },
  },
};
const find = (name: string, line = "line-1") => ({
  name,
  description: "found",
  labels: ["x"],
  protocols: { scripted: { Line: line, Unit: 3 } },
});

interface Parts extends Bench {
  readonly service: RunningDeviceService;
  readonly progress: SystemEvent["details"][];
  readonly topics: string[];
  readonly gate: Deferred<void>;
  readonly contexts: DiscoveryContext[];
}

interface Options {
  readonly enabled?: boolean;
  readonly interval?: string;
  readonly discovers?: boolean;
  /** A discovery waits for the gate after its first find. */
  readonly slow?: boolean;
  readonly fails?: boolean;
}

async function withService(options: Options, work: (parts: Parts) => Promise<void>): Promise<void> {
  const parts = bench();
  parts.configure(({ Device }) => {
    Device.Discovery = { Enabled: options.enabled ?? true, Interval: options.interval ?? "0s" };
  });
  const gate = deferred<void>();
  const contexts: DiscoveryContext[] = [];
  const { driver } = new ScriptedDriver();
  async function* discover(context: DiscoveryContext) {
    contexts.push(context);
    yield find("one");
    context.progress(250);
    if (options.slow === true) await gate.promise;
    if (options.fails === true) throw new AppError("Communication", "the net is down");
    yield find("two");
    yield find("foreign", "serial");
  }
  parts.metadata.watchers.set("w", watcher);
  parts.metadata.profiles.set("profile", { name: "profile" });
  const progress: SystemEvent["details"][] = [];
  const topics: string[] = [];
  const subscription = { name: "progress", policy: "drop-oldest", capacity: 100 } as const;
  parts.bus.subscribe(`edgex/system-events/${KEY}/#`, subscription, (message) => {
    topics.push(message.topic);
    progress.push(((message as JsonMessage).payload as SystemEvent).details);
  });
  const service = await defineDeviceService({
    key: KEY,
    port: 0,
    description: "test",
    drivers: [options.discovers === false ? driver : { ...driver, discover }],
  }).start(parts.context);
  try {
    await work({ ...parts, service, progress, topics, gate, contexts });
  } finally {
    gate.resolve();
    await service[Symbol.asyncDispose]();
  }
}

const ID = "11111111-2222-4333-8444-555555555555";
const call = { correlationId: ID };
const ended = (progress: readonly unknown[]): boolean =>
  progress.some((details) => [100, -1].includes((details as { progress: number }).progress));

async function refusal(work: () => unknown): Promise<string> {
  try {
    await work();
    return "accepted";
  } catch (error) {
    assert.ok(isAppError(error));
    return `${STATUS_OF[error.kind]} ${error.message}`;
  }
}

test("what is found and wanted is added as its watcher says; progress is told from 0 to 100", async () => {
  await withService({}, async ({ service, progress, topics, metadata }) => {
    assert.deepEqual(await service.handlers.discover({}, call), {
      requestId: ID,
      message: "Device Discovery is triggered.",
    });
    await until(() => ended(progress), "the end");
    assert.deepEqual([...metadata.devices.keys()], ["one", "two"]);
    assert.deepEqual(metadata.devices.get("one"), {
      ...find("one"),
      serviceName: KEY,
      operatingState: "UP",
      ...watcher.discoveredDevice,
    });
    assert.deepEqual(progress, [
      { requestId: ID, progress: 0 },
      { requestId: ID, progress: 99, discoveredDeviceCount: 1 },
      { requestId: ID, progress: 100, discoveredDeviceCount: 3 },
    ]);
    assert.deepEqual(new Set(topics), new Set([`edgex/system-events/${KEY}/device/discovery/${KEY}`]));
  });
});

test("a device that is known already is left alone; what metadata refuses is not the end", async () => {
  await withService({}, async ({ service, progress, metadata, systemEvent }) => {
    metadata.devices.set("one", device("one"));
    systemEvent("device", "add", { name: "one" });
    metadata.refuse.add("two");
    await until(() => service.health().length === 1, "the device");
    await service.handlers.discover({}, call);
    await until(() => ended(progress), "the end");
    assert.deepEqual([...metadata.devices.keys()], ["one"]);
    assert.deepEqual(metadata.devices.get("one"), device("one"));
    assert.equal((progress.at(-1) as { progress: number }).progress, 100);
  });
});

test("watchers follow metadata", async () => {
  await withService({}, async ({ service, progress, metadata, systemEvent }) => {
    metadata.watchers.set("w", { ...watcher, adminState: "LOCKED" });
    systemEvent("provisionwatcher", "update", { name: "w" });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await service.handlers.discover({}, call);
    await until(() => ended(progress), "the end");
    assert.equal(metadata.devices.size, 0);
    metadata.watchers.delete("w");
    metadata.watchers.set("v", { ...watcher, name: "v" });
    systemEvent("provisionwatcher", "delete", { name: "w" });
    systemEvent("provisionwatcher", "add", { name: "v" });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await service.handlers.discover({}, call);
    await until(() => metadata.devices.size === 2, "the devices");
  });
});

test("a second discovery is answered and does nothing; by its id or without, the first can be stopped", async () => {
  await withService({ slow: true }, async ({ service, progress, contexts, gate }) => {
    const { discover, stopDiscovery, stopDiscoveryById } = service.handlers;
    assert.deepEqual(await stopDiscoveryById({ requestId: "any" }, call), { requestId: "any" }, "none runs");
    await discover({}, call);
    await until(() => contexts.length === 1, "the driver");
    assert.equal((await discover({}, { correlationId: "other" })).requestId, "other");
    assert.equal(
      await refusal(() => stopDiscoveryById({ requestId: "other" }, call)),
      "404 There is no auto discovery process running with the requestId",
    );
    await stopDiscovery({}, { ...call, rawQuery: "hard=1&hard=2" });
    const { signal } = contexts[0] as DiscoveryContext;
    assert.deepEqual((signal.reason as AppError).details, { hard: ["1", "2"] });
    gate.resolve();
    await until(() => ended(progress), "the end");
    const last = progress.at(-1) as { progress: number; message: string };
    assert.deepEqual(
      [last.progress, last.message],
      [-1, `failed to trigger protocol discovery with correlation id: ${ID}, err: stopped by request`],
    );
    await discover({}, call);
    await until(() => contexts.length === 2, "a new one");
  });
});

test("a driver that fails: -1 and why", async () => {
  await withService({ fails: true }, async ({ service, progress, metadata }) => {
    await service.handlers.discover({}, call);
    await until(() => ended(progress), "the end");
    assert.deepEqual(progress.at(-1), {
      requestId: ID,
      progress: -1,
      message: `failed to trigger protocol discovery with correlation id: ${ID}, err: the net is down`,
      discoveredDeviceCount: 1,
    });
    assert.deepEqual([...metadata.devices.keys()], ["one"], "what was found before stays");
  });
});

test("refusals: locked first, then disabled, then not implemented", async () => {
  await withService({ enabled: false, discovers: false }, async ({ service, configure, metadata, systemEvent }) => {
    const { discover, stopDiscovery, stopDiscoveryById } = service.handlers;
    assert.equal(await refusal(() => discover({}, call)), "503 device discovery disabled");
    configure(({ Device }) => {
      Device.Discovery = { ...Device.Discovery, Enabled: true };
    });
    assert.equal(await refusal(() => discover({}, call)), "501 Device discovery is not implemented");
    for (const stop of [() => stopDiscovery({}, call), () => stopDiscoveryById({ requestId: "x" }, call)]) {
      assert.equal(await refusal(stop), "501 Stop device discovery is not implemented");
    }
    const own = metadata.services.get(KEY);
    assert.ok(own);
    metadata.services.set(KEY, { ...own, adminState: "LOCKED" });
    systemEvent("deviceservice", "update", { name: KEY });
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(await refusal(() => discover({}, call)), "423 service locked");
  });
});

test("with an interval it looks at the start and again after each pause", async () => {
  await withService({ interval: "5ms" }, async ({ contexts }) => {
    await until(() => contexts.length >= 3, "three discoveries");
  });
  await withService({ interval: "5ms", enabled: false }, async ({ contexts }) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(contexts.length, 0);
  });
});
