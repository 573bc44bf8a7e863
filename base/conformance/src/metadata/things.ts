/** Services, profiles and devices: edgex-behaviour.md §1.2–1.4. More cases beside the code, in edge/core-metadata. */
import assert from "node:assert/strict";
import type { Device } from "@jx/contracts";
import type { Contract, Step } from "../contract.ts";
import { refusal } from "../refusal.ts";
import { added, bypassValidation, house, houseOf, type Metadata, TOO_MUCH } from "./fixture.ts";

const UUID = /^[0-9a-f-]{36}$/;

export const thingSteps: readonly Step<Metadata>[] = [
  {
    name: "services: added, refused twice, changed, listed",
    zh: "设备服务：新增、重复被拒、修改、列出",
    access: "write",
    run: services,
  },
  {
    name: "profiles: added with the canonical value type, replaced whole, listed by label",
    zh: "设备模型：新增（值类型取规范写法）、整体替换、按标签列出",
    access: "write",
    run: profiles,
  },
  {
    name: "devices: added, found under their name, changed, listed three ways",
    zh: "设备：新增、按名称查到、修改、三种方式列出",
    access: "write",
    run: devices,
  },
  {
    name: "items that cannot be: each its own status and message",
    zh: "有错的条目：各自返回状态码和说明",
    access: "write",
    run: wrongItems,
  },
  {
    name: "paging: right at the end, beyond it, and too much",
    zh: "分页：正好到末尾、超出末尾、条数过多",
    access: "write",
    run: paging,
  },
  {
    name: "one bad item refuses the whole request, and nothing of it is stored",
    zh: "一条有错，整个请求被拒绝，全部不保存",
    access: "write",
    run: badRequests,
  },
  {
    name: "nothing to do is no error",
    zh: "空请求不算错误",
    access: "write",
    run: async ({ client }) => assert.deepEqual(await client.addDevices({ body: [] }), []),
  },
  {
    name: "what is in use stays; what is not there is 404",
    zh: "在用的不能删除，不存在的返回 404",
    access: "write",
    run: inUse,
  },
];

async function services({ client, name }: Contract<Metadata>): Promise<void> {
  const { service, label } = houseOf(name, "services");
  const nobody = name("nobody");
  const [first, twice] = await client.addServices({ body: [{ service }, { service }] });
  assert.equal(first?.statusCode, 201);
  assert.match(first?.id ?? "", UUID);
  assert.deepEqual(twice, { statusCode: 409, message: `device service name ${service.name} already exists` });
  const requestId = "11111111-2222-4333-8444-555555555555";
  const body = [{ service: { name: service.name, description: "d" }, requestId }, { service: { name: nobody } }];
  assert.deepEqual(await client.updateServices({ body }), [
    { requestId, statusCode: 200 },
    { statusCode: 404, message: `no device service with name '${nobody}' found` },
  ]);
  assert.equal((await client.serviceByName({ name: service.name })).service.description, "d");
  const listed = await client.allServices({ labels: [label] });
  assert.deepEqual([listed.totalCount, listed.services[0]?.name], [1, service.name]);
  await client.deleteService({ name: service.name });
}

async function profiles({ client, name }: Contract<Metadata>): Promise<void> {
  const { profile, label } = houseOf(name, "profiles");
  const nobody = name("nobody");
  const [first] = await client.addProfiles({ body: [{ profile }] });
  assert.equal(first?.statusCode, 201);
  const stored = (await client.profileByName({ name: profile.name })).profile;
  assert.equal(stored.deviceResources?.[0]?.properties.valueType, "Int16");
  assert.equal(stored.linkedDeviceCount, 0);
  const [replaced, unknown] = await client.replaceProfiles({
    body: [{ profile: { ...profile, id: first?.id ?? "" } }, { profile: { ...profile, name: nobody } }],
  });
  assert.equal(replaced?.statusCode, 200);
  assert.deepEqual(unknown, { statusCode: 404, message: `device profile '${nobody}' does not exist` });
  assert.equal((await client.allProfiles({ labels: [`${label}-two`, label] })).totalCount, 1);
  assert.equal((await client.allProfiles({ labels: [label, `${label}-three`] })).totalCount, 0);
  await client.deleteProfile({ name: profile.name });
}

async function devices(contract: Contract<Metadata>): Promise<void> {
  const { client } = contract;
  const { device, service, profile } = await house(contract, "devices");
  const { name } = device;
  const others = ["d2", "d3", "d4"].map((each) => ({ device: { ...device, name: contract.name(each) } }));
  const results = await client.addDevices({ bypassValidation, body: [{ device }, ...others] });
  assert.deepEqual(
    results.map(({ statusCode }) => statusCode),
    [201, 201, 201, 201],
  );
  await client.deviceNameExists({ name });
  const stored = (await client.deviceByName({ name })).device;
  assert.deepEqual([stored.id, stored.protocols], [results[0]?.id, device.protocols]);
  const body = [{ device: { name, labels: [], description: "x" } }];
  assert.deepEqual(await client.updateDevices({ bypassValidation, body }), [{ statusCode: 200 }]);
  const changed = (await client.deviceByName({ name })).device;
  assert.deepEqual([changed.labels ?? [], changed.description], [[], "x"]);
  assert.equal((await client.devicesByProfile({ name: profile.name })).totalCount, 4);
  assert.equal((await client.devicesByService({ name: service.name, limit: -1 })).devices.length, 4);
  for (const each of [name, ...others.map((other) => other.device.name)]) await client.deleteDevice({ name: each });
  assert.equal(await refusal(client.deviceNameExists({ name })), "404 ");
}

async function wrongItems(contract: Contract<Metadata>): Promise<void> {
  const { client } = contract;
  const { device, profile } = await house(contract, "items");
  const [name, nobody] = [contract.name("n"), contract.name("nobody")];
  const add = async (fields: Partial<Device>) => {
    const [item] = await client.addDevices({ bypassValidation, body: [{ device: { ...device, ...fields } }] });
    return `${item?.statusCode} ${item?.message}`;
  };
  await added(client.addDevices({ bypassValidation, body: [{ device }] }));
  assert.equal(await add({}), `409 device name ${device.name} already exists`);
  assert.equal(await add({ name, serviceName: nobody }), `400 device service '${nobody}' does not exists`);
  assert.equal(
    await add({ name, profileName: nobody }),
    `400 device profile '${nobody}' not found during validating device '${name}'`,
  );
  assert.equal(await add({ name, parent: name }), "400 a device cannot be its own parent");
  assert.equal(
    await add({ name, autoEvents: [{ sourceName: "X", interval: "1s" }] }),
    `400 auto event source 'X' cannot be found in the device profile '${profile.name}'`,
  );
}

async function paging(contract: Contract<Metadata>): Promise<void> {
  const { client } = contract;
  const { device, service, profile, label } = await house(contract, "paging");
  const names = [device.name, contract.name("p2"), contract.name("p3"), contract.name("p4")];
  for (const name of names) {
    await added(client.addDevices({ bypassValidation, body: [{ device: { ...device, name } }] }));
  }
  const labels = [label];
  const page = async (offset: number, limit?: number) => {
    const list = await client.allDevices({ labels, offset, ...(limit === undefined ? {} : { limit }) });
    return list.devices.map(({ name }) => name);
  };
  assert.deepEqual(await page(0), names);
  assert.deepEqual(await page(1, 2), names.slice(1, 3));
  assert.deepEqual(await page(4, 2), []);
  assert.deepEqual(await page(99, 0), []);
  const lists: readonly (readonly [total: number, list: (page: object) => Promise<unknown>])[] = [
    [4, (query) => client.allDevices({ labels, ...query })],
    [4, (query) => client.devicesByProfile({ name: profile.name, ...query })],
    [4, (query) => client.devicesByService({ name: service.name, ...query })],
    [1, (query) => client.allProfiles({ labels, ...query })],
    [1, (query) => client.allServices({ labels, ...query })],
  ];
  for (const [total, list] of lists) {
    const beyond = `416 query objects bounds out of range. length:${total} offset:99`;
    assert.equal(await refusal(list({ offset: 99 })), beyond);
    assert.equal(await refusal(list({ limit: 1025 })), TOO_MUCH);
  }
}

async function badRequests({ client, name }: Contract<Metadata>): Promise<void> {
  const { profile, service: own, device: any } = houseOf(name, "bad");
  const device = { ...any, name: name("good") };
  const body = [{ device }, { device: { ...device, name: " ", adminState: "OPEN" as never } }];
  assert.equal(
    await refusal(client.addDevices({ body })),
    "400 AddDeviceRequest.Device.Name field should not be empty string; AddDeviceRequest.Device.AdminState field should be one of 'LOCKED' 'UNLOCKED'",
  );
  assert.equal(await refusal(client.deviceNameExists({ name: device.name })), "404 ");
  assert.equal(
    await refusal(client.updateDevices({ body: [{ device: { description: "whose?" } }] })),
    "400 UpdateDeviceRequest.Device.Id field is required if the Name is not present; UpdateDeviceRequest.Device.Name field is required if the Id is not present",
  );
  const broken = {
    ...profile,
    deviceResources: [{ name: "R", properties: { valueType: "Int7", readWrite: "R" as const } }],
  };
  const text =
    "400 DeviceProfileRequest.Profile.DeviceResources[0].Properties.ValueType field validation failed on the edgex-dto-value-type tag with value ''";
  assert.equal(await refusal(client.addProfiles({ body: [{ profile: broken }] })), text);
  assert.equal(await refusal(client.replaceProfiles({ body: [{ profile: broken }] })), text);
  const service = { ...own, baseAddress: "" };
  assert.match(
    await refusal(client.addServices({ body: [{ service }] })),
    /^400 AddDeviceServiceRequest.Service.BaseAddress field/,
  );
  const change = { name: own.name, adminState: "OPEN" as never };
  assert.match(
    await refusal(client.updateServices({ body: [{ service: change }] })),
    /^400 UpdateDeviceServiceRequest.Service.AdminState field should be one of/,
  );
}

async function inUse(contract: Contract<Metadata>): Promise<void> {
  const { client } = contract;
  const { device, service, profile } = await house(contract, "in use");
  const child = { ...device, name: contract.name("child"), parent: device.name };
  await added(client.addDevices({ bypassValidation, body: [{ device }, { device: child }] }));
  assert.equal(
    await refusal(client.deleteProfile({ name: profile.name })),
    "409 fail to delete the device profile when associated device exists",
  );
  assert.equal(
    await refusal(client.deleteService({ name: service.name })),
    "409 fail to delete the device service when associated device exists",
  );
  assert.equal(await refusal(client.deleteDevice({ name: device.name })), "409 cannot delete device with children");
  const name = contract.name("nobody");
  assert.equal(await refusal(client.deleteDevice({ name })), `404 no device with name '${name}' found`);
  assert.equal(await refusal(client.deleteProfile({ name })), `404 no device profile with name '${name}' found`);
  assert.equal(await refusal(client.deleteService({ name })), `404 no device service with name '${name}' found`);
  for (const each of [child.name, device.name]) await client.deleteDevice({ name: each });
  await client.deleteProfile({ name: profile.name });
  await client.deleteService({ name: service.name });
}
