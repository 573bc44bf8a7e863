/** edgex-behaviour.md §1.1; the order is that of edgex-go internal/pkg/infrastructure/postgres/device.go (deviceSubTree). */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Device } from "@jx/contracts";
import { descendants } from "./device-tree.ts";
import { addOne, contract, type Harness, refusal } from "./metadata.fixture.ts";

const device = (name: string, parent?: string): Device => ({
  name,
  ...(parent === undefined ? {} : { parent }),
  serviceName: "svc",
  adminState: "UNLOCKED",
  operatingState: "UP",
  protocols: {},
});
const namesOf = (devices: readonly Device[], parent: string, maxLevels = 0): string =>
  descendants(devices, { parent, maxLevels })
    .map(({ name }) => name)
    .join(" ");

const TREE = [
  device("root"),
  device("a", "root"),
  device("b", "root"),
  device("b1", "b"),
  device("a1", "a"),
  device("a2", "a"),
  device("a1x", "a1"),
];

test("a level's children come first, then each one's own subtree", () => {
  assert.equal(namesOf(TREE, "root"), "a b a1 a2 a1x b1");
  assert.equal(namesOf(TREE, "a"), "a1 a2 a1x");
  assert.equal(namesOf(TREE, "b1"), "");
});

test("levels are counted from the parent", () => {
  assert.equal(namesOf(TREE, "root", 1), "a b");
  assert.equal(namesOf(TREE, "root", 2), "a b a1 a2 b1");
  for (const unlimited of [0, -1, 3, 99]) assert.equal(namesOf(TREE, "root", unlimited), "a b a1 a2 a1x b1");
});

test("a parent that is no device may have children", () => {
  assert.equal(namesOf([device("orphan", "nobody")], "nobody"), "orphan");
});

test("loops end: nothing comes twice, and nothing is its own descendant", () => {
  const loop = [device("a", "c"), device("b", "a"), device("c", "b"), device("self", "self")];
  assert.equal(namesOf(loop, "a"), "b c");
  assert.equal(namesOf(loop, "self"), "");
});

test("a chain as long as there are devices", () => {
  const chain = Array.from({ length: 10_000 }, (_, i) => device(`d${i}`, i === 0 ? "root" : `d${i - 1}`));
  assert.equal(descendants(chain, { parent: "root", maxLevels: 0 }).length, 10_000);
});

async function withTree(h: Harness): Promise<Harness> {
  await addOne(h, { name: "root" });
  await addOne(h, { name: "a", parent: "root", labels: ["x", "y"] });
  await addOne(h, { name: "b", parent: "root" });
  await addOne(h, { name: "a1", parent: "a", labels: ["x"] });
  await addOne(h, { name: "b1", parent: "b", labels: ["x"] });
  return h;
}

contract("GET device/all?descendantsOf: pages, labels, unknown parents", async ({ seeded }) => {
  const { client, config } = await withTree(await seeded());
  const list = async (query: Parameters<typeof client.allDevices>[0]): Promise<string> => {
    const { totalCount, devices } = await client.allDevices({ descendantsOf: "root", ...query });
    return `${totalCount} ${devices.map(({ name }) => name).join(" ")}`;
  };
  assert.equal(await list({}), "4 a b a1 b1");
  assert.equal(await list({ maxLevels: 1 }), "2 a b");
  assert.equal(await list({ maxLevels: -1 }), "4 a b a1 b1");
  assert.equal(await list({ offset: 1, limit: 2 }), "4 b a1");
  assert.equal(await list({ limit: 0 }), "4 a b a1 b1", "no limit");
  assert.equal(await list({ limit: -1 }), "4 a b a1 b1");
  assert.equal(await list({ offset: 99 }), "4 ", "never out of range");
  assert.equal(await list({ labels: ["x"] }), "2 a a1", "b, which has no such label, hides b1");
  assert.equal(await list({ labels: ["x", "y"] }), "1 a");
  assert.equal(await list({ descendantsOf: "nobody" }), "0 ");
  config.Service.MaxResultCount = 2;
  assert.equal(await refusal(list({ limit: 3 })), "400 querystring limit's value 3 is out of min -1 ~ max 2 range.");
});

contract("GET device/all?maxLevels below −1 is refused", async ({ seeded }) => {
  const { url } = await seeded();
  if (url === undefined) return; // the typed client does not write it
  const answer = await fetch(`${url}/device/all?descendantsOf=root&maxLevels=-2`);
  assert.deepEqual(
    [answer.status, ((await answer.json()) as { message: string }).message],
    [400, "querystring maxLevels's value -2 is out of min -1 ~ max 2147483647 range."],
  );
});
