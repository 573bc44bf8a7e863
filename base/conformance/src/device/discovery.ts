/** Discovery and profile scan: edgex-device-sdk.md §2, §7. */
import assert from "node:assert/strict";
import { type DeviceOperations, metadataOperations } from "@jx/contracts";
import { devicesOf } from "../command/fixture.ts";
import { type Contract, DEVICE_VIRTUAL_ONLY, type Step } from "../contract.ts";
import { refusal } from "../refusal.ts";
import { until } from "../until.ts";

const jxOnly = DEVICE_VIRTUAL_ONLY;
/** EdgeX's device-virtual finds and scans nothing. */
const scans = {
  zh: "EdgeX 的 device-virtual 既不发现设备也不扫描模型",
  en: "EdgeX's device-virtual has neither discovery nor profile scan",
};

export const discoverySteps: readonly Step<DeviceOperations>[] = [
  {
    name: "discovery: off unless it is switched on; to stop none is no error",
    zh: "发现设备：默认关闭；未在进行时停止不算错误",
    access: "alone",
    jxOnly: scans,
    run: off,
  },
  {
    name: "profile scan: a profile is made and given to the device",
    zh: "扫描模型：生成模型并交给设备",
    access: "write",
    jxOnly: scans,
    run: scan,
  },
  { name: "profile scan: what is refused", zh: "扫描模型：应拒绝的请求", access: "write", jxOnly: scans, run: refused },
  {
    name: "a locked device service neither discovers nor scans",
    zh: "锁定的设备服务既不发现也不扫描",
    access: "alone",
    jxOnly,
    run: locked,
  },
];

async function off({ client }: Contract<DeviceOperations>): Promise<void> {
  assert.equal(await refusal(client.discover({})), "503 device discovery disabled");
  assert.deepEqual(await client.stopDiscovery({}), {});
  assert.deepEqual(await client.stopDiscoveryById({ requestId: "any" }), { requestId: "any" });
}

async function scan(c: Contract<DeviceOperations>): Promise<void> {
  const { good } = await devicesOf(c, "scan");
  const metadata = c.other("core-metadata", metadataOperations);
  const profileName = c.name("scan made");
  const requestId = "3e7a0000-0000-4000-8000-000000000001";
  const body = { deviceName: good, profileName, requestId };
  const answer = await c.client.scanProfile({ body });
  assert.deepEqual(answer, { requestId, message: "Device ProfileScan is triggered." });
  const conflict = `409 Another profile scan process for ${good} is currently running`;
  assert.equal(await refusal(c.client.scanProfile({ body: { deviceName: good } })), conflict);
  await until("the device has its new profile", async () => {
    return (await metadata.deviceByName({ name: good })).device.profileName === profileName;
  });
  const { profile } = await metadata.profileByName({ name: profileName });
  assert.match(profile.description ?? "", /^Simulated/);
  assert.equal(
    await refusal(c.client.scanProfile({ body: { deviceName: good, profileName } })),
    `409 profile name ${profileName} is duplicated`,
  );
  assert.deepEqual(await c.client.stopScan({ name: good }), {});
}

async function refused({ client, name }: Contract<DeviceOperations>): Promise<void> {
  const nobody = name("scan nobody");
  const text = `404 device ${nobody} not found`;
  assert.equal(await refusal(client.scanProfile({ body: { deviceName: nobody } })), text);
  assert.equal(await refusal(client.stopScan({ name: nobody })), text);
  assert.equal(
    await refusal(client.scanProfile({ body: { deviceName: "" } })),
    "400 failed to parse request body -> ProfileScanRequest.DeviceName field is required",
  );
}

async function locked({ client, other }: Contract<DeviceOperations>): Promise<void> {
  const metadata = other("core-metadata", metadataOperations);
  const lock = (adminState: "LOCKED" | "UNLOCKED") =>
    metadata.updateServices({ body: [{ service: { name: "device-virtual", adminState } }] });
  await lock("LOCKED");
  try {
    await until("the lock", async () => (await refusal(client.discover({}))) === "423 service locked");
    assert.equal(await refusal(client.scanProfile({ body: { deviceName: "" } })), "423 service locked");
    assert.equal(await refusal(client.stopScan({ name: "any" })), "423 service locked");
  } finally {
    await lock("UNLOCKED");
  }
  await until("the lock is off", async () => (await refusal(client.discover({}))) === "503 device discovery disabled");
}
