/** What is stored and how it comes back: edgex-behaviour.md §2, seen on EdgeX's Go core data. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Event, Reading } from "@jx/contracts";
import type { Contract, Step } from "../contract.ts";
import { refusal } from "../refusal.ts";
import { until } from "../until.ts";
import { add, type Data, ORIGIN, type Source, sourceOf } from "./fixture.ts";

export const writeSteps: readonly Step<Data>[] = [
  {
    name: "every type of value, every digit of the origin and every character of the names come back",
    zh: "各种值类型、时间戳的每一位、名称的每个字符都原样返回",
    access: "write",
    run: everyType,
  },
  {
    name: "lists: newest first, by device, by resource, by range with both ends",
    zh: "列表：最新在前，按设备、按资源、按时间范围（含两端）",
    access: "write",
    run: lists,
  },
  {
    name: "a device's pages: right at the end, beyond it, and too long",
    zh: "一个设备的分页：正好到末尾、超出末尾、条数过多",
    access: "write",
    run: pages,
  },
  {
    name: "an event that says otherwise than its path is refused",
    zh: "与路径不符的事件被拒绝",
    access: "write",
    run: mismatches,
  },
  { name: "nobody's event cannot be deleted", zh: "不存在的事件不能删除", access: "write", run: nobodysEvent },
  {
    name: "an id that comes twice: both are kept, the later one is found, and both are deleted",
    zh: "同一 id 出现两次：都保存，查到的是后一个，删除时一并删除",
    access: "write",
    jxOnly: {
      zh: "EdgeX 中这样的事件再也查不到、删不掉（docs/differences-from-edgex.md）",
      en: "EdgeX cannot find or delete such an event any more (docs/differences-from-edgex.md)",
    },
    run: twice,
  },
  { name: "deleted by id and by device", zh: "按 id 和按设备删除", access: "write", run: deleted },
];

/** One reading of each kind of value, at the limits of its type. */
function allTypes({ reading }: Source): readonly Reading[] {
  return [
    reading("bool", "Bool", true),
    reading("string", "String", '文 \u0000 " \\ 😀'),
    reading("uint8", "Uint8", 255),
    reading("int32", "Int32", -2_147_483_648),
    reading("uint64", "Uint64", 18_446_744_073_709_551_615n),
    reading("int64", "Int64", -9_223_372_036_854_775_808n),
    reading("float32", "Float32", Math.fround(42.1)),
    reading("float64", "Float64", 5e-324),
    reading("binary", "Binary", new Uint8Array([0, 1, 254, 255])),
    reading("int64s", "Int64Array", [9_007_199_254_740_993n, -1n]),
    reading("floats", "Float64Array", [0.1, -2.5e300]),
    reading("bools", "BoolArray", [true, false]),
    reading("object", "Object", { a: [1, null, { b: "ü" }] }),
    reading("null", "Float64", null),
  ];
}

async function everyType(c: Contract<Data>): Promise<void> {
  const source = sourceOf(c, "types");
  const first = source.event(ORIGIN, allTypes(source), { tags: { site: "昌江" } });
  assert.deepEqual(await add(c, first), { id: first.id });
  const { event: stored } = await c.client.eventById({ id: first.id });
  assert.equal(stored.origin, ORIGIN);
  assert.deepEqual({ ...stored, readings: [] }, { ...first, readings: [] });
  const byName = (readings: readonly Reading[]) => new Map(readings.map((each) => [each.resourceName, each]));
  assert.deepEqual(byName(stored.readings), byName(first.readings));
  await c.client.deleteEventById({ id: first.id });
}

/** Four events of one device, the first of them with two readings; `level` is a resource of this step alone. */
async function four(c: Contract<Data>, topic: string) {
  const source = sourceOf(c, topic);
  const { reading, event, deviceName: device } = source;
  const resource = c.name(`${topic} level`);
  const first = event(ORIGIN, [reading("a", "Int32", 1), reading("b", "Int32", 2)]);
  await add(c, first);
  for (const n of [1n, 2n, 3n]) await add(c, event(ORIGIN + n, [reading(resource, "Int32", Number(n), ORIGIN + n)]));
  return { source, device, resource, first };
}

async function lists(c: Contract<Data>): Promise<void> {
  const { client } = c;
  const { device: name, resource } = await four(c, "lists");
  const own = <T extends { readonly deviceName: string }>(items: readonly T[]) =>
    items.filter((each) => each.deviceName === name);
  const origins = (items: readonly { origin: bigint }[]) => items.map(({ origin }) => Number(origin - ORIGIN));
  const events = async (call: Promise<{ totalCount: number; events: readonly Event[] }>) => {
    const { totalCount, events: list } = await call;
    return [totalCount, ...origins(list)];
  };
  const readings = async (call: Promise<{ totalCount: number; readings: readonly Reading[] }>) => {
    const { totalCount, readings: list } = await call;
    return [totalCount, ...origins(list)];
  };
  const range = { start: ORIGIN + 1n, end: ORIGIN + 2n };
  const level = { name, resource };
  assert.deepEqual(await events(client.eventsByDevice({ name })), [4, 3, 2, 1, 0]);
  assert.deepEqual(await events(client.eventsByDevice({ name, offset: 1, limit: 2 })), [4, 2, 1]);
  assert.deepEqual(await events(client.eventsByDevice({ name, limit: 1 })), [4, 3]);
  assert.deepEqual(origins(own((await client.eventsByRange({ ...range, limit: -1 })).events)), [2, 1]);
  assert.deepEqual(await readings(client.readingsByDevice({ name, limit: 1 })), [5, 3]);
  assert.deepEqual(await readings(client.readingsByResource({ resource })), [3, 3, 2, 1]);
  assert.deepEqual(origins(own((await client.readingsByRange({ ...range, limit: -1 })).readings)), [2, 1]);
  assert.deepEqual(await readings(client.readingsByResourceAndRange({ resource, ...range })), [2, 2, 1]);
  assert.deepEqual(await readings(client.readingsByDeviceAndResource({ ...level, offset: 2 })), [3, 1]);
  assert.deepEqual(await readings(client.readingsByDeviceResourceAndRange({ ...level, ...range })), [2, 2, 1]);
  assert.deepEqual(await client.eventCountByDevice({ name }), { count: 4 });
  assert.deepEqual(await client.readingCountByDevice({ name }), { count: 5 });
  assert.ok((await client.eventCount({})).count >= 4);
  assert.ok((await client.readingCount({})).count >= 5);
  assert.ok((await client.allEvents({})).totalCount >= 4);
  assert.ok((await client.allReadings({})).totalCount >= 5);
  await client.deleteEventsByDevice({ name });
}

async function pages(c: Contract<Data>): Promise<void> {
  const { client } = c;
  const { device: name, resource } = await four(c, "pages");
  const range = { start: 1n, end: ORIGIN * 2n };
  type Page = { offset?: number; limit?: number };
  const all: readonly (readonly [total: number, call: (page: Page) => Promise<unknown>])[] = [
    [4, (page) => client.eventsByDevice({ name, ...page })],
    [5, (page) => client.readingsByDevice({ name, ...page })],
    [3, (page) => client.readingsByResource({ resource, ...page })],
    [3, (page) => client.readingsByResourceAndRange({ resource, ...range, ...page })],
    [3, (page) => client.readingsByDeviceAndResource({ name, resource, ...page })],
    [3, (page) => client.readingsByDeviceResourceAndRange({ name, resource, ...range, ...page })],
  ];
  for (const [total, list] of all) {
    assert.equal(
      await refusal(list({ offset: 99 })),
      `416 query objects bounds out of range. length:${total} offset:99`,
    );
    assert.equal(await refusal(list({ offset: 99, limit: 0 })), "accepted");
    assert.equal(await refusal(list({ offset: total })), "accepted");
    assert.equal(
      await refusal(list({ limit: 1025 })),
      "400 querystring limit's value 1025 is out of min -1 ~ max 1024 range.",
    );
  }
  // Now that something is stored, the lists of everything have an end too.
  const everything = [
    (page: Page) => client.allEvents(page),
    (page: Page) => client.allReadings(page),
    (page: Page) => client.eventsByRange({ ...range, ...page }),
    (page: Page) => client.readingsByRange({ ...range, ...page }),
  ];
  const offset = 2_147_483_647;
  for (const list of everything)
    assert.match(await refusal(list({ offset })), /^416 query objects bounds out of range/);
  await client.deleteEventsByDevice({ name });
}

async function mismatches(c: Contract<Data>): Promise<void> {
  const { reading, event, profileName, deviceName, sourceName } = sourceOf(c, "mismatch");
  const item = event(ORIGIN, [reading("level", "Int32", 1)]);
  const [P, D] = [c.name("P"), c.name("D")];
  assert.equal(await refusal(add(c, item, { profile: P })), `400 event's profileName ${profileName} mismatches ${P}`);
  assert.equal(await refusal(add(c, item, { device: D })), `400 event's deviceName ${deviceName} mismatches ${D}`);
  assert.equal(await refusal(add(c, item, { source: "S" })), `400 event's sourceName ${sourceName} mismatches S`);
}

async function nobodysEvent({ client }: Contract<Data>): Promise<void> {
  const id = randomUUID();
  assert.equal(await refusal(client.deleteEventById({ id: "1" })), "400 Failed to parse ID as an UUID");
  assert.equal(await refusal(client.deleteEventById({ id })), `404 no event with id '${id}' found`);
  assert.equal(await refusal(client.deleteEventsByDevice({ name: " " })), "400 blank device name is not allowed");
}

async function twice(c: Contract<Data>): Promise<void> {
  const { client } = c;
  const { reading, event, deviceName: name } = sourceOf(c, "twice");
  const id = randomUUID();
  const resource = c.name("twice");
  const later = event(ORIGIN + 11n, [reading(resource, "Int8", 2, ORIGIN + 11n)], { id });
  await add(c, event(ORIGIN + 10n, [reading(resource, "Int8", 1, ORIGIN + 10n)], { id }));
  await add(c, later);
  assert.equal((await client.eventCountByDevice({ name })).count, 2);
  assert.deepEqual((await client.eventById({ id })).event, later);
  await client.deleteEventById({ id });
  assert.equal((await client.eventCountByDevice({ name })).count, 0);
  assert.equal((await client.readingsByResource({ resource })).totalCount, 0, "no orphans");
}

async function deleted(c: Contract<Data>): Promise<void> {
  const { client } = c;
  const { device: name, first } = await four(c, "deleted");
  await client.deleteEventById({ id: first.id });
  assert.deepEqual(await client.eventCountByDevice({ name }), { count: 3 });
  await client.deleteEventsByDevice({ name });
  await until("the device's events are gone", async () => (await client.eventCountByDevice({ name })).count === 0);
  assert.deepEqual(await client.readingCountByDevice({ name }), { count: 0 });
}
