/** Other ways to find devices and profiles: edgex-behaviour.md §1.1. */
import assert from "node:assert/strict";
import type { Contract, Step } from "../contract.ts";
import { refusal } from "../refusal.ts";
import { added, bypassValidation, house, houseOf, type Metadata, TOO_MUCH } from "./fixture.ts";

const NOWHERE = "ffffffff-0000-4000-8000-000000000000";

export const searchSteps: readonly Step<Metadata>[] = [
  { name: "a device is found by its id", zh: "按 id 查到设备", access: "write", run: byId },
  {
    name: "a device id that is no UUID is 400",
    zh: "设备 id 不是 UUID 时返回 400",
    access: "read",
    jxOnly: { zh: "EdgeX 返回 500", en: "EdgeX answers 500" },
    run: async ({ client }) =>
      assert.equal(await refusal(client.deviceById({ id: "abc" })), "400 device id 'abc' is no UUID"),
  },
  {
    name: "descendants of a device: order, levels, labels, pages",
    zh: "设备的后代：顺序、层数、标签、分页",
    access: "write",
    run: descendants,
  },
  {
    name: "parents in a loop: the list ends",
    zh: "上级关系成环时，列表仍能结束",
    access: "write",
    jxOnly: { zh: "EdgeX 不会返回", en: "EdgeX never answers" },
    run: loop,
  },
  {
    name: "profiles are found by manufacturer and model",
    zh: "按厂商和型号查到模型",
    access: "write",
    run: byMaker,
  },
];

async function byId(contract: Contract<Metadata>): Promise<void> {
  const { client } = contract;
  const { device } = await house(contract, "by id");
  const [item] = await client.addDevices({ bypassValidation, body: [{ device }] });
  assert.equal((await client.deviceById({ id: item?.id ?? "" })).device.name, device.name);
  assert.equal(await refusal(client.deviceById({ id: NOWHERE })), `404 no device with id '${NOWHERE}' found`);
}

async function descendants(contract: Contract<Metadata>): Promise<void> {
  const { client } = contract;
  const { device, label } = await house(contract, "tree");
  const name = (text: string): string => contract.name(`tree ${text}`);
  const add = (own: string, parent: string, labels: string[]) =>
    added(client.addDevices({ bypassValidation, body: [{ device: { ...device, name: name(own), parent, labels } }] }));
  // The parent itself need not be there.
  await add("a", name("root"), [label]);
  await add("b", name("root"), []);
  await add("a1", name("a"), [label]);
  await add("b1", name("b"), [label]);
  await add("a1x", name("a1"), [label]);
  const list = async (query: Parameters<typeof client.allDevices>[0] = {}) => {
    const { totalCount, devices } = await client.allDevices({ descendantsOf: name("root"), ...query });
    return `${totalCount} ${devices.map((each) => each.name.slice(name("").length)).join(" ")}`;
  };
  assert.equal(await list(), "5 a b a1 a1x b1");
  assert.equal(await list({ maxLevels: 2 }), "4 a b a1 b1");
  assert.equal(await list({ maxLevels: -1, limit: 0 }), "5 a b a1 a1x b1");
  assert.equal(await list({ offset: 1, limit: 2 }), "5 b a1");
  assert.equal(await list({ offset: 99 }), "5 ");
  assert.equal(await list({ labels: [label] }), "3 a a1 a1x");
  assert.equal(await list({ descendantsOf: contract.name("nobody") }), "0 ");
  assert.equal(await refusal(list({ limit: 1025 })), TOO_MUCH);
}

async function loop(contract: Contract<Metadata>): Promise<void> {
  const { client } = contract;
  const { device } = await house(contract, "loop");
  const [a, b] = [contract.name("loop a"), contract.name("loop b")];
  const body = [{ device: { ...device, name: a, parent: b } }, { device: { ...device, name: b, parent: a } }];
  await added(client.addDevices({ bypassValidation, body }));
  const { devices } = await client.allDevices({ descendantsOf: a });
  assert.deepEqual(
    devices.map(({ name }) => name),
    [b],
  );
  // Neither could be deleted while it has the other for a child.
  await client.updateDevices({ bypassValidation, body: [{ device: { name: a, parent: "" } }] });
}

async function byMaker({ client, name }: Contract<Metadata>): Promise<void> {
  const { profile } = houseOf(name, "maker");
  const [manufacturer, model] = [name("厂商 a/b"), name("m/1")];
  const body = [
    { ...profile, manufacturer, model },
    { ...profile, name: name("maker 2"), manufacturer, model: name("m2") },
  ];
  await added(client.addProfiles({ body: body.map((each) => ({ profile: each })) }));
  const lists: readonly (readonly [total: number, list: (page: object) => ReturnType<typeof client.allProfiles>])[] = [
    [2, (page) => client.profilesByManufacturer({ manufacturer, ...page })],
    [1, (page) => client.profilesByModel({ model, ...page })],
    [1, (page) => client.profilesByManufacturerAndModel({ manufacturer, model, ...page })],
  ];
  for (const [total, list] of lists) {
    const { totalCount, profiles } = await list({});
    assert.deepEqual(
      [totalCount, profiles.map((each) => each.name)],
      [total, body.slice(0, total).map((each) => each.name)],
    );
    const beyond = `416 query objects bounds out of range. length:${total} offset:99`;
    assert.equal(await refusal(list({ offset: 99 })), beyond);
    assert.equal(await refusal(list({ limit: 1025 })), TOO_MUCH);
  }
  const nobody = name("nobody");
  assert.deepEqual(await client.profilesByModel({ model: nobody }), { totalCount: 0, profiles: [] });
}
