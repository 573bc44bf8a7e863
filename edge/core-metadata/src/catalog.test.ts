import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { DeviceService } from "@jx/contracts";
import { AppError, type Deferred, deferred } from "@jx/kit";
import { Catalog } from "./catalog.ts";
import { addOne, contract, copy, PROFILE, refusal, SERVICE } from "./metadata.fixture.ts";
import type { DocumentStore } from "./store/document-store.ts";
import { memoryStore } from "./store/memory.fixture.ts";
import { openSqliteStore } from "./store/sqlite.ts";

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

/** A store that counts its transactions, and holds the next one until it is let go. */
function watchedStore() {
  const store = memoryStore();
  const sizes: number[] = [];
  let gate: Deferred<void> | undefined;
  return {
    sizes,
    hold() {
      gate = deferred();
      gate.promise.catch(() => {});
      return gate;
    },
    store: {
      ...store,
      async apply(changes) {
        sizes.push(changes.length);
        const held = gate;
        gate = undefined;
        await held?.promise;
        return store.apply(changes);
      },
    } satisfies DocumentStore,
  };
}
const service = (name: string) => ({ service: { ...copy(SERVICE), name } });

contract("a bulk request is one transaction", async ({ harness }) => {
  const { store, sizes } = watchedStore();
  const { client } = await harness(store);
  await client.addServices({ body: Array.from({ length: 50 }, (_, i) => service(`s${i}`)) });
  assert.deepEqual(sizes, [50]);
});

const named = (name: string, fields = {}): DeviceService => ({ ...SERVICE, name, ...fields });
const turns = async (): Promise<void> => {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
};

test("what comes while the disk is busy goes together after it, and is seen once it is synced", async () => {
  const { store, sizes, hold } = watchedStore();
  const catalog = await Catalog.load(store);
  const told: string[] = [];
  const gate = hold();
  const put = async (name: string): Promise<void> => {
    catalog.put("service", named(name), () => told.push(name));
    await catalog.synced();
    assert.ok(catalog.seen.services.get(name) !== undefined);
  };
  const all = [put("a")];
  await turns();
  for (const name of ["b", "c", "d"]) {
    all.push(put(name));
    await turns();
  }
  assert.deepEqual([sizes, told, catalog.seen.services.size, catalog.draft.services.size], [[1], [], 0, 4]);
  gate.resolve();
  await Promise.all(all);
  assert.deepEqual([sizes, told, catalog.seen.services.size], [[1, 3], ["a", "b", "c", "d"], 4]);
});

test("behind a store that does not answer, changes are refused in time and leave nothing behind", async () => {
  const { store, hold } = watchedStore();
  const catalog = await Catalog.load(store, 2_048);
  const gate = hold();
  catalog.put("service", named("a"), () => {});
  await turns();
  for (const name of ["b", "c"]) catalog.put("service", named(name), () => {});
  const refused = { kind: "ServiceUnavailable", code: "store-behind" };
  assert.throws(() => catalog.put("service", named("d"), () => {}), refused);
  assert.throws(() => catalog.remove("service", "a", () => {}), refused);
  const all = catalog.synced();
  gate.resolve();
  await all;
  const names = catalog.seen.services.all().map(({ name }) => name);
  assert.deepEqual([names, catalog.draft.services.size], [["a", "b", "c"], 3]);
  catalog.put("service", named("d"), () => {});
  await catalog.synced();
});

test("behind a store that does not answer, large changes are refused sooner than small ones", async () => {
  const { store, hold } = watchedStore();
  const catalog = await Catalog.load(store, 100_000);
  const gate = hold();
  catalog.put("service", named("a"), () => {});
  await turns();
  for (const name of ["b", "c"]) catalog.put("service", named(name, { description: "x".repeat(60_000) }), () => {});
  assert.throws(() => catalog.put("service", named("d"), () => {}), { kind: "ServiceUnavailable" });
  gate.resolve();
  await catalog.synced();
  assert.equal(catalog.seen.services.size, 3);
});

test("what was checked against a change that then failed fails with it, and what comes later does not", async () => {
  const { store, hold } = watchedStore();
  const catalog = await Catalog.load(store);
  const told: string[] = [];
  const gate = hold();
  catalog.put("service", named("a"), () => told.push("a"));
  const first = assert.rejects(catalog.synced(), { message: "the disk is full" });
  await turns();
  catalog.put("service", named("a", { description: "relies on a" }), () => told.push("a again"));
  const second = assert.rejects(catalog.synced(), { message: "the disk is full" });
  await turns();
  gate.reject(new AppError("Storage", "the disk is full"));
  await Promise.all([first, second]);
  assert.deepEqual([catalog.draft.services.size, catalog.seen.services.size], [0, 0]);
  catalog.put("service", named("a"), () => told.push("a at last"));
  await catalog.synced();
  assert.deepEqual([told, (await store.load()).length], [["a at last"], 1]);
});

contract(
  "of two that add the same name at once, one is refused; nobody sees what is not synced",
  async ({ harness }) => {
    const { store, hold } = watchedStore();
    const { client } = await harness(store);
    const gate = hold();
    const both = [client.addServices({ body: [service("a")] }), client.addServices({ body: [service("a")] })];
    const refused = await Promise.race(both);
    assert.equal(refused[0]?.statusCode, 409);
    assert.equal((await client.allServices({})).totalCount, 0);
    gate.resolve();
    assert.deepEqual((await Promise.all(both)).map(([item]) => item?.statusCode).sort(), [201, 409]);
    assert.equal((await client.allServices({})).totalCount, 1);
  },
);

contract("a delete that the disk refuses is 500, and the record stays", async ({ harness }) => {
  const { store, hold } = watchedStore();
  const { client } = await harness(store);
  await client.addServices({ body: [service("a")] });
  hold().reject(new AppError("Storage", "the disk is full"));
  assert.equal(await refusal(client.deleteService({ name: "a" })), "500 the disk is full");
  assert.equal((await client.serviceByName({ name: "a" })).service.name, "a");
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

test("half a surrogate pair in a name, which no database keeps, takes no other change along", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "jx-catalog-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  await using disk = await openSqliteStore(folder);
  const catalog = await Catalog.load(disk);
  const stored = catalog.put("service", named("\ud800x"), () => {});
  catalog.put("service", named("good"), () => {});
  await catalog.synced();
  assert.equal(stored.name, "\ufffdx");
  catalog.put("service", named("\ufffdx", { description: "again" }), () => {});
  await catalog.synced();
  const names = catalog.seen.services.all().map(({ name }) => name);
  assert.deepEqual([names, (await disk.load()).length], [["\ufffdx", "good"], 2]);
});

test("records are frozen, for callers in the process get the snapshot's own", async () => {
  const catalog = await Catalog.load(memoryStore());
  const stored = catalog.put("profile", { name: "p", deviceResources: [], labels: ["a"] }, () => {});
  await catalog.synced();
  assert.equal(catalog.seen.profiles.get("p"), stored);
  assert.throws(() => stored.labels?.push("b"), TypeError);
});
