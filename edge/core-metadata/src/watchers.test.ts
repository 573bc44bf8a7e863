/** edgex-behaviour.md §1.4–1.5; messages by go-mod-core-contracts v4 dtos/provisionwatcher.go. */
import assert from "node:assert/strict";
import { contract, copy, type Harness, refusal } from "./metadata.fixture.ts";

const WATCHER = {
  name: "w1",
  serviceName: "svc",
  labels: ["a"],
  identifiers: { Address: "^10\\." },
  blockingIdentifiers: { Port: ["399"] },
  adminState: "UNLOCKED",
  discoveredDevice: { profileName: "prof", adminState: "UNLOCKED" },
} as const;
const STORED = { ...WATCHER, discoveredDevice: { ...WATCHER.discoveredDevice, properties: {} } };

async function add(h: Harness, fields: object = {}) {
  return (await h.client.addWatchers({ body: [{ provisionWatcher: { ...copy(WATCHER), ...fields } }] }))[0];
}
async function patch(h: Harness, fields: object) {
  return (await h.client.updateWatchers({ body: [{ provisionWatcher: fields }] }))[0];
}

contract("POST watcher: 201, 409, 404 without its profile; its event lacks id and stamps", async ({ seeded }) => {
  const h = await seeded();
  assert.equal((await add(h))?.statusCode, 201);
  assert.deepEqual(await add(h), { statusCode: 409, message: "provision watcher name w1 already exists" });
  assert.deepEqual(await add(h, { discoveredDevice: { profileName: "no", adminState: "LOCKED" } }), {
    statusCode: 404,
    message: "device profile 'no' does not exists",
  });
  const [event, ...more] = await h.events();
  assert.deepEqual([event?.topic, event?.action, more], ["provisionwatcher/add/svc/prof", "add", []]);
  assert.deepEqual(JSON.parse(JSON.stringify(event?.details)), STORED);
});

contract("a watcher of a service and a profile that nobody has given yet is taken", async ({ harness }) => {
  const h = await harness();
  assert.equal((await add(h, { serviceName: "later", discoveredDevice: { adminState: "LOCKED" } }))?.statusCode, 201);
  const [event] = await h.events();
  assert.deepEqual(
    [event?.topic, event?.details["discoveredDevice"]],
    ["provisionwatcher/add/later", { profileName: "", adminState: "LOCKED", properties: {} }],
  );
});

contract("POST watcher: what is missing is named by its path in the Go struct", async ({ seeded }) => {
  const h = await seeded();
  const at = "AddProvisionWatcherRequest.ProvisionWatcher.";
  const cases: readonly (readonly [object, string])[] = [
    [{ identifiers: {} }, `${at}Identifiers field should greater than 0`],
    [{ identifiers: undefined }, `${at}Identifiers field should greater than 0`],
    [{ identifiers: { Address: "" } }, `${at}Identifiers[Address] field is required`],
    [{ discoveredDevice: {} }, `${at}DiscoveredDevice.AdminState field should be one of 'LOCKED' 'UNLOCKED'`],
    [{ serviceName: " " }, `${at}ServiceName field should not be empty string`],
  ];
  for (const [fields, message] of cases) assert.equal(await refusal(add(h, fields)), `400 ${message}`);
  assert.deepEqual(await h.events(), []);
});

contract("lists: all, by label, service and profile, none at all", async ({ seeded }) => {
  const h = await seeded();
  assert.deepEqual(await h.client.watchersByService({ name: "svc", offset: 0, limit: -1 }), {
    totalCount: 0,
    provisionWatchers: [],
  });
  await add(h);
  await add(h, { name: "w2", serviceName: "other", labels: [], discoveredDevice: { adminState: "LOCKED" } });
  const names = (list: { provisionWatchers: readonly { name: string }[] }) =>
    list.provisionWatchers.map(({ name }) => name);
  assert.deepEqual(names(await h.client.allWatchers({})), ["w1", "w2"]);
  assert.deepEqual(names(await h.client.allWatchers({ labels: ["a"] })), ["w1"]);
  assert.deepEqual(names(await h.client.watchersByService({ name: "other" })), ["w2"]);
  assert.deepEqual(names(await h.client.watchersByProfile({ name: "prof" })), ["w1"]);
  assert.equal(
    await refusal(h.client.allWatchers({ offset: 9 })),
    "416 query objects bounds out of range. length:2 offset:9",
  );
});

contract(
  "PATCH watcher: absent and null stay, the find's fields one by one; both services hear of it",
  async (start) => {
    const h = await start.seeded();
    const id = (await add(h))?.id ?? "";
    await h.events();
    assert.deepEqual(await patch(h, { name: "no" }), {
      statusCode: 404,
      message: "no provision watcher with name 'no' found",
    });
    assert.deepEqual(await patch(h, { id, name: "x" }), {
      statusCode: 400,
      message: "provision watcher name 'x' not match the existing 'w1' ",
    });
    const change = { name: "w1", serviceName: "new", labels: null, discoveredDevice: { adminState: "LOCKED" } };
    assert.deepEqual(await patch(h, change), { statusCode: 200 });
    const { created, modified, ...stored } = (await h.client.watcherByName({ name: "w1" })).provisionWatcher;
    assert.deepEqual(stored, {
      ...STORED,
      id,
      serviceName: "new",
      discoveredDevice: { profileName: "prof", adminState: "LOCKED", properties: {} },
    });
    assert.ok((modified ?? 0) > (created ?? 0));
    assert.deepEqual(
      (await h.events()).map(({ topic }) => topic),
      ["provisionwatcher/update/svc/prof", "provisionwatcher/update/new/prof"],
    );
    assert.match(
      await refusal(patch(h, { name: "w1", identifiers: {} })),
      /^400 .*Identifiers field should greater than 0$/,
    );
  },
);

// The service: EdgeX's functional suite, ErrServiceDELETE003 (edgex-go core/metadata/application/deviceservice.go).
contract("DELETE watcher: 404, 200; its profile and its service are held until then", async ({ seeded }) => {
  const h = await seeded();
  await add(h);
  assert.equal(
    await refusal(h.client.deleteProfile({ name: "prof" })),
    "409 fail to delete the device profile when associated provisionWatcher exists",
  );
  assert.equal(
    await refusal(h.client.deleteService({ name: "svc" })),
    "409 fail to delete the device service when associated provisionWatcher exists",
  );
  await h.client.deleteWatcher({ name: "w1" });
  assert.equal(await refusal(h.client.deleteWatcher({ name: "w1" })), "404 no provision watcher with name 'w1' found");
  assert.deepEqual((await h.events()).at(-1)?.topic, "provisionwatcher/delete/svc/prof");
  await h.client.deleteProfile({ name: "prof" });
  await h.client.deleteService({ name: "svc" });
});
