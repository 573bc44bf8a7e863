import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@jx/kit";
import { Catalog } from "./catalog.ts";
import { addOne, contract, copy, PROFILE, SERVICE } from "./metadata.fixture.ts";
import { memoryStore } from "./store/memory.fixture.ts";

contract("a new start reads back what was stored", async ({ harness }) => {
  const store = memoryStore();
  const first = await harness(store);
  await first.client.addServices({ body: [{ service: copy(SERVICE) }] });
  await first.client.addProfiles({ body: [{ profile: copy(PROFILE) }] });
  await addOne(first, { tags: { 位置: ["东", { deep: null }] } });
  const second = await harness(store);
  assert.deepEqual(await second.client.allDevices({}), await first.client.allDevices({}));
  assert.deepEqual(await second.client.allProfiles({}), await first.client.allProfiles({}));
  assert.deepEqual(await second.client.allServices({}), await first.client.allServices({}));
});

contract("a change that the disk refuses is neither seen nor told, and the next one works", async ({ harness }) => {
  const store = memoryStore();
  const h = await harness({
    ...store,
    apply(changes) {
      if (changes.some(({ name }) => name === "full"))
        return Promise.reject(new AppError("Storage", "the disk is full"));
      return store.apply(changes);
    },
  });
  const add = async (name: string) =>
    (await h.client.addServices({ body: [{ service: { ...copy(SERVICE), name } }] }))[0];
  assert.deepEqual(await add("full"), { statusCode: 500, message: "the disk is full" });
  assert.equal((await add("next"))?.statusCode, 201);
  assert.deepEqual(
    (await h.client.allServices({})).services.map(({ name }) => name),
    ["next"],
  );
  assert.deepEqual(
    (await h.events()).map(({ topic }) => topic),
    ["deviceservice/add/next"],
  );
});

contract("ten thousand devices: the last page", async ({ seeded }) => {
  const h = await seeded();
  const device = {
    name: "",
    serviceName: "svc",
    adminState: "UNLOCKED" as const,
    operatingState: "UP" as const,
    protocols: {},
  };
  const body = Array.from({ length: 10_000 }, (_, i) => ({ device: { ...device, name: `d${i}` } }));
  assert.ok(
    (await h.client.addDevices({ body, bypassValidation: "true" })).every(({ statusCode }) => statusCode === 201),
  );
  const { totalCount, devices } = await h.client.allDevices({ offset: 9_990, limit: 20 });
  assert.deepEqual([totalCount, devices.length, devices[0]?.name], [10_000, 10, "d9990"]);
});

test("records are frozen, for callers in the process get the snapshot's own", async () => {
  const catalog = await Catalog.load(memoryStore());
  const stored = await catalog.exclusive(() =>
    catalog.put("profile", { name: "p", deviceResources: [], labels: ["a"] }),
  );
  assert.equal(catalog.profiles.get("p"), stored);
  assert.throws(() => stored.labels?.push("b"), TypeError);
});
