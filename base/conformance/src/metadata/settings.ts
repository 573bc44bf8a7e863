/** What depends on metadata's settings, which are changed as EdgeX's are: in keeper, while the service runs. */
import assert from "node:assert/strict";
import { keeperOperations } from "@jx/contracts";
import type { Contract, Step } from "../contract.ts";
import { refusal } from "../refusal.ts";
import { until } from "../until.ts";
import { added, bypassValidation, house, type Metadata } from "./fixture.ts";

export const settingSteps: readonly Step<Metadata>[] = [
  {
    name: "strict profiles are neither replaced nor deleted",
    zh: "严格模式下，模型不能替换或删除",
    access: "alone",
    run: strictProfiles,
  },
  {
    name: "units that are not listed are refused where the setting says so",
    zh: "按设置拒绝未列出的单位",
    access: "alone",
    run: checkedUnits,
  },
  {
    name: "limits on devices and resources",
    zh: "设备数和资源数的上限",
    access: "alone",
    run: limits,
  },
];

/** Sets a key under metadata's Writable. */
function setting(other: Contract<Metadata>["other"]) {
  const keeper = other("core-keeper", keeperOperations);
  return async (name: string, value: boolean | number): Promise<void> => {
    await keeper.putKey({ key: `edgex/v4/core-metadata/Writable/${name}`, body: { value } });
  };
}

async function strictProfiles(contract: Contract<Metadata>): Promise<void> {
  const { client, other } = contract;
  const { profile } = await house(contract, "strict");
  const set = setting(other);
  const replace = () => refusal(client.replaceProfiles({ body: [{ profile }] }));
  await set("ProfileChange/StrictDeviceProfileChanges", true);
  await set("ProfileChange/StrictDeviceProfileDeletes", true);
  try {
    await until("the setting is followed", async () => (await replace()).startsWith("423"));
    const locked = "423 profile change is not allowed when StrictDeviceProfileChanges config is enabled";
    const { name } = profile;
    assert.equal(await replace(), locked);
    assert.equal(await refusal(client.replaceProfileByUpload({ body: profile })), locked);
    assert.equal(await refusal(client.deleteResource({ name, resourceName: "R1" })), locked);
    assert.equal(await refusal(client.deleteCommand({ name, commandName: "C1" })), locked);
    assert.equal(
      await refusal(client.deleteProfile({ name: profile.name })),
      "423 profile deletion is not allowed when StrictDeviceProfileDeletes config is enabled",
    );
  } finally {
    await set("ProfileChange/StrictDeviceProfileChanges", false);
    await set("ProfileChange/StrictDeviceProfileDeletes", false);
  }
  await until("the setting is followed back", async () => (await replace()) === "accepted");
  await until("deleting is allowed", async () => {
    return (await refusal(client.deleteProfile({ name: profile.name }))) === "accepted";
  });
}

async function checkedUnits(contract: Contract<Metadata>): Promise<void> {
  const { client, name, other } = contract;
  const { profile } = await house(contract, "units");
  const resource = { name: "R2", properties: { valueType: "Int16", readWrite: "R" as const, units: name("parsec") } };
  const bad = { ...profile, deviceResources: [...(profile.deviceResources ?? []), resource] };
  const text = `DeviceResource R2 units ${name("parsec")} is invalid`;
  const replace = async () => (await client.replaceProfiles({ body: [{ profile: bad }] }))[0]?.message ?? "accepted";
  const set = setting(other);
  await set("UoM/Validation", true);
  try {
    await until("the setting is followed", async () => (await replace()) === text);
    const refused = [{ statusCode: 400, message: text }];
    assert.deepEqual(await client.addProfiles({ body: [{ profile: { ...bad, name: name("new") } }] }), refused);
    assert.deepEqual(await client.addResources({ body: [{ profileName: profile.name, resource }] }), refused);
    assert.equal(await refusal(client.uploadProfile({ body: { ...bad, name: name("new") } })), `400 ${text}`);
    assert.equal(await refusal(client.replaceProfileByUpload({ body: bad })), `400 ${text}`);
  } finally {
    await set("UoM/Validation", false);
  }
  await until("the setting is followed back", async () => (await replace()) === "accepted");
}

async function limits(contract: Contract<Metadata>): Promise<void> {
  const { client, name, other } = contract;
  const { device, profile } = await house(contract, "limits");
  const set = setting(other);
  await added(client.addDevices({ bypassValidation, body: [{ device }] }));
  const { totalCount } = await client.allDevices({ limit: 0 });
  const add = async () => {
    const next = { ...device, name: name("one too many") };
    const [item] = await client.addDevices({ bypassValidation, body: [{ device: next }] });
    if (item?.statusCode === 201) await client.deleteDevice({ name: next.name });
    return item?.message ?? "accepted";
  };
  try {
    await set("MaxDevices", totalCount);
    await until("the limit is followed", async () => (await add()) !== "accepted");
    assert.equal(
      await add(),
      `the existing total number of device is '${totalCount}', add device '${name("one too many")}' will exceed the maximum limitation '${totalCount}'`,
    );
    await set("MaxDevices", 0);
    await set("MaxResources", 1);
    await until("the other limit is followed", async () => /resources is in use/.test(await add()));
    assert.match(
      await add(),
      /^'\d+' resources is in use, increase '1' resources will exceed the maximum limitation '1'$/,
    );
    const resource = { name: "R2", properties: { valueType: "Int16", readWrite: "R" as const } };
    const [item] = await client.addResources({ body: [{ profileName: profile.name, resource }] });
    assert.match(
      item?.message ?? "",
      /^'\d+' resources is in use, add 'R2' resource will exceed the maximum limitation '1'$/,
    );
  } finally {
    await set("MaxDevices", 0);
    await set("MaxResources", 0);
  }
  await until("there is no limit", async () => (await add()) === "accepted");
}
