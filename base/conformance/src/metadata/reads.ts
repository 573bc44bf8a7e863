/** What metadata promises to who only asks: edgex-behaviour.md §0, §1.1. Holds on a system full of other people's things. */
import assert from "node:assert/strict";
import type { Contract, Step } from "../contract.ts";
import { refusal } from "../refusal.ts";
import { type Metadata, TOO_MUCH } from "./fixture.ts";

/** Nothing is called so. */
const NOBODY = "jx-conform-nobody/泵 %2F";
const FAR = 2_147_483_647;

interface Page {
  readonly offset?: number;
  readonly limit?: number;
}
type List = (page: Page) => Promise<{ readonly totalCount: number; readonly names: readonly string[] }>;

export const readSteps: readonly Step<Metadata>[] = [
  {
    name: "what nobody is called is 404, in EdgeX's words",
    zh: "名称不存在时返回 404，措辞与 EdgeX 相同",
    access: "read",
    run: unknown,
  },
  {
    name: "lists: 20 at most by default, pages that follow each other, none twice",
    zh: "列表：默认最多 20 条，各页前后相接、没有重复",
    access: "read",
    run: pages,
  },
  { name: "lists: beyond the end and too long", zh: "列表：超出末尾、每页条数过多", access: "read", run: beyond },
  { name: "what is listed is found by its name", zh: "列表中的每一项都能按名称查到", access: "read", run: found },
];

async function unknown({ client }: Contract<Metadata>): Promise<void> {
  const name = NOBODY;
  assert.equal(await refusal(client.deviceByName({ name })), `404 no device with name '${name}' found`);
  assert.equal(await refusal(client.deviceNameExists({ name })), "404 ");
  assert.equal(await refusal(client.profileByName({ name })), `404 no device profile with name '${name}' found`);
  assert.equal(await refusal(client.serviceByName({ name })), `404 no device service with name '${name}' found`);
  assert.equal(await refusal(client.watcherByName({ name })), `404 no provision watcher with name '${name}' found`);
  // A list by a name that nobody has is empty, and no error.
  assert.deepEqual(await client.devicesByProfile({ name }), { totalCount: 0, devices: [] });
  assert.deepEqual(await client.devicesByService({ name }), { totalCount: 0, devices: [] });
  assert.deepEqual(await client.watchersByProfile({ name }), { totalCount: 0, provisionWatchers: [] });
  assert.deepEqual(await client.watchersByService({ name }), { totalCount: 0, provisionWatchers: [] });
  assert.equal((await client.allDevices({ labels: [name] })).totalCount, 0);
}

async function pages({ client }: Contract<Metadata>): Promise<void> {
  for (const [what, list] of Object.entries(listsOf(client))) {
    const first = await list({});
    assert.equal(first.names.length, Math.min(20, first.totalCount), `${what}: the first page`);
    assert.deepEqual((await list({ limit: 0 })).names, [], `${what}: limit 0`);
    const head = await list({ limit: 2 });
    const tail = await list({ offset: 2, limit: 2 }).catch(() => ({ names: [] }));
    assert.deepEqual(
      [...head.names, ...tail.names],
      (await list({ limit: 4 })).names.slice(0, head.names.length + tail.names.length),
      `${what}: two pages are what one of their length is`,
    );
    assert.equal((await list({ offset: first.totalCount })).names.length, 0, `${what}: right at the end`);
  }
}

async function beyond({ client, transport }: Contract<Metadata>): Promise<void> {
  for (const [what, list] of Object.entries(listsOf(client))) {
    const { totalCount } = await list({ limit: 0 });
    assert.equal(await refusal(list({ offset: FAR, limit: 0 })), "accepted", what);
    const expected =
      totalCount === 0 ? "accepted" : `416 query objects bounds out of range. length:${totalCount} offset:${FAR}`;
    assert.equal(await refusal(list({ offset: FAR })), expected, what);
    assert.equal(await refusal(list({ limit: 1025 })), TOO_MUCH, what);
    // Callers in the same process pass what the types allow.
    if (transport === "in process") continue;
    assert.equal(
      await refusal(list({ offset: -1 })),
      "400 querystring offset's value -1 is out of min 0 ~ max 2147483647 range.",
      what,
    );
  }
}

async function found({ client }: Contract<Metadata>): Promise<void> {
  for (const { name } of (await client.allDevices({ limit: 3 })).devices) {
    assert.equal((await client.deviceByName({ name })).device.name, name);
    await client.deviceNameExists({ name });
  }
  for (const { name } of (await client.allProfiles({ limit: 3 })).profiles) {
    assert.equal((await client.profileByName({ name })).profile.name, name);
    const { devices } = await client.devicesByProfile({ name });
    assert.ok(devices.every((device) => device.profileName === name));
  }
  for (const { name } of (await client.allServices({ limit: 3 })).services) {
    assert.equal((await client.serviceByName({ name })).service.name, name);
    const { devices } = await client.devicesByService({ name });
    assert.ok(devices.every((device) => device.serviceName === name));
  }
  for (const { name } of (await client.allWatchers({ limit: 3 })).provisionWatchers) {
    assert.equal((await client.watcherByName({ name })).provisionWatcher.name, name);
  }
}

function listsOf(client: Contract<Metadata>["client"]): Readonly<Record<string, List>> {
  const named =
    <A extends { readonly totalCount: number }>(
      ask: (page: Page) => Promise<A>,
      items: (answer: A) => readonly { readonly name: string }[],
    ): List =>
    async (page) => {
      const answer = await ask(page);
      return { totalCount: answer.totalCount, names: items(answer).map(({ name }) => name) };
    };
  return {
    devices: named(client.allDevices, (answer) => answer.devices),
    profiles: named(client.allProfiles, (answer) => answer.profiles),
    "basic infos": named(client.allProfileBasicInfos, (answer) => answer.profiles),
    "device services": named(client.allServices, (answer) => answer.services),
    "provision watchers": named(client.allWatchers, (answer) => answer.provisionWatchers),
  };
}
