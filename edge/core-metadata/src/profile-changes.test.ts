/** Statuses, texts and order of checks: edgex-behaviour.md §1.3 and §1.5; edgex-go internal/core/metadata/application. */
import assert from "node:assert/strict";
import { addOne, contract, copy, type Harness, PROFILE, refusal } from "./metadata.fixture.ts";

const R3 = { name: "R3", properties: { valueType: "int16", readWrite: "RW" as const } };
const COMMAND = { name: "c3", readWrite: "R" as const, resourceOperations: [{ deviceResource: "R1" }] };
const REQUEST_ID = "3e7a0000-0000-4000-8000-000000000000";
const profileOf = async ({ client }: Harness) => (await client.profileByName({ name: "prof" })).profile;
const topicsOf = async (h: Harness) => (await h.events()).map(({ topic }) => topic);
const EVENTS = ["deviceprofile/update/core-metadata/prof", "deviceprofile/update/svc/prof"];

contract(
  "POST resource: 201 without id, also while devices use the profile, and told to their service",
  async (start) => {
    const h = await start.seeded();
    await addOne(h);
    await h.events();
    const modified = (await profileOf(h)).modified;
    const body = [
      { profileName: "prof", resource: R3, requestId: REQUEST_ID },
      { profileName: "prof", resource: R3 },
      { profileName: "no", resource: R3 },
    ];
    assert.deepEqual(await h.client.addResources({ body }), [
      { requestId: REQUEST_ID, statusCode: 201 },
      { statusCode: 400, message: "device resource R3 is duplicated" },
      { statusCode: 404, message: "no device profile with name 'no' found" },
    ]);
    const profile = await profileOf(h);
    assert.deepEqual(profile.deviceResources?.at(-1), { ...R3, isHidden: false }, "the letter case of int16 is kept");
    assert.ok((profile.modified ?? 0) > (modified ?? 0));
    const events = await h.events();
    assert.deepEqual(
      events.map(({ topic, action, details }) => [topic, action, details["modified"], details["linkedDeviceCount"]]),
      EVENTS.map((topic) => [topic, "update", modified, 0]),
    );
    assert.deepEqual(events[0]?.details["deviceResources"], profile.deviceResources, "the full profile");
  },
);

contract("POST resource: what cannot be, and the limit on resources", async ({ seeded }) => {
  const h = await seeded();
  await addOne(h);
  await addOne(h, { name: "d2" });
  const binary = { name: "B", properties: { valueType: "Binary", readWrite: "RW" as const } };
  const add = async (resource: typeof R3) =>
    (await h.client.addResources({ body: [{ profileName: "prof", resource }] }))[0];
  assert.equal((await add(binary))?.message, "write permission not support Binary value type for resource 'B'");
  h.config.Writable.MaxResources = 5;
  assert.equal(
    (await add(R3))?.message,
    "'4' resources is in use, add 'R3' resource will exceed the maximum limitation '5'",
  );
  h.config.Writable.MaxResources = 6;
  assert.equal((await add(R3))?.statusCode, 201);
});

contract("PATCH resource: description and isHidden, nothing else", async ({ seeded }) => {
  const h = await seeded();
  const update = (resource: object, profileName = "prof") =>
    h.client.updateResources({ body: [{ profileName, resource: resource as { name: string } }] });
  assert.deepEqual(await update({ name: "R1", description: "d", isHidden: true, properties: {} }), [
    { statusCode: 200 },
  ]);
  const resource = async () => (await profileOf(h)).deviceResources?.[0];
  const changed = { name: "R1", description: "d", isHidden: true, properties: { valueType: "Int16", readWrite: "RW" } };
  assert.deepEqual(await resource(), changed);
  assert.deepEqual(await update({ name: "R1", description: null }), [{ statusCode: 200 }]);
  assert.deepEqual(await resource(), changed, "null leaves it alone");
  await update({ name: "R1", description: "" });
  assert.equal((await resource())?.description, undefined);
  assert.deepEqual(await update({ name: "no" }), [{ statusCode: 404, message: "device resource not found" }]);
  assert.deepEqual(await update({ name: "R1" }, "no"), [
    { statusCode: 404, message: "no device profile with name 'no' found" },
  ]);
});

contract("POST and PATCH deviceCommand", async ({ seeded }) => {
  const h = await seeded();
  await addOne(h);
  await h.events();
  const add = (fields: object, profileName = "prof") =>
    h.client.addCommands({ body: [{ profileName, deviceCommand: { ...COMMAND, ...fields } }] });
  assert.deepEqual(await add({}), [{ statusCode: 201 }]);
  assert.deepEqual(await topicsOf(h), EVENTS);
  assert.deepEqual((await profileOf(h)).deviceCommands?.at(-1), { ...COMMAND, isHidden: false });
  assert.deepEqual(await add({}), [{ statusCode: 400, message: "device command c3 is duplicated" }]);
  assert.deepEqual(await add({ name: "c4", resourceOperations: [{ deviceResource: "Z" }] }), [
    { statusCode: 400, message: "device command's resource Z doesn't match any device resource" },
  ]);
  assert.deepEqual(await add({ name: "c4", readWrite: "W", resourceOperations: [{ deviceResource: "R2" }] }), [
    { statusCode: 400, message: "device command's ReadWrite permission 'W' doesn't align the device resource" },
  ]);
  assert.deepEqual(await add({}, "no"), [{ statusCode: 404, message: "no device profile with name 'no' found" }]);
  const hide = (name: string, profileName = "prof") =>
    h.client.updateCommands({ body: [{ profileName, deviceCommand: { name, isHidden: true } }] });
  assert.deepEqual(await hide("c3"), [{ statusCode: 200 }]);
  assert.equal((await profileOf(h)).deviceCommands?.at(-1)?.isHidden, true);
  assert.deepEqual(await topicsOf(h), EVENTS);
  assert.deepEqual(await hide("no"), [{ statusCode: 404, message: "device command not found" }]);
  assert.deepEqual(await hide("c3", "no"), [{ statusCode: 404, message: "no device profile with name 'no' found" }]);
});

contract("DELETE resource and deviceCommand: 423, 409, 404, 400 in this order, and 200", async ({ seeded }) => {
  const h = await seeded();
  const deletes = [
    (name: string, part: string) => h.client.deleteResource({ name, resourceName: part }),
    (name: string, part: string) => h.client.deleteCommand({ name, commandName: part }),
  ];
  h.config.Writable.ProfileChange.StrictDeviceProfileChanges = true;
  for (const remove of deletes) {
    assert.equal(
      await refusal(remove("no", "no")),
      "423 profile change is not allowed when StrictDeviceProfileChanges config is enabled",
    );
  }
  h.config.Writable.ProfileChange.StrictDeviceProfileChanges = false;
  await addOne(h);
  for (const remove of deletes) {
    const text = "409 fail to update the device profile when associated device exists";
    assert.equal(await refusal(remove("prof", "no")), text);
    assert.equal(await refusal(remove("no", "no")), "404 no device profile with name 'no' found");
  }
  await h.client.deleteDevice({ name: "d1" });
  assert.equal(
    await refusal(h.client.deleteResource({ name: "prof", resourceName: "no" })),
    "404 device resource not found",
  );
  assert.equal(
    await refusal(h.client.deleteCommand({ name: "prof", commandName: "no" })),
    "404 device command not found",
  );
  assert.equal(
    await refusal(h.client.deleteResource({ name: "prof", resourceName: "R2" })),
    "400 device command's resource R2 doesn't match any device resource",
  );
  await h.events();
  await h.client.deleteCommand({ name: "prof", commandName: "both" });
  await h.client.deleteResource({ name: "prof", resourceName: "R2" });
  const profile = await profileOf(h);
  assert.deepEqual([profile.deviceResources?.map(({ name }) => name), profile.deviceCommands], [["R1"], []]);
  assert.deepEqual(await topicsOf(h), [EVENTS[0], EVENTS[0]]);
});

contract("PATCH basicinfo: by name or id; absent and null stay, empty clears", async ({ seeded }) => {
  const h = await seeded();
  await addOne(h);
  await h.events();
  const update = async (basicinfo: object) => (await h.client.updateProfileBasicInfos({ body: [{ basicinfo }] }))[0];
  const before = await profileOf(h);
  assert.deepEqual(await update({ name: "prof", manufacturer: "m", model: "o", description: "d", labels: ["l"] }), {
    statusCode: 200,
  });
  assert.deepEqual(await topicsOf(h), EVENTS);
  assert.deepEqual(await update({ id: before.id, description: "", labels: [], model: null }), { statusCode: 200 });
  const after = await profileOf(h);
  assert.deepEqual(
    [after.manufacturer, after.model, after.description, after.labels],
    ["m", "o", undefined, undefined],
  );
  assert.deepEqual(
    [after.id, after.created, after.deviceResources, after.deviceCommands],
    [before.id, before.created, before.deviceResources, before.deviceCommands],
  );
  assert.deepEqual(await update({ name: "no" }), {
    statusCode: 404,
    message: "no device profile with name 'no' found",
  });
  assert.deepEqual(await update({ id: REQUEST_ID }), {
    statusCode: 404,
    message: `no device profile with id '${REQUEST_ID}' found`,
  });
  assert.deepEqual(await update({ id: before.id, name: "other" }), {
    statusCode: 400,
    message: "device profile name 'other' not match the exsting 'prof' ",
  });
});

contract("PATCH tags: merged to any depth, unknown names ignored", async ({ seeded }) => {
  const h = await seeded();
  await addOne(h);
  await h.events();
  const merge = (tags: Record<string, unknown>) =>
    h.client.mergeProfileTags({
      name: "prof",
      body: {
        deviceResources: [
          { name: "R1", tags },
          { name: "no", tags },
        ],
        deviceCommands: [{ name: "both", tags }],
      },
    });
  assert.deepEqual(await merge({ a: { x: 1, y: { z: [1] } }, b: "b" }), {});
  assert.deepEqual(await merge({ a: { y: { w: 2 } }, b: { c: 1 } }), {});
  const profile = await profileOf(h);
  const merged = { a: { x: 1, y: { z: [1], w: 2 } }, b: { c: 1 } };
  assert.deepEqual(
    [profile.deviceResources?.map(({ tags }) => tags), profile.deviceCommands?.map(({ tags }) => tags)],
    [[merged, undefined], [merged]],
  );
  assert.deepEqual(await topicsOf(h), [...EVENTS, ...EVENTS]);
  assert.equal(
    await refusal(h.client.mergeProfileTags({ name: "no", body: {} })),
    "404 no device profile with name 'no' found",
  );
});

const bad: readonly [what: string, call: (h: Harness) => Promise<unknown>, message: string][] = [
  [
    "tags without one",
    (h) => h.client.mergeProfileTags({ name: "prof", body: { deviceResources: [{ name: "R1", tags: {} }] } }),
    "DeviceProfileTagsRequest.DeviceResources[0].Tags field should greater than 0",
  ],
  [
    "no tags",
    (h) => h.client.mergeProfileTags({ name: "prof", body: { deviceCommands: [{ name: "both" } as never] } }),
    "DeviceProfileTagsRequest.DeviceCommands[0].Tags field is required",
  ],
  [
    "basic info of nobody",
    (h) => h.client.updateProfileBasicInfos({ body: [{ basicinfo: {} }] }),
    "DeviceProfileBasicInfoRequest.BasicInfo.Id field is required if the Name is not present; DeviceProfileBasicInfoRequest.BasicInfo.Name field is required if the Id is not present",
  ],
  [
    "resource without profile",
    (h) => h.client.addResources({ body: [{ profileName: "", resource: R3 }] }),
    "AddDeviceResourceRequest.ProfileName field is required",
  ],
  [
    "resource without value type",
    (h) =>
      h.client.addResources({
        body: [{ profileName: "prof", resource: { name: "R", properties: { readWrite: "R" } as never } }],
      }),
    "AddDeviceResourceRequest.Resource.Properties.ValueType field is required",
  ],
  [
    "change of a resource without name",
    (h) => h.client.updateResources({ body: [{ profileName: "prof", resource: {} as never }] }),
    "UpdateDeviceResourceRequest.Resource.Name field is required",
  ],
  [
    "change of a resource of no name",
    (h) => h.client.updateResources({ body: [{ profileName: "prof", resource: { name: " " } }] }),
    "UpdateDeviceResourceRequest.Resource.Name field should not be empty string",
  ],
  [
    "command without resources",
    (h) =>
      h.client.addCommands({
        body: [{ profileName: "prof", deviceCommand: { ...copy(COMMAND), resourceOperations: [] } }],
      }),
    "AddDeviceCommandRequest.DeviceCommand.ResourceOperations field should greater than 0",
  ],
  [
    "change of a command of no name",
    (h) => h.client.updateCommands({ body: [{ profileName: "prof", deviceCommand: { name: "" } }] }),
    "UpdateDeviceCommandRequest.DeviceCommand.Name field should not be empty string",
  ],
];
for (const [what, call, message] of bad) {
  contract(`${what}: the whole request is refused`, async ({ seeded }) => {
    const h = await seeded();
    assert.equal(await refusal(call(h)), `400 ${message}`);
    assert.deepEqual(await h.events(), []);
    assert.equal((await profileOf(h)).deviceResources?.length, PROFILE.deviceResources.length);
  });
}
