/** Cases: edgex-behaviour.md §0 and §2, seen on EdgeX's Go core data. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { dataOperations, type Event, type Reading, type ReadingValue, type ValueType } from "@jx/contracts";
import { until } from "../../support/wait.ts";
import { type Contract, contract, refusal, type Step } from "./suite.ts";

type Data = typeof dataOperations;

/** 19 digits: a double cannot hold them. */
const ORIGIN = 1_692_721_935_934_211_905n;
const DEVICE = "泵/1 b+# é%2F";
const PROFILE = "p/+#";
const SOURCE = "全部";

function reading(resourceName: string, valueType: ValueType, value: ReadingValue, origin = ORIGIN): Reading {
  const mediaType = valueType === "Binary" ? "application/octet-stream" : "";
  const common = { deviceName: DEVICE, profileName: PROFILE, units: "", tags: undefined };
  return { ...common, resourceName, valueType, value, origin, mediaType };
}

function event(origin: bigint, readings: readonly Reading[], fields: Partial<Event> = {}): Event {
  const names = { deviceName: DEVICE, profileName: PROFILE, sourceName: SOURCE };
  return { id: randomUUID(), ...names, origin, readings, tags: undefined, ...fields };
}

function add(
  { client }: Contract<Data>,
  item: Event,
  path: Partial<Record<"profile" | "device" | "source", string>> = {},
) {
  const { profileName: profile, deviceName: device, sourceName: source } = item;
  return client.addEvent({ service: "svc", profile, device, source, ...path, body: { event: item } });
}

/** One reading of each kind of value, at the limits of its type. */
const ALL_TYPES: readonly Reading[] = [
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
const first = event(ORIGIN, ALL_TYPES, { tags: { site: "昌江" } });

const steps: readonly Step<Data>[] = [
  [
    "every type of value, every digit of the origin and every character of the names come back",
    async (c) => {
      assert.deepEqual(await add(c, first), { id: first.id });
      const { event: stored } = await c.client.eventById({ id: first.id });
      assert.equal(stored.origin, ORIGIN);
      assert.deepEqual({ ...stored, readings: [] }, { ...first, readings: [] });
      const byName = (readings: readonly Reading[]) => new Map(readings.map((each) => [each.resourceName, each]));
      assert.deepEqual(byName(stored.readings), byName(first.readings));
    },
  ],
  [
    "lists: newest first, by device, by resource, by range with both ends",
    async (c) => {
      const { client } = c;
      for (const n of [1n, 2n, 3n]) await add(c, event(ORIGIN + n, [reading("level", "Int32", Number(n), ORIGIN + n)]));
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
      const level = { name: DEVICE, resource: "level" };
      assert.deepEqual(await events(client.allEvents({})), [4, 3, 2, 1, 0]);
      assert.deepEqual(await events(client.allEvents({ offset: 1, limit: 2 })), [4, 2, 1]);
      assert.deepEqual(await events(client.eventsByDevice({ name: DEVICE, limit: 1 })), [4, 3]);
      assert.deepEqual(await events(client.eventsByDevice({ name: "X" })), [0]);
      assert.deepEqual(await events(client.eventsByRange(range)), [2, 2, 1]);
      assert.deepEqual(await readings(client.allReadings({ limit: 2 })), [17, 3, 2]);
      assert.deepEqual(await readings(client.readingsByDevice({ name: DEVICE, limit: 1 })), [17, 3]);
      assert.deepEqual(await readings(client.readingsByResource({ resource: "level" })), [3, 3, 2, 1]);
      assert.deepEqual(await readings(client.readingsByRange(range)), [2, 2, 1]);
      assert.deepEqual(await readings(client.readingsByResourceAndRange({ resource: "level", ...range })), [2, 2, 1]);
      assert.deepEqual(await readings(client.readingsByDeviceAndResource({ ...level, offset: 2 })), [3, 1]);
      assert.deepEqual(await readings(client.readingsByDeviceResourceAndRange({ ...level, ...range })), [2, 2, 1]);
      assert.deepEqual(await client.eventCount({}), { count: 4 });
      assert.deepEqual(await client.eventCountByDevice({ name: DEVICE }), { count: 4 });
      assert.deepEqual(await client.eventCountByDevice({ name: "X" }), { count: 0 });
      assert.deepEqual(await client.readingCount({}), { count: 17 });
      assert.deepEqual(await client.readingCountByDevice({ name: DEVICE }), { count: 17 });
    },
  ],
  [
    "offset −1 counts nothing and has no end",
    async ({ client }) => {
      const { totalCount, events } = await client.allEvents({ offset: -1, limit: 2 });
      assert.deepEqual([totalCount, events.length], [0, 2]);
    },
  ],
  [
    "pages beyond the end, too long, and ranges that end before they start",
    async ({ client }) => {
      const range = { start: 1n, end: ORIGIN * 2n };
      const level = { name: DEVICE, resource: "level" };
      const back = { start: 30n, end: 10n };
      type Page = { offset?: number; limit?: number };
      const lists: readonly (readonly [total: number, call: (page: Page) => Promise<unknown>])[] = [
        [4, (page) => client.allEvents(page)],
        [4, (page) => client.eventsByDevice({ name: DEVICE, ...page })],
        [4, (page) => client.eventsByRange({ ...range, ...page })],
        [17, (page) => client.allReadings(page)],
        [17, (page) => client.readingsByDevice({ name: DEVICE, ...page })],
        [17, (page) => client.readingsByRange({ ...range, ...page })],
        [3, (page) => client.readingsByResource({ resource: "level", ...page })],
        [3, (page) => client.readingsByResourceAndRange({ resource: "level", ...range, ...page })],
        [3, (page) => client.readingsByDeviceAndResource({ ...level, ...page })],
        [3, (page) => client.readingsByDeviceResourceAndRange({ ...level, ...range, ...page })],
      ];
      for (const [total, list] of lists) {
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
      const text = "400 end's value 10 is not allowed to be less than start's value 30";
      assert.equal(await refusal(client.eventsByRange(back)), text);
      assert.equal(await refusal(client.readingsByRange(back)), text);
      assert.equal(await refusal(client.readingsByResourceAndRange({ resource: "level", ...back })), text);
      assert.equal(await refusal(client.readingsByDeviceResourceAndRange({ ...level, ...back })), text);
    },
  ],
  [
    "an event that says otherwise than its path is refused",
    async (c) => {
      const item = event(ORIGIN, [reading("level", "Int32", 1)]);
      assert.equal(await refusal(add(c, item, { profile: "P" })), `400 event's profileName ${PROFILE} mismatches P`);
      assert.equal(await refusal(add(c, item, { device: "D" })), `400 event's deviceName ${DEVICE} mismatches D`);
      assert.equal(await refusal(add(c, item, { source: "S" })), `400 event's sourceName ${SOURCE} mismatches S`);
    },
  ],
  [
    "ids that are none, or nobody's",
    async ({ client }) => {
      const id = randomUUID();
      assert.equal(await refusal(client.eventById({ id: "1" })), "400 fail to parse id as an UUID");
      assert.equal(await refusal(client.deleteEventById({ id: "1" })), "400 Failed to parse ID as an UUID");
      assert.equal(await refusal(client.eventById({ id })), `404 no event with id '${id}' found`);
      assert.equal(await refusal(client.deleteEventById({ id })), `404 no event with id '${id}' found`);
    },
  ],
  [
    "an id that comes twice: both are kept, the later one is found, and both are deleted",
    async (c) => {
      const { client } = c;
      const before = (await client.eventCount({})).count;
      const id = randomUUID();
      const later = event(ORIGIN + 11n, [reading("twice", "Int8", 2, ORIGIN + 11n)], { id });
      await add(c, event(ORIGIN + 10n, [reading("twice", "Int8", 1, ORIGIN + 10n)], { id }));
      await add(c, later);
      assert.equal((await client.eventCount({})).count, before + 2);
      assert.deepEqual((await client.eventById({ id })).event, later);
      await client.deleteEventById({ id });
      assert.equal((await client.eventCount({})).count, before);
      assert.equal((await client.readingsByResource({ resource: "twice" })).totalCount, 0, "no orphans");
    },
  ],
  [
    "deleted by id, by device, by age",
    async (c) => {
      const { client } = c;
      await client.deleteEventById({ id: first.id });
      assert.deepEqual(await client.eventCount({}), { count: 3 });
      const names = { deviceName: "other", profileName: "p", sourceName: "s" };
      const readings = [{ ...reading("r", "Int8", 1, c.hosted.clock.now()), deviceName: "other", profileName: "p" }];
      await add(c, event(c.hosted.clock.now(), readings, names));
      assert.equal(await refusal(client.deleteEventsByDevice({ name: " " })), "400 blank device name is not allowed");
      await client.deleteEventsByAge({ age: 3_600_000_000_000n });
      await until("what is older than an hour is gone", async () => (await client.eventCount({})).count === 1);
      await client.deleteEventsByDevice({ name: "other" });
      await until("the device's events are gone", async () => (await client.eventCount({})).count === 0);
    },
  ],
  [
    "an age that is no number",
    async ({ client, transport }) => {
      if (transport === "in process") return;
      assert.equal(
        await refusal(client.deleteEventsByAge({ age: "old" as unknown as bigint })),
        "400 age format parsing failed",
      );
    },
  ],
];

contract(
  {
    service: "core-data",
    table: dataOperations,
    services: ["core-keeper", "core-data"],
    unreached: { "addEvent 413": "a body's size is judged before it is one: test/conformance/contract/http.test.ts" },
    fromText: ["deleteEventsByAge 400"],
  },
  steps,
);
