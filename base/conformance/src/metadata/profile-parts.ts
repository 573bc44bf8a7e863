/** Parts of profiles: edgex-behaviour.md §1.3. More cases beside the code, in edge/core-metadata. */
import assert from "node:assert/strict";
import type { Contract, Step } from "../contract.ts";
import { refusal } from "../refusal.ts";
import { added, bypassValidation, house, type Metadata } from "./fixture.ts";

const REQUEST_ID = "11111111-2222-4333-8444-555555555555";

export const profilePartSteps: readonly Step<Metadata>[] = [
  {
    name: "resources of a profile: added, changed, found, deleted",
    zh: "模型的资源：新增、修改、查到、删除",
    access: "write",
    run: resources,
  },
  {
    name: "commands of a profile: added, changed, deleted",
    zh: "模型的命令：新增、修改、删除",
    access: "write",
    run: commands,
  },
  {
    name: "basic info of a profile: absent fields stay, empty ones are cleared",
    zh: "模型的基本信息：未给出的不变，给空值的清除",
    access: "write",
    run: basicInfo,
  },
  {
    name: "tags of resources and commands are merged to any depth",
    zh: "资源和命令的标签逐层合并",
    access: "write",
    run: tags,
  },
];

async function resources(contract: Contract<Metadata>): Promise<void> {
  const { client } = contract;
  const { profile, device } = await house(contract, "resources");
  const profileName = profile.name;
  const nobody = contract.name("nobody");
  const resource = { name: "R2", properties: { valueType: "Bool", readWrite: "R" as const } };
  const unknown = { statusCode: 404, message: `no device profile with name '${nobody}' found` };
  const body = [
    { profileName, resource, requestId: REQUEST_ID },
    { profileName, resource },
    { profileName: nobody, resource },
  ];
  assert.deepEqual(await client.addResources({ body }), [
    { requestId: REQUEST_ID, statusCode: 201 },
    { statusCode: 400, message: "device resource R2 is duplicated" },
    unknown,
  ]);
  assert.equal(
    await refusal(client.addResources({ body: [{ profileName: "", resource }] })),
    "400 AddDeviceResourceRequest.ProfileName field is required",
  );
  const change = { name: "R2", description: "d", isHidden: true };
  const changes = [change, { name: "R9" }].map((each) => ({ profileName, resource: each }));
  assert.deepEqual(await client.updateResources({ body: [...changes, { profileName: nobody, resource: change }] }), [
    { statusCode: 200 },
    { statusCode: 404, message: "device resource not found" },
    unknown,
  ]);
  assert.equal(
    await refusal(client.updateResources({ body: [{ profileName, resource: { name: "" } }] })),
    "400 UpdateDeviceResourceRequest.Resource.Name field should not be empty string",
  );
  const find = (resourceName: string, name = profileName) => client.resourceByName({ profileName: name, resourceName });
  assert.deepEqual((await find("R2")).resource, { ...resource, ...change });
  assert.equal(await refusal(find("R9")), "404 resource R9 not exists");
  assert.equal(await refusal(find("R2", nobody)), `404 ${unknown.message}`);
  const remove = (resourceName: string, name = profileName) => refusal(client.deleteResource({ name, resourceName }));
  await added(client.addDevices({ bypassValidation, body: [{ device }] }));
  assert.equal(await remove("R2"), "409 fail to update the device profile when associated device exists");
  await client.deleteDevice({ name: device.name });
  assert.equal(await remove("R1"), "400 device command's resource R1 doesn't match any device resource");
  assert.equal(await remove("R9"), "404 device resource not found");
  assert.equal(await remove("R2", nobody), `404 ${unknown.message}`);
  assert.equal(await remove("R2"), "accepted");
  assert.equal((await client.profileByName({ name: profileName })).profile.deviceResources?.length, 1);
}

async function commands(contract: Contract<Metadata>): Promise<void> {
  const { client } = contract;
  const { profile, device } = await house(contract, "commands");
  const profileName = profile.name;
  const nobody = contract.name("nobody");
  const deviceCommand = { name: "C2", readWrite: "RW" as const, resourceOperations: [{ deviceResource: "R1" }] };
  const astray = { ...deviceCommand, name: "C3", resourceOperations: [{ deviceResource: "R9" }] };
  const unknown = { statusCode: 404, message: `no device profile with name '${nobody}' found` };
  const body = [
    { profileName, deviceCommand },
    { profileName, deviceCommand },
    { profileName, deviceCommand: astray },
    { profileName: nobody, deviceCommand },
  ];
  assert.deepEqual(await client.addCommands({ body }), [
    { statusCode: 201 },
    { statusCode: 400, message: "device command C2 is duplicated" },
    { statusCode: 400, message: "device command's resource R9 doesn't match any device resource" },
    unknown,
  ]);
  const empty = { ...deviceCommand, resourceOperations: [] };
  assert.equal(
    await refusal(client.addCommands({ body: [{ profileName, deviceCommand: empty }] })),
    "400 AddDeviceCommandRequest.DeviceCommand.ResourceOperations field should greater than 0",
  );
  const hide = (name: string, at = profileName) => ({ profileName: at, deviceCommand: { name, isHidden: true } });
  assert.deepEqual(await client.updateCommands({ body: [hide("C2"), hide("C9"), hide("C2", nobody)] }), [
    { statusCode: 200 },
    { statusCode: 404, message: "device command not found" },
    unknown,
  ]);
  assert.equal(
    await refusal(client.updateCommands({ body: [hide(" ")] })),
    "400 UpdateDeviceCommandRequest.DeviceCommand.Name field should not be empty string",
  );
  const stored = (await client.profileByName({ name: profileName })).profile.deviceCommands;
  assert.deepEqual(stored?.at(-1), { ...deviceCommand, isHidden: true });
  const remove = (commandName: string, name = profileName) => refusal(client.deleteCommand({ name, commandName }));
  await added(client.addDevices({ bypassValidation, body: [{ device }] }));
  assert.equal(await remove("C2"), "409 fail to update the device profile when associated device exists");
  await client.deleteDevice({ name: device.name });
  assert.equal(await remove("C9"), "404 device command not found");
  assert.equal(await remove("C2", nobody), `404 ${unknown.message}`);
  assert.equal(await remove("C2"), "accepted");
  assert.equal((await client.profileByName({ name: profileName })).profile.deviceCommands?.length, 1);
}

async function basicInfo(contract: Contract<Metadata>): Promise<void> {
  const { client } = contract;
  const { profile, label } = await house(contract, "basic");
  const { name } = profile;
  const nobody = contract.name("nobody");
  const before = (await client.profileByName({ name })).profile;
  const body = [
    { basicinfo: { name, manufacturer: "m", model: "o", description: "d" } },
    { basicinfo: { id: before.id ?? "", description: "", model: null } },
    { basicinfo: { id: before.id ?? "", name: nobody } },
    { basicinfo: { name: nobody } },
  ];
  assert.deepEqual(await client.updateProfileBasicInfos({ body }), [
    { statusCode: 200 },
    { statusCode: 200 },
    { statusCode: 400, message: `device profile name '${nobody}' not match the exsting '${name}' ` },
    { statusCode: 404, message: `no device profile with name '${nobody}' found` },
  ]);
  const { profiles, totalCount } = await client.allProfileBasicInfos({ labels: [label] });
  assert.equal(
    await refusal(client.allProfileBasicInfos({ labels: [label], offset: 99 })),
    "416 query objects bounds out of range. length:1 offset:99",
  );
  const { created, id, labels } = before;
  assert.equal(totalCount, 1);
  const { modified, ...info } = profiles[0] ?? { name: "" };
  assert.ok((modified ?? 0) >= (before.modified ?? 0));
  assert.deepEqual(info, { name, manufacturer: "m", model: "o", created, id, labels, linkedDeviceCount: 0 });
  assert.equal(
    await refusal(client.updateProfileBasicInfos({ body: [{ basicinfo: { description: "whose?" } }] })),
    "400 DeviceProfileBasicInfoRequest.BasicInfo.Id field is required if the Name is not present; DeviceProfileBasicInfoRequest.BasicInfo.Name field is required if the Id is not present",
  );
}

async function tags(contract: Contract<Metadata>): Promise<void> {
  const { client } = contract;
  const { name } = (await house(contract, "tags")).profile;
  const merge = (more: Record<string, unknown>, at = name) => {
    const body = {
      deviceResources: [
        { name: "R1", tags: more },
        { name: "nobody", tags: more },
      ],
      deviceCommands: [{ name: "C1", tags: more }],
    };
    return client.mergeProfileTags({ name: at, body });
  };
  assert.deepEqual(await merge({ 位置: { 楼: 1, more: { z: [1] } }, b: "b" }), {});
  await merge({ 位置: { more: { w: 2 } }, b: { c: 1 } });
  const expected = { 位置: { 楼: 1, more: { z: [1], w: 2 } }, b: { c: 1 } };
  const { deviceResources, deviceCommands } = (await client.profileByName({ name })).profile;
  assert.deepEqual([deviceResources?.[0]?.tags, deviceCommands?.[0]?.tags], [expected, expected]);
  assert.equal(
    await refusal(merge({})),
    "400 DeviceProfileTagsRequest.DeviceResources[0].Tags field should greater than 0; DeviceProfileTagsRequest.DeviceResources[1].Tags field should greater than 0; DeviceProfileTagsRequest.DeviceCommands[0].Tags field should greater than 0",
  );
  const nobody = contract.name("nobody");
  assert.equal(await refusal(merge({ a: 1 }, nobody)), `404 no device profile with name '${nobody}' found`);
}
