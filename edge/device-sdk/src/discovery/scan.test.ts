/** Expectations: edgex-device-sdk.md §2, §7; device-sdk-go 4.0.2 internal/application/profilescan.go, internal/controller/http/discovery.go. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Client,
  type DeviceOperations,
  type DeviceProfile,
  deviceOperations,
  inProcessClient,
  type JsonMessage,
  STATUS_OF,
  type SystemEvent,
} from "@jx/contracts";
import { AppError, type Deferred, deferred, isAppError } from "@jx/kit";
import type { AnyDriver, DiscoveryContext, ScanRequest } from "../driver.ts";
import { defineDeviceService } from "../service.ts";
import { type Bench, bench, device, KEY, ScriptedDriver, until } from "../test-parts.ts";

interface Parts extends Bench {
  /** As callers see it: what is refused before the handler is refused here too. */
  readonly client: Client<DeviceOperations>;
  readonly progress: unknown[];
  readonly requests: (ScanRequest & { readonly properties: unknown })[];
  readonly gate: Deferred<void>;
}

const made: DeviceProfile = { name: "made", deviceResources: [] };

async function withService(
  options: { readonly scans?: boolean; readonly slow?: boolean; readonly fails?: boolean },
  work: (parts: Parts) => Promise<void>,
): Promise<void> {
  const parts = bench();
  const requests: (ScanRequest & { readonly properties: unknown })[] = [];
  const gate = deferred<void>();
  const scan: AnyDriver["scan"] = async (request: ScanRequest, properties: unknown, context: DiscoveryContext) => {
    requests.push({ ...request, properties });
    context.progress(50);
    if (options.slow === true) await gate.promise;
    if (options.fails === true) throw new AppError("Communication", "no answer");
    return { ...made, name: request.profileName };
  };
  const { driver } = new ScriptedDriver();
  parts.metadata.devices.set("d", device("d"));
  parts.metadata.profiles.set("profile", { name: "profile" });
  parts.metadata.profiles.set("unused", { name: "unused" });
  const progress: unknown[] = [];
  const subscription = { name: "progress", policy: "drop-oldest", capacity: 100 } as const;
  parts.bus.subscribe(`edgex/system-events/${KEY}/device/profilescan/${KEY}`, subscription, (message) => {
    progress.push(((message as JsonMessage).payload as SystemEvent).details);
  });
  const service = await defineDeviceService({
    key: KEY,
    port: 0,
    description: "test",
    drivers: [options.scans === false ? driver : { ...driver, scan }],
  }).start(parts.context);
  try {
    const client = inProcessClient(
      deviceOperations,
      () => service.handlers,
      () => ID,
    );
    await work({ ...parts, client, progress, requests, gate });
  } finally {
    gate.resolve();
    await service[Symbol.asyncDispose]();
  }
}

const ID = "11111111-2222-4333-8444-555555555555";
const OWN = "99999999-2222-4333-8444-555555555555";
const call = { correlationId: ID };
const body = { apiVersion: "v3", deviceName: "d" };
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

test("the driver's profile is added and given to the device", async () => {
  await withService({}, async ({ client, progress, metadata, requests }) => {
    const options = { DiscoverMode: "All" };
    const answer = await client.scanProfile({ body: { ...body, profileName: "new", options } }, call);
    assert.deepEqual(answer, { requestId: ID, message: "Device ProfileScan is triggered." });
    await until(() => ended(progress), "the end");
    assert.deepEqual(requests, [
      { deviceName: "d", profileName: "new", options, properties: { Line: "line-1", Unit: 7 } },
    ]);
    assert.deepEqual(metadata.profiles.get("new"), { ...made, name: "new" });
    assert.deepEqual(metadata.patches.at(-1), { device: { name: "d", profileName: "new" } });
    assert.deepEqual(
      progress,
      [0, 50, 100].map((percent) => ({ requestId: ID, progress: percent })),
    );
  });
});

test("without a name it is {device}_profile_{ms}; the request's own id comes first", async () => {
  await withService({}, async ({ client, progress, requests }) => {
    const answer = await client.scanProfile({ body: { ...body, requestId: OWN } }, call);
    assert.equal(answer.requestId, OWN);
    await until(() => ended(progress), "the end");
    assert.match(requests[0]?.profileName ?? "", /^d_profile_17\d{11}$/);
    assert.equal((progress[0] as { requestId: string }).requestId, OWN);
  });
});

test("what goes wrong is told with -1", async () => {
  await withService({ fails: true }, async ({ client, progress }) => {
    await client.scanProfile({ body }, call);
    await until(() => ended(progress), "the end");
    const message = `failed to trigger profile scan: no answer, Correlation Id: ${ID}`;
    assert.deepEqual(progress.at(-1), { requestId: ID, progress: -1, message });
  });
  await withService({}, async ({ client, progress, metadata }) => {
    metadata.refuse.add("new");
    await client.scanProfile({ body: { ...body, profileName: "new" } }, call);
    await until(() => ended(progress), "the end");
    const message = `failed to add device profile 'new': no new, Correlation Id: ${ID}`;
    assert.deepEqual(progress.at(-1), { requestId: ID, progress: -1, message });
    assert.deepEqual(metadata.patches, []);
  });
});

test("refusals, in EdgeX's order", async () => {
  await withService({ scans: false }, async ({ client }) => {
    const { scanProfile, stopScan } = client;
    assert.equal(await refusal(() => scanProfile({ body: {} as never }, call)), "501 Profile scan is not implemented");
    assert.equal(await refusal(() => stopScan({ name: "x" }, call)), "501 Stop profile scan is not implemented");
  });
  await withService({ slow: true }, async ({ client, gate, progress, metadata, systemEvent }) => {
    const { scanProfile, stopScan } = client;
    const scan = (change: object): Promise<string> =>
      refusal(() => scanProfile({ body: { ...body, ...change } }, call));
    assert.equal(
      await refusal(() => scanProfile({ body: { ...body, apiVersion: "" } }, call)),
      "400 failed to parse request body -> ProfileScanRequest.BaseRequest.Versionable.ApiVersion field is required",
    );
    assert.equal(
      await scan({ deviceName: "" }),
      "400 failed to parse request body -> ProfileScanRequest.DeviceName field is required",
    );
    assert.match(await scan({ profileName: 5 }), /^400 failed to parse request body -> /);
    assert.equal(await scan({ deviceName: "x" }), "404 device x not found");
    assert.equal(await refusal(() => stopScan({ name: "x" }, call)), "404 device x not found");
    assert.equal(await scan({ profileName: "profile" }), "409 profile name profile is duplicated");
    assert.equal(await scan({ profileName: "unused" }), "409 profile name unused is duplicated");
    assert.equal(await refusal(() => stopScan({ name: "d" }, call)), "accepted", "none runs");
    assert.equal(await scan({}), "accepted");
    assert.equal(await scan({}), "409 Another profile scan process for d is currently running");
    assert.equal(await refusal(() => stopScan({ name: "d" }, call)), "accepted");
    gate.resolve();
    await until(() => ended(progress), "the end");
    assert.equal(
      (progress.at(-1) as { message: string }).message,
      `failed to trigger profile scan: stopped by request, Correlation Id: ${ID}`,
    );
    const own = metadata.services.get(KEY);
    assert.ok(own);
    metadata.services.set(KEY, { ...own, adminState: "LOCKED" });
    systemEvent("deviceservice", "update", { name: KEY });
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(await refusal(() => scanProfile({ body: {} as never }, call)), "423 service locked");
    assert.equal(await refusal(() => stopScan({ name: "x" }, call)), "423 service locked");
  });
});
