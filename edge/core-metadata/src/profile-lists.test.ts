/** edgex-behaviour.md §0 (paging) and §1.1. */
import assert from "node:assert/strict";
import { addOne, contract, copy, type Harness, PROFILE, refusal } from "./metadata.fixture.ts";

async function withProfiles(h: Harness): Promise<Harness> {
  const profile = (name: string, manufacturer: string, model: string, labels: string[] = []) => ({
    profile: { ...copy(PROFILE), name, manufacturer, model, labels },
  });
  await h.client.addProfiles({
    body: [
      profile("p1", "西门子", "m/1"),
      profile("p2", "西门子", "m2", ["x"]),
      profile("p3", "other", "m/1", ["x", "y"]),
    ],
  });
  return h;
}

contract("profiles by model, manufacturer and both: pages, and no linkedDeviceCount", async ({ seeded }) => {
  const h = await withProfiles(await seeded());
  await addOne(h, { profileName: "p1" });
  const { client } = h;
  const shown = ({ totalCount, profiles }: Awaited<ReturnType<typeof client.allProfiles>>): string =>
    `${totalCount} ${profiles.map(({ name, linkedDeviceCount }) => `${name}:${linkedDeviceCount}`).join(" ")}`;
  assert.equal(shown(await client.profilesByModel({ model: "m/1" })), "2 p1:0 p3:0");
  assert.equal(shown(await client.profilesByManufacturer({ manufacturer: "西门子" })), "2 p1:0 p2:0");
  const both = { manufacturer: "西门子", model: "m/1" };
  assert.equal(shown(await client.profilesByManufacturerAndModel(both)), "1 p1:0");
  assert.equal(shown(await client.profilesByModel({ model: "m/1", offset: 1, limit: 1 })), "2 p3:0");
  assert.equal(shown(await client.profilesByModel({ model: "no", offset: 9 })), "0 ");
  const far = { offset: 9 };
  assert.equal(
    await refusal(client.profilesByManufacturer({ manufacturer: "other", ...far })),
    "416 query objects bounds out of range. length:1 offset:9",
  );
  for (const call of [
    client.profilesByModel({ model: "m2", limit: 1025 }),
    client.profilesByManufacturer({ manufacturer: "other", limit: 1025 }),
    client.profilesByManufacturerAndModel({ ...both, limit: 1025 }),
    client.allProfileBasicInfos({ limit: 1025 }),
  ]) {
    assert.equal(await refusal(call), "400 querystring limit's value 1025 is out of min -1 ~ max 1024 range.");
  }
});

contract("MaxResultCount bounds limits, and may be more than EdgeX's 1024", async ({ seeded }) => {
  const { client, config } = await withProfiles(await seeded());
  config.Service.MaxResultCount = 2;
  assert.equal((await client.allProfiles({ limit: -1 })).profiles.length, 2);
  for (const limit of [3, -2]) {
    const text = `400 querystring limit's value ${limit} is out of min -1 ~ max 2 range.`;
    assert.equal(await refusal(client.allProfiles({ limit })), text);
  }
  config.Service.MaxResultCount = 5_000;
  assert.equal((await client.allProfiles({ limit: 5_000 })).profiles.length, 4);
});

contract("basic infos: without resources and commands, with the count of devices, by label", async ({ seeded }) => {
  const h = await withProfiles(await seeded());
  await addOne(h, { profileName: "p2" });
  const { totalCount, profiles } = await h.client.allProfileBasicInfos({ labels: ["x"] });
  assert.equal(totalCount, 2);
  const [info] = profiles;
  assert.deepEqual(Object.keys(info ?? {}).sort(), [
    "created",
    "id",
    "labels",
    "linkedDeviceCount",
    "manufacturer",
    "model",
    "modified",
    "name",
  ]);
  assert.deepEqual([info?.name, info?.linkedDeviceCount], ["p2", 1]);
  assert.equal((await h.client.allProfileBasicInfos({ labels: ["x", "y"] })).profiles[0]?.linkedDeviceCount, 0);
  assert.equal(
    await refusal(h.client.allProfileBasicInfos({ offset: 9 })),
    "416 query objects bounds out of range. length:4 offset:9",
  );
});

contract("one resource of a profile", async ({ seeded }) => {
  const { client } = await seeded();
  const find = (profileName: string, resourceName: string) => client.resourceByName({ profileName, resourceName });
  assert.deepEqual(await find("prof", "R2"), {
    resource: { name: "R2", isHidden: false, properties: { valueType: "Bool", readWrite: "R" } },
  });
  assert.equal(await refusal(find("prof", "no")), "404 resource no not exists");
  assert.equal(await refusal(find("no", "R1")), "404 no device profile with name 'no' found");
});

contract("a device by its id", async ({ seeded }) => {
  const h = await seeded();
  const id = (await addOne(h))?.id ?? "";
  assert.equal((await h.client.deviceById({ id })).device.name, "d1");
  const other = "ffffffff-0000-4000-8000-000000000000";
  assert.equal(await refusal(h.client.deviceById({ id: other })), `404 no device with id '${other}' found`);
  assert.equal(await refusal(h.client.deviceById({ id: "abc" })), "400 device id 'abc' is no UUID");
});
