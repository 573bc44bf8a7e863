/** Cases, order and messages: edgex-behaviour.md §1.1–1.2, seen on EdgeX's Go services. */
import assert from "node:assert/strict";
import { addOne, contract, copy, DEVICE, type Harness, PROFILE, patchOne, refusal } from "./metadata.fixture.ts";

const auto = (sourceName: string, interval = "1s"): object => ({ autoEvents: [{ sourceName, interval }] });

const addCases: readonly [what: string, fields: object, status: number, message?: string][] = [
  [
    "unknown service, looked at first",
    { serviceName: "no", profileName: "no" },
    400,
    "device service 'no' does not exists",
  ],
  ["own parent, before the profile", { parent: "d1", profileName: "no" }, 400, "a device cannot be its own parent"],
  ["unknown profile", { profileName: "no" }, 400, "device profile 'no' not found during validating device 'd1'"],
  ["no profile: the rest is unchecked", { profileName: "", parent: "d1", ...auto("no") }, 201],
  ["unknown source", auto("no"), 400, "auto event source 'no' cannot be found in the device profile 'prof'"],
  ["part of a name", auto("R"), 400, "auto event source 'R' cannot be found in the device profile 'prof'"],
  ["resource by name", auto("R1"), 201],
  ["resources by pattern", auto("R[0-9]"), 201],
  ["command by name", auto("both"), 201],
  ["no command by pattern", auto("bo.."), 400, "auto event source 'bo..' cannot be found in the device profile 'prof'"],
  ["no pattern", auto("("), 400, "failed to CompilePOSIX the auto event source name: ("],
  ["interval in days", auto("R1", "1d"), 400, "auto event interval '1d' not valid in the device 'd1'"],
  ["any name", { name: "a/b+# é" }, 201],
  ["a parent that is not there", { parent: "nobody" }, 201],
];
for (const [what, fields, status, message] of addCases) {
  contract(`POST device: ${what}`, async ({ seeded }) => {
    const item = await addOne(await seeded(), fields);
    assert.equal(item?.statusCode, status);
    assert.equal(item?.message, message);
    assert.equal(item?.id !== undefined, status === 201);
  });
}

contract("POST device: a taken name, and the other items of the batch go on", async ({ seeded }) => {
  const h = await seeded();
  const device = copy(DEVICE);
  const requestId = "3e7a0000-0000-4000-8000-000000000000";
  const body = [{ device, requestId }, { device, requestId }, { device: { ...device, name: "d2" } }];
  const items = await h.client.addDevices({ body, bypassValidation: "true" });
  assert.deepEqual(
    items.map((item) => [item.statusCode, item.requestId, item.message]),
    [
      [201, requestId, undefined],
      [409, requestId, "device name d1 already exists"],
      [201, undefined, undefined],
    ],
  );
  assert.deepEqual(await h.client.addDevices({ body: [] }), []);
});

contract("POST device: one malformed item refuses the whole batch", async ({ seeded }) => {
  const h = await seeded();
  const body = [{ device: copy(DEVICE) }, { device: { ...copy(DEVICE), name: " " } }];
  assert.equal(
    await refusal(h.client.addDevices({ body })),
    "400 AddDeviceRequest.Device.Name field should not be empty string",
  );
  assert.equal((await h.client.allDevices({})).totalCount, 0);
});

contract("POST device: limits on devices and resources", async ({ seeded }) => {
  const h = await seeded();
  h.config.Writable.MaxDevices = 1;
  assert.equal((await addOne(h))?.statusCode, 201);
  assert.equal(
    (await addOne(h, { name: "d2" }))?.message,
    "the existing total number of device is '1', add device 'd2' will exceed the maximum limitation '1'",
  );
  h.config.Writable.MaxDevices = 0;
  h.config.Writable.MaxResources = 3;
  assert.equal(
    (await addOne(h, { name: "d2" }))?.message,
    "'2' resources is in use, increase '2' resources will exceed the maximum limitation '3'",
  );
  assert.equal((await addOne(h, { name: "d2", profileName: "" }))?.statusCode, 201);
  assert.equal(
    (
      await h.client.updateDevices({
        body: [{ device: { name: "d2", profileName: "prof" } }],
        bypassValidation: "true",
      })
    )[0]?.message,
    "'2' resources is in use, change from profile '' (0 resource count) to the profile 'prof' (2 resource count) will exceed the maximum limitation '3'",
  );
});

contract("force replaces a device whole, keeps id and created, and is told as an update", async ({ seeded }) => {
  const h = await seeded();
  const first = await addOne(h, { description: "old", labels: ["x"], tags: { a: 1 } });
  const before = (await h.client.deviceByName({ name: "d1" })).device;
  await h.events();
  assert.equal((await addOne(h, {}, { force: "TRUE" }))?.statusCode, 409, "only the exact word counts");
  const item = await addOne(h, {}, { force: "true" });
  assert.deepEqual([item?.statusCode, item?.id], [201, first?.id]);
  const after = (await h.client.deviceByName({ name: "d1" })).device;
  assert.deepEqual(after, {
    ...DEVICE,
    properties: {},
    id: before.id,
    created: before.created,
    modified: after.modified,
  });
  assert.ok((after.modified ?? 0) > (before.modified ?? 0));
  const events = await h.events();
  assert.deepEqual(
    events.map(({ topic }) => topic),
    ["device/update/svc/prof"],
  );
  assert.equal(events[0]?.details["modified"], undefined);
});

contract("reads omit what is empty and always have properties", async ({ seeded }) => {
  const h = await seeded();
  await addOne(h, { labels: [], tags: {}, autoEvents: [], description: "", profileName: "", surplus: 1 });
  const { device } = await h.client.deviceByName({ name: "d1" });
  assert.deepEqual(Object.keys(device).sort(), [
    "adminState",
    "created",
    "id",
    "modified",
    "name",
    "operatingState",
    "properties",
    "protocols",
    "serviceName",
  ]);
});

const patchCases: readonly [what: string, fields: object, status: number, message?: string][] = [
  ["unknown device", { name: "no" }, 404, "no device with name 'no' found"],
  [
    "unknown id",
    { id: "00000000-0000-4000-8000-00000000ffff" },
    404,
    "no device with id '00000000-0000-4000-8000-00000000ffff' found",
  ],
  ["empty id: by name", { id: "" }, 200],
  [
    "unknown service, before the look-up",
    { name: "no", serviceName: "nosvc" },
    400,
    "device service 'nosvc' does not exists",
  ],
  ["own parent", { parent: "d1" }, 400, "a device cannot be its own parent"],
  ["unknown source", auto("no"), 400, "auto event source 'no' cannot be found in the device profile 'prof'"],
];
for (const [what, fields, status, message] of patchCases) {
  contract(`PATCH device: ${what}`, async ({ seeded }) => {
    const h = await seeded();
    await addOne(h);
    const item = await patchOne(h, fields);
    assert.deepEqual([item?.statusCode, item?.message], [status, message]);
  });
}

contract("PATCH device: name and id that disagree", async ({ seeded }) => {
  const h = await seeded();
  const id = (await addOne(h))?.id ?? "";
  assert.deepEqual(await patchOne(h, { id, name: "other" }), {
    statusCode: 400,
    message: "device name 'other' not match the exsting 'd1' ",
  });
});

contract("PATCH device: absent and null stay, empty clears, maps and lists are replaced whole", async ({ seeded }) => {
  const h = await seeded();
  await addOne(h, {
    description: "text",
    labels: ["a"],
    tags: { a: 1, b: 2 },
    location: "hall",
    properties: { x: 1, y: 2 },
  });
  await patchOne(h, { description: null, tags: { c: 3 }, labels: null, location: null, properties: { z: 1 } });
  const { device } = await h.client.deviceByName({ name: "d1" });
  assert.deepEqual(
    [device.description, device.tags, device.labels, device.location, device.properties],
    ["text", { c: 3 }, ["a"], "hall", { z: 1 }],
  );
  await patchOne(h, { description: "", tags: {}, labels: [], profileName: "" });
  const cleared = (await h.client.deviceByName({ name: "d1" })).device;
  assert.deepEqual(
    [cleared.description, cleared.tags, cleared.labels, cleared.profileName],
    [undefined, undefined, undefined, undefined],
  );
  // Of any type: Go leaves out only what is not there (go-mod-core-contracts dtos/device.go).
  for (const location of ["", {}, 5]) {
    await patchOne(h, { location });
    assert.deepEqual((await h.client.deviceByName({ name: "d1" })).device.location, location);
  }
});

contract("PATCH device: a new profile drops the auto events it lacks", async ({ seeded }) => {
  const h = await seeded();
  const other = {
    ...copy(PROFILE),
    name: "other",
    deviceResources: [copy(PROFILE.deviceResources[0])],
    deviceCommands: [],
  };
  await h.client.addProfiles({ body: [{ profile: other }] });
  await addOne(h, {
    autoEvents: [
      { sourceName: "R1", interval: "1s" },
      { sourceName: "R2", interval: "1s" },
    ],
  });
  assert.equal((await patchOne(h, { profileName: "other" }))?.statusCode, 200);
  const { device } = await h.client.deviceByName({ name: "d1" });
  const retention = { maxCap: 0, minCap: 0, duration: "" };
  assert.deepEqual(device.autoEvents, [
    { interval: "1s", onChange: false, onChangeThreshold: 0, sourceName: "R1", retention },
  ]);
});

contract("device events: add, update to the old and the new service, delete", async ({ seeded }) => {
  const h = await seeded();
  await h.client.addServices({
    body: [{ service: { name: "svc2", baseAddress: "http://x", adminState: "UNLOCKED" } }],
  });
  await h.events();
  const id = (await addOne(h))?.id;
  const { modified } = (await h.client.deviceByName({ name: "d1" })).device;
  await patchOne(h, { serviceName: "svc2" });
  await h.client.deleteDevice({ name: "d1" });
  const events = await h.events();
  assert.deepEqual(
    events.map(({ topic, details }) => [topic, details["id"], details["serviceName"]]),
    [
      ["device/add/svc/prof", id, "svc"],
      ["device/update/svc/prof", id, "svc2"],
      ["device/update/svc2/prof", id, "svc2"],
      ["device/delete/svc2/prof", id, "svc2"],
    ],
  );
  assert.equal(events[1]?.details["modified"], modified, "an update carries the previous modified");
});

contract("DELETE device: unknown, with children", async ({ seeded }) => {
  const h = await seeded();
  assert.equal(await refusal(h.client.deleteDevice({ name: "d1" })), "404 no device with name 'd1' found");
  await addOne(h);
  await addOne(h, { name: "child", parent: "d1" });
  assert.equal(await refusal(h.client.deleteDevice({ name: "d1" })), "409 cannot delete device with children");
  await h.client.deleteDevice({ name: "child" });
  await h.client.deleteDevice({ name: "d1" });
  assert.equal((await h.client.allDevices({})).totalCount, 0);
});

async function withSix(h: Harness): Promise<Harness> {
  for (let i = 1; i <= 6; i += 1) await addOne(h, { name: `d${i}`, labels: i % 2 === 0 ? ["even", "all"] : ["all"] });
  return h;
}

contract("lists: order, labels, pages", async ({ seeded }) => {
  const h = await withSix(await seeded());
  const names = async (query: object): Promise<string> => {
    const { devices, totalCount } = await h.client.allDevices(query);
    return `${totalCount}: ${devices.map(({ name }) => name).join(" ")}`;
  };
  assert.equal(await names({}), "6: d1 d2 d3 d4 d5 d6");
  assert.equal(await names({ offset: 2, limit: 2 }), "6: d3 d4");
  assert.equal(await names({ labels: ["all", "even"] }), "3: d2 d4 d6");
  assert.equal(await names({ labels: ["evenx"], offset: 99 }), "0: ");
  assert.equal(await names({ limit: 0, offset: 99 }), "6: ");
  assert.equal(await names({ offset: 6 }), "6: ");
  assert.equal(
    await refusal(h.client.allDevices({ offset: 99 })),
    "416 query objects bounds out of range. length:6 offset:99",
  );
  h.config.Service.MaxResultCount = 4;
  assert.equal(await names({ limit: -1 }), "6: d1 d2 d3 d4");
  assert.equal(
    await refusal(h.client.allDevices({ limit: 5 })),
    "400 querystring limit's value 5 is out of min -1 ~ max 4 range.",
  );
});

contract("lists by profile and by service; of unknown ones they are empty", async ({ seeded }) => {
  const h = await withSix(await seeded());
  assert.equal((await h.client.devicesByProfile({ name: "prof" })).totalCount, 6);
  assert.equal((await h.client.devicesByService({ name: "svc", limit: 1 })).devices.length, 1);
  assert.deepEqual(await h.client.devicesByService({ name: "no" }), { totalCount: 0, devices: [] });
  assert.deepEqual(await h.client.devicesByProfile({ name: "no", offset: 5 }), { totalCount: 0, devices: [] });
});

contract("reads of one device", async ({ harness }) => {
  const h = await harness();
  assert.equal(await refusal(h.client.deviceByName({ name: "X" })), "404 no device with name 'X' found");
  assert.equal(await refusal(h.client.deviceNameExists({ name: "X" })), "404 ");
});

contract("two requests for one name at the same time: one wins", async ({ seeded }) => {
  const h = await seeded();
  const items = await Promise.all([addOne(h), addOne(h), addOne(h)]);
  assert.deepEqual(items.map((item) => item?.statusCode).sort(), [201, 409, 409]);
});
