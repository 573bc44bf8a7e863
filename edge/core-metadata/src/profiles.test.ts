/** edgex-behaviour.md §1.1, §1.3, §1.5. */
import assert from "node:assert/strict";
import { addOne, contract, copy, PROFILE, refusal } from "./metadata.fixture.ts";

const R = PROFILE.deviceResources[0];
const command = (fields: object): object => ({
  name: "c",
  readWrite: "R",
  resourceOperations: [{ deviceResource: "R1" }],
  ...fields,
});
const refusals: readonly [fields: object, message: string][] = [
  [{ deviceResources: [R, R] }, "device resource R1 is duplicated"],
  [
    { deviceResources: [{ name: "A", properties: { valueType: "binary", readWrite: "RW" } }] },
    "write permission not support Binary value type for resource 'A'",
  ],
  [{ deviceResources: [R], deviceCommands: [command({}), command({})] }, "device command c is duplicated"],
  [
    { deviceResources: [R], deviceCommands: [command({ resourceOperations: [{ deviceResource: "Z" }] })] },
    "device command's resource Z doesn't match any device resource",
  ],
  [
    {
      deviceResources: [{ ...R, properties: { ...R.properties, readWrite: "R" } }],
      deviceCommands: [command({ readWrite: "RW" })],
    },
    "device command's ReadWrite permission 'RW' doesn't align the device resource",
  ],
];
for (const [fields, message] of refusals) {
  contract(`POST and PUT profile: ${message}`, async ({ harness }) => {
    const h = await harness();
    const body = [{ profile: copy(PROFILE) }, { profile: { name: "bad", ...copy(fields) } }];
    assert.equal(await refusal(h.client.addProfiles({ body })), `400 ${message}`);
    assert.equal(await refusal(h.client.replaceProfiles({ body })), `400 ${message}`);
    assert.equal((await h.client.allProfiles({})).totalCount, 0, "nothing of the batch is stored");
  });
}

contract("what EdgeX does not check is accepted: minimum above maximum, empty profile", async ({ harness }) => {
  const h = await harness();
  const properties = { valueType: "UINT8", readWrite: "W" as const, minimum: 5, maximum: 1, defaultValue: "x" };
  const body = [{ profile: { name: "a", deviceResources: [{ name: "r", properties }] } }, { profile: { name: "b" } }];
  assert.deepEqual(
    (await h.client.addProfiles({ body })).map(({ statusCode }) => statusCode),
    [201, 201],
  );
  const [a, b] = (await h.client.allProfiles({})).profiles;
  assert.equal(a?.deviceResources?.[0]?.properties.valueType, "Uint8");
  assert.deepEqual([b?.deviceResources, b?.deviceCommands, b?.linkedDeviceCount], [[], [], 0]);
});

contract("POST profile: 201 with id, 409 for a taken name", async ({ harness }) => {
  const h = await harness();
  const body = [{ profile: copy(PROFILE) }];
  const first = (await h.client.addProfiles({ body }))[0];
  assert.ok(first?.statusCode === 201 && first.id !== undefined);
  assert.deepEqual((await h.client.addProfiles({ body }))[0], {
    statusCode: 409,
    message: "device profile name prof already exists",
  });
});

contract("PUT profile: 404; id and created vanish unless sent, and then it is listed first", async ({ seeded }) => {
  const h = await seeded();
  await h.client.addProfiles({ body: [{ profile: { name: "second" } }] });
  assert.deepEqual((await h.client.replaceProfiles({ body: [{ profile: { name: "no" } }] }))[0], {
    statusCode: 404,
    message: "device profile 'no' does not exist",
  });
  const kept = (await h.client.profileByName({ name: "prof" })).profile;
  await h.client.replaceProfiles({
    body: [{ profile: { name: "prof", id: kept.id ?? "", created: kept.created ?? 0 } }],
  });
  const again = (await h.client.profileByName({ name: "prof" })).profile;
  assert.deepEqual([again.id, again.created, again.deviceResources], [kept.id, kept.created, []]);
  assert.deepEqual(
    (await h.client.replaceProfiles({ body: [{ profile: { name: "second", id: kept.id ?? "" } }] }))[0],
    {
      statusCode: 409,
      message: `device profile id ${kept.id} already exists`,
    },
  );
  await h.client.replaceProfiles({ body: [{ profile: { name: "second", model: "m" } }] });
  const { profile } = await h.client.profileByName({ name: "second" });
  assert.deepEqual([profile.id, profile.created, profile.model], [undefined, undefined, "m"]);
  assert.ok(profile.modified !== undefined);
  assert.deepEqual(
    (await h.client.allProfiles({})).profiles.map(({ name }) => name),
    ["second", "prof"],
  );
});

contract("PUT profile: limit on resources counts every device that uses it", async ({ seeded }) => {
  const h = await seeded();
  await addOne(h);
  await addOne(h, { name: "d2" });
  h.config.Writable.MaxResources = 5;
  const more = { ...copy(PROFILE), deviceResources: [...copy(PROFILE.deviceResources), { ...copy(R), name: "R3" }] };
  assert.equal(
    (await h.client.replaceProfiles({ body: [{ profile: more }] }))[0]?.message,
    "'4' resources is in use, update the profile from 2 resource count to 3 resource count will exceed the maximum limitation '5'",
  );
});

contract("linkedDeviceCount is right by name and in lists, 0 in events", async ({ seeded }) => {
  const h = await seeded();
  await addOne(h);
  assert.equal((await h.client.profileByName({ name: "prof" })).profile.linkedDeviceCount, 1);
  assert.equal((await h.client.allProfiles({})).profiles[0]?.linkedDeviceCount, 1);
  await h.events();
  await h.client.replaceProfiles({ body: [{ profile: copy(PROFILE) }] });
  const events = await h.events();
  assert.deepEqual(
    events.map(({ topic, details }) => [topic, details["linkedDeviceCount"]]),
    [
      ["deviceprofile/update/core-metadata/prof", 0],
      ["deviceprofile/update/svc/prof", 0],
    ],
  );
});

contract("DELETE profile: 404, 409 while in use, and its event", async ({ seeded }) => {
  const h = await seeded();
  assert.equal(await refusal(h.client.deleteProfile({ name: "no" })), "404 no device profile with name 'no' found");
  await addOne(h);
  assert.equal(
    await refusal(h.client.deleteProfile({ name: "prof" })),
    "409 fail to delete the device profile when associated device exists",
  );
  await h.client.deleteDevice({ name: "d1" });
  await h.events();
  await h.client.deleteProfile({ name: "prof" });
  const [event] = await h.events();
  assert.equal(event?.topic, "deviceprofile/delete/core-metadata/prof");
  assert.deepEqual(
    event?.details["deviceCommands"],
    PROFILE.deviceCommands.map((command) => ({ isHidden: false, ...command })),
    "the full profile",
  );
});

contract("strict settings refuse with 423", async ({ seeded }) => {
  const h = await seeded();
  h.config.Writable.ProfileChange.StrictDeviceProfileChanges = true;
  h.config.Writable.ProfileChange.StrictDeviceProfileDeletes = true;
  assert.equal(
    await refusal(h.client.replaceProfiles({ body: [{ profile: copy(PROFILE) }] })),
    "423 profile change is not allowed when StrictDeviceProfileChanges config is enabled",
  );
  assert.equal(
    await refusal(h.client.deleteProfile({ name: "no" })),
    "423 profile deletion is not allowed when StrictDeviceProfileDeletes config is enabled",
  );
  assert.equal((await h.client.addProfiles({ body: [{ profile: { name: "new" } }] }))[0]?.statusCode, 201);
});
