/** What core data promises to who only asks: edgex-behaviour.md §0, §2.2. Events may come in while a step runs. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Contract, Step } from "../contract.ts";
import { refusal } from "../refusal.ts";
import type { Data } from "./fixture.ts";

/** Nothing is called so. */
const NOBODY = "jx-conform-nobody/泵 %2F";
const FAR = 2_147_483_647;
/** Before any event: 1 to 2 ns after 1970. */
const EMPTY = { start: 1n, end: 2n };
const EVER = { start: 0n, end: 9_223_372_036_854_775_807n };

export const readSteps: readonly Step<Data>[] = [
  { name: "ids that are none, or nobody's", zh: "id 无效或不存在", access: "read", run: ids },
  {
    name: "lists: newest first, 20 at most by default",
    zh: "列表：最新在前，默认最多 20 条",
    access: "read",
    run: newestFirst,
  },
  { name: "lists of what nobody stored are empty", zh: "没有数据时，列表为空", access: "read", run: empty },
  {
    name: "pages beyond the end, too long, and ranges that end before they start",
    zh: "分页超出末尾、条数过多，时间范围起止颠倒",
    access: "read",
    run: beyond,
  },
  {
    name: "offset −1 counts nothing and has no end",
    zh: "offset 为 −1 时不计总数，也不判断末尾",
    access: "read",
    run: uncounted,
  },
  {
    name: "what is listed is found by its id, its device and its resource",
    zh: "列表中的每一项都能按 id、设备、资源查到",
    access: "read",
    run: found,
  },
];

async function ids({ client }: Contract<Data>): Promise<void> {
  const id = randomUUID();
  assert.equal(await refusal(client.eventById({ id: "1" })), "400 fail to parse id as an UUID");
  assert.equal(await refusal(client.eventById({ id })), `404 no event with id '${id}' found`);
}

async function newestFirst({ client }: Contract<Data>): Promise<void> {
  const events = await client.allEvents({});
  const readings = await client.allReadings({});
  for (const [total, list] of [
    [events.totalCount, events.events],
    [readings.totalCount, readings.readings],
  ] as const) {
    const origins = list.map(({ origin }) => origin);
    assert.ok(total >= list.length);
    assert.equal(list.length, Math.min(20, total));
    assert.deepEqual(
      origins,
      [...origins].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0)),
    );
  }
  assert.equal((await client.allEvents({ limit: 2 })).events.length, Math.min(2, events.totalCount));
  const none = await client.allReadings({ limit: 0 });
  assert.deepEqual(none.readings, []);
}

async function empty({ client }: Contract<Data>): Promise<void> {
  const noEvents = { totalCount: 0, events: [] };
  const noReadings = { totalCount: 0, readings: [] };
  assert.deepEqual(await client.eventsByDevice({ name: NOBODY }), noEvents);
  assert.deepEqual(await client.eventsByRange(EMPTY), noEvents);
  assert.deepEqual(await client.readingsByDevice({ name: NOBODY }), noReadings);
  assert.deepEqual(await client.readingsByResource({ resource: NOBODY }), noReadings);
  assert.deepEqual(await client.readingsByRange(EMPTY), noReadings);
  assert.deepEqual(await client.readingsByResourceAndRange({ resource: NOBODY, ...EVER }), noReadings);
  assert.deepEqual(await client.readingsByDeviceAndResource({ name: NOBODY, resource: NOBODY }), noReadings);
  const both = { name: NOBODY, resource: NOBODY };
  assert.deepEqual(await client.readingsByDeviceResourceAndRange({ ...both, ...EVER }), noReadings);
  assert.deepEqual(await client.eventCountByDevice({ name: NOBODY }), { count: 0 });
  assert.deepEqual(await client.readingCountByDevice({ name: NOBODY }), { count: 0 });
}

async function beyond({ client, transport }: Contract<Data>): Promise<void> {
  const stored = (await client.eventCount({})).count > 0;
  for (const list of [
    (page: object) => client.allEvents(page),
    (page: object) => client.eventsByRange({ ...EVER, ...page }),
    (page: object) => client.allReadings(page),
    (page: object) => client.readingsByRange({ ...EVER, ...page }),
  ]) {
    const answer = await refusal(list({ offset: FAR }));
    if (stored)
      assert.match(answer, new RegExp(`^416 query objects bounds out of range\\. length:\\d+ offset:${FAR}$`));
    else assert.equal(answer, "accepted");
    assert.equal(await refusal(list({ offset: FAR, limit: 0 })), "accepted");
    assert.equal(
      await refusal(list({ limit: 1025 })),
      "400 querystring limit's value 1025 is out of min -1 ~ max 1024 range.",
    );
    // Callers in the same process pass what the types allow.
    if (transport === "in process") continue;
    assert.equal(
      await refusal(list({ offset: -2 })),
      "400 querystring offset's value -2 is out of min -1 ~ max 2147483647 range.",
    );
  }
  const back = { start: 30n, end: 10n };
  const text = "400 end's value 10 is not allowed to be less than start's value 30";
  assert.equal(await refusal(client.eventsByRange(back)), text);
  assert.equal(await refusal(client.readingsByRange(back)), text);
  assert.equal(await refusal(client.readingsByResourceAndRange({ resource: NOBODY, ...back })), text);
  assert.equal(
    await refusal(client.readingsByDeviceResourceAndRange({ name: NOBODY, resource: NOBODY, ...back })),
    text,
  );
}

async function uncounted({ client }: Contract<Data>): Promise<void> {
  const { count } = await client.eventCount({});
  const { totalCount, events } = await client.allEvents({ offset: -1, limit: 2 });
  assert.deepEqual([totalCount, events.length], [0, Math.min(2, count)]);
}

async function found({ client }: Contract<Data>): Promise<void> {
  for (const { id, deviceName, readings } of (await client.allEvents({ limit: 2 })).events) {
    assert.equal((await client.eventById({ id })).event.id, id);
    assert.ok((await client.eventCountByDevice({ name: deviceName })).count > 0);
    assert.ok((await client.readingCountByDevice({ name: deviceName })).count > 0);
    const byDevice = await client.eventsByDevice({ name: deviceName, limit: 2 });
    assert.ok(byDevice.events.length > 0 && byDevice.events.every((event) => event.deviceName === deviceName));
    const resource = readings[0]?.resourceName;
    if (resource === undefined) continue;
    const { readings: some } = await client.readingsByDeviceAndResource({ name: deviceName, resource, limit: 2 });
    assert.ok(some.length > 0);
    assert.ok(some.every((each) => each.deviceName === deviceName && each.resourceName === resource));
  }
  assert.ok((await client.readingCount({})).count >= 0);
}
