/** Cases: edgex-behaviour.md §0 and §1, seen on EdgeX's Go metadata. More of them beside the code, in edge/core-metadata. */
import assert from "node:assert/strict";
import {
  type Device,
  type DeviceProfile,
  type DeviceService,
  keeperOperations,
  metadataOperations,
} from "@jx/contracts";
import { type Contract, contract, refusal, type Step } from "./suite.ts";
import { watcherSteps } from "./watcher-steps.ts";

type Metadata = typeof metadataOperations;

const SERVICE: DeviceService = { name: "服务 é", baseAddress: "http://localhost:59900", adminState: "UNLOCKED" };
/** Any character may stand in a name, and each must survive a path. */
const NAME = "a/b+# é %2F 泵";
const PROFILE: DeviceProfile = {
  name: NAME,
  labels: ["one", "two"],
  deviceResources: [{ name: "R1", properties: { valueType: "int16", readWrite: "RW" } }],
  deviceCommands: [{ name: "C1", readWrite: "R", resourceOperations: [{ deviceResource: "R1" }] }],
};
const DEVICE: Device = {
  name: NAME,
  serviceName: SERVICE.name,
  profileName: NAME,
  adminState: "UNLOCKED",
  operatingState: "UP",
  protocols: { other: { Address: "1" } },
  labels: ["one"],
};
/** Nobody answers for the service of these tests. */
const bypassValidation = "true";

const UUID = /^[0-9a-f-]{36}$/;

const steps: readonly Step<Metadata>[] = [
  [
    "services: added, refused twice, changed, listed",
    async ({ client }) => {
      const [added, twice] = await client.addServices({ body: [{ service: SERVICE }, { service: SERVICE }] });
      assert.equal(added?.statusCode, 201);
      assert.match(added?.id ?? "", UUID);
      assert.deepEqual(twice, { statusCode: 409, message: `device service name ${SERVICE.name} already exists` });
      const requestId = "11111111-2222-4333-8444-555555555555";
      const body = [{ service: { name: SERVICE.name, description: "d" }, requestId }, { service: { name: "X" } }];
      assert.deepEqual(await client.updateServices({ body }), [
        { requestId, statusCode: 200 },
        { statusCode: 404, message: "no device service with name 'X' found" },
      ]);
      assert.equal((await client.serviceByName({ name: SERVICE.name })).service.description, "d");
      // device-virtual, which runs beside, has registered itself.
      assert.equal((await client.allServices({})).totalCount, 2);
    },
  ],
  [
    "profiles: added with the canonical value type, replaced whole, listed by label",
    async ({ client }) => {
      const [added] = await client.addProfiles({ body: [{ profile: PROFILE }] });
      assert.equal(added?.statusCode, 201);
      const { profile } = await client.profileByName({ name: NAME });
      assert.equal(profile.deviceResources?.[0]?.properties.valueType, "Int16");
      assert.equal(profile.linkedDeviceCount, 0);
      const [replaced, unknown] = await client.replaceProfiles({
        body: [{ profile: { ...PROFILE, id: added?.id ?? "" } }, { profile: { ...PROFILE, name: "X" } }],
      });
      assert.equal(replaced?.statusCode, 200);
      assert.deepEqual(unknown, { statusCode: 404, message: "device profile 'X' does not exist" });
      assert.equal((await client.allProfiles({ labels: ["two", "one"] })).totalCount, 1);
      assert.equal((await client.allProfiles({ labels: ["three"] })).totalCount, 0);
    },
  ],
  [
    "devices: added, found under their name, changed, listed three ways",
    async ({ client }) => {
      const others = ["d2", "d3", "d4"].map((name) => ({ device: { ...DEVICE, name } }));
      const results = await client.addDevices({ bypassValidation, body: [{ device: DEVICE }, ...others] });
      assert.deepEqual(
        results.map(({ statusCode }) => statusCode),
        [201, 201, 201, 201],
      );
      await client.deviceNameExists({ name: NAME });
      const { device } = await client.deviceByName({ name: NAME });
      assert.deepEqual([device.id, device.protocols], [results[0]?.id, DEVICE.protocols]);
      const body = [{ device: { name: NAME, labels: [], description: "x" } }];
      assert.deepEqual(await client.updateDevices({ bypassValidation, body }), [{ statusCode: 200 }]);
      const changed = (await client.deviceByName({ name: NAME })).device;
      assert.deepEqual([changed.labels ?? [], changed.description], [[], "x"]);
      assert.equal((await client.devicesByProfile({ name: NAME })).totalCount, 4);
      assert.equal((await client.devicesByService({ name: SERVICE.name, limit: -1 })).devices.length, 4);
      assert.equal((await client.devicesByService({ name: "X" })).totalCount, 0);
    },
  ],
  [
    "items that cannot be: each its own status and message",
    async ({ client }) => {
      const add = async (fields: Partial<Device>) => {
        const [item] = await client.addDevices({ bypassValidation, body: [{ device: { ...DEVICE, ...fields } }] });
        return `${item?.statusCode} ${item?.message}`;
      };
      assert.equal(await add({}), `409 device name ${NAME} already exists`);
      assert.equal(await add({ name: "n", serviceName: "X" }), "400 device service 'X' does not exists");
      assert.equal(
        await add({ name: "n", profileName: "X" }),
        "400 device profile 'X' not found during validating device 'n'",
      );
      assert.equal(await add({ name: "n", parent: "n" }), "400 a device cannot be its own parent");
      assert.equal(
        await add({ name: "n", autoEvents: [{ sourceName: "X", interval: "1s" }] }),
        `400 auto event source 'X' cannot be found in the device profile '${NAME}'`,
      );
    },
  ],
  [
    "paging: 20 by default, −1 for all, right at the end, beyond it, and too much",
    async ({ client }) => {
      const page = async (offset: number, limit?: number) => {
        const { devices } = await client.allDevices({ offset, ...(limit === undefined ? {} : { limit }) });
        return devices.map(({ name }) => name);
      };
      assert.deepEqual(await page(0), [NAME, "d2", "d3", "d4"]);
      assert.deepEqual(await page(1, 2), ["d2", "d3"]);
      assert.deepEqual(await page(4, 2), []);
      assert.deepEqual(await page(99, 0), []);
      const beyond = { offset: 99 };
      for (const call of [
        () => client.allDevices(beyond),
        () => client.devicesByProfile({ name: NAME, ...beyond }),
        () => client.devicesByService({ name: SERVICE.name, ...beyond }),
      ]) {
        assert.equal(await refusal(call()), "416 query objects bounds out of range. length:4 offset:99");
      }
      assert.equal(
        await refusal(client.allProfiles(beyond)),
        "416 query objects bounds out of range. length:1 offset:99",
      );
      assert.equal(
        await refusal(client.allServices(beyond)),
        "416 query objects bounds out of range. length:2 offset:99",
      );
      const tooMany = { limit: 1025 };
      for (const call of [
        () => client.allDevices(tooMany),
        () => client.allProfiles(tooMany),
        () => client.allServices(tooMany),
        () => client.devicesByProfile({ name: NAME, ...tooMany }),
        () => client.devicesByService({ name: SERVICE.name, ...tooMany }),
      ]) {
        assert.equal(await refusal(call()), "400 querystring limit's value 1025 is out of min -1 ~ max 1024 range.");
      }
    },
  ],
  [
    "one bad item refuses the whole request, and nothing of it is stored",
    async ({ client }) => {
      const device = { ...DEVICE, name: "good" };
      const body = [{ device }, { device: { ...device, name: " ", adminState: "OPEN" as never } }];
      assert.equal(
        await refusal(client.addDevices({ body })),
        "400 AddDeviceRequest.Device.Name field should not be empty string; AddDeviceRequest.Device.AdminState field should be one of 'LOCKED' 'UNLOCKED'",
      );
      assert.equal(await refusal(client.deviceNameExists({ name: "good" })), "404 ");
      assert.equal(
        await refusal(client.updateDevices({ body: [{ device: { description: "whose?" } }] })),
        "400 UpdateDeviceRequest.Device.Id field is required if the Name is not present; UpdateDeviceRequest.Device.Name field is required if the Id is not present",
      );
      const broken = {
        ...PROFILE,
        name: "p",
        deviceResources: [{ name: "R", properties: { valueType: "Int7", readWrite: "R" as const } }],
      };
      const text =
        "400 DeviceProfileRequest.Profile.DeviceResources[0].Properties.ValueType field validation failed on the edgex-dto-value-type tag with value ''";
      assert.equal(await refusal(client.addProfiles({ body: [{ profile: broken }] })), text);
      assert.equal(await refusal(client.replaceProfiles({ body: [{ profile: broken }] })), text);
      const service = { ...SERVICE, name: "s", baseAddress: "" };
      assert.match(
        await refusal(client.addServices({ body: [{ service }] })),
        /^400 AddDeviceServiceRequest.Service.BaseAddress field/,
      );
      assert.match(
        await refusal(client.updateServices({ body: [{ service: { name: "s", adminState: "OPEN" as never } }] })),
        /^400 UpdateDeviceServiceRequest.Service.AdminState field should be one of/,
      );
    },
  ],
  ["nothing to do is no error", async ({ client }) => assert.deepEqual(await client.addDevices({ body: [] }), [])],
  [
    "what is in use stays; what is not there is 404",
    async ({ client }) => {
      assert.equal(
        await refusal(client.deleteProfile({ name: NAME })),
        "409 fail to delete the device profile when associated device exists",
      );
      assert.equal(
        await refusal(client.deleteService({ name: SERVICE.name })),
        "409 fail to delete the device service when associated device exists",
      );
      const child = { ...DEVICE, name: "child", parent: "d2" };
      await client.addDevices({ bypassValidation, body: [{ device: child }] });
      assert.equal(await refusal(client.deleteDevice({ name: "d2" })), "409 cannot delete device with children");
      assert.equal(await refusal(client.deleteDevice({ name: "X" })), "404 no device with name 'X' found");
      assert.equal(await refusal(client.deviceByName({ name: "X" })), "404 no device with name 'X' found");
      assert.equal(await refusal(client.profileByName({ name: "X" })), "404 no device profile with name 'X' found");
      assert.equal(await refusal(client.deleteProfile({ name: "X" })), "404 no device profile with name 'X' found");
      assert.equal(await refusal(client.serviceByName({ name: "X" })), "404 no device service with name 'X' found");
      assert.equal(await refusal(client.deleteService({ name: "X" })), "404 no device service with name 'X' found");
    },
  ],
  ["strict profiles are neither replaced nor deleted", strictProfiles],
  [
    "its devices are deleted again",
    async ({ client }) => {
      for (const name of ["child", "d2", "d3", "d4", NAME]) await client.deleteDevice({ name });
    },
  ],
  ...watcherSteps(NAME, SERVICE.name),
  [
    "and so are its profile and its service",
    async ({ client }) => {
      await client.deleteProfile({ name: NAME });
      await client.deleteService({ name: SERVICE.name });
      assert.equal((await client.allDevices({})).totalCount, 0);
    },
  ],
  [
    "the device's own service is asked, and its reason is passed on",
    async ({ client }) => {
      await client.addProfiles({ body: [{ profile: PROFILE }] });
      const device = { ...DEVICE, serviceName: "device-virtual", protocols: { other: { Seed: "soon" } } };
      const [refused] = await client.addDevices({ body: [{ device }] });
      assert.equal(refused?.statusCode, 500);
      assert.match(refused?.message ?? "", /^Device .* validation failed: .*Address/);
      const [added] = await client.addDevices({ body: [{ device: { ...device, protocols: DEVICE.protocols } }] });
      assert.equal(added?.statusCode, 201);
    },
  ],
];

/** The settings are changed as EdgeX's are: in keeper, while the service runs. */
async function strictProfiles({ client, other }: Contract<Metadata>): Promise<void> {
  const keeper = other("core-keeper", keeperOperations);
  const set = async (name: string, value: boolean): Promise<void> => {
    const key = `edgex/v4/core-metadata/Writable/ProfileChange/${name}`;
    await keeper.putKey({ key, body: { value } });
  };
  await set("StrictDeviceProfileChanges", true);
  await set("StrictDeviceProfileDeletes", true);
  assert.equal(
    await refusal(client.replaceProfiles({ body: [{ profile: PROFILE }] })),
    "423 profile change is not allowed when StrictDeviceProfileChanges config is enabled",
  );
  assert.equal(
    await refusal(client.deleteProfile({ name: NAME })),
    "423 profile deletion is not allowed when StrictDeviceProfileDeletes config is enabled",
  );
  await set("StrictDeviceProfileChanges", false);
  await set("StrictDeviceProfileDeletes", false);
}

contract(
  {
    service: "core-metadata",
    table: metadataOperations,
    services: ["core-keeper", "core-metadata", "device-virtual"],
  },
  steps,
);
