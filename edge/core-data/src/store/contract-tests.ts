import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import type { Event, Reading } from "@jx/contracts";
import { isAppError } from "@jx/kit";
// biome-ignore lint/correctness/noUndeclaredDependencies: test support, and tests use the workspace's own fast-check
import fc from "fast-check";
import type { EventStore } from "./event-store.ts";
import { anyEvent, event, reading } from "./sample-events.ts";

/** Each key may be absent. */
const PARTIAL: { requiredKeys: []; noNullPrototype: true } = { requiredKeys: [], noNullPrototype: true };

/** What every event store must do, whatever keeps the rows. `open` gives an empty one. */
export function testEventStore(label: string, open: () => Promise<EventStore>): void {
  const check = (name: string, body: (store: EventStore) => Promise<void>): void => {
    test(`${label}: ${name}`, async () => {
      await using store = await open();
      await body(store);
    });
  };
  const all = { offset: 0, limit: 10_000 };

  check("events of all value types come back exactly", async (store) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { minLength: 1, maxLength: 4 }), async (batch) => {
        await store.append(batch);
        for (const each of batch) assert.deepStrictEqual(await store.eventById(each.id), each);
      }),
      { numRuns: 20 },
    );
  });

  check("the special numbers come back exactly", async (store) => {
    const values: readonly Partial<Reading>[] = [
      { valueType: "Float64", value: Number.NaN },
      { valueType: "Float64", value: -0 },
      { valueType: "Float32", value: Number.NEGATIVE_INFINITY },
      { valueType: "Float64Array", value: [Number.NaN, -0, Number.POSITIVE_INFINITY] },
      { valueType: "Float32Array", value: [Math.fround(3.1), -0, Number.NaN] },
      { valueType: "Uint64", value: (1n << 64n) - 1n },
      { valueType: "Uint64Array", value: [0n, (1n << 64n) - 1n] },
      { valueType: "Int64", value: -(1n << 63n) },
      { valueType: "Int64", value: 5n },
      { valueType: "Int32Array", value: [] },
      { valueType: "StringArray", value: ["", "泵🚰"] },
      { valueType: "Binary", value: new Uint8Array(0), mediaType: "x/y" },
      { valueType: "String", value: "NaN" },
      { valueType: "Bool", value: null },
    ];
    const one = event({ readings: values.map(reading), origin: (1n << 63n) - 1n });
    await store.append([one]);
    assert.deepStrictEqual(await store.eventById(one.id), one);
  });

  check("a value that is not of its type is refused, with the whole batch and nothing else", async (store) => {
    const wrong: readonly Partial<Reading>[] = [
      { valueType: "Int8", value: "7" },
      { valueType: "Uint64", value: 1n << 64n },
      { valueType: "Int32", value: 0.5 },
      { valueType: "Uint8Array", value: [1, 256] },
      { valueType: "Int64Array", value: [1] },
      { valueType: "Object", value: [] },
      { valueType: "Binary", value: "AQI=" },
      { origin: 1n << 63n },
    ];
    const good = event();
    const kept = store.append([good]);
    for (const part of wrong) {
      await assert.rejects(
        store.append([event(), event({ readings: [reading(), reading(part)] })]),
        (error) => isAppError(error, "ContractInvalid"),
        JSON.stringify(part, (_, value) => (typeof value === "bigint" ? String(value) : value)),
      );
    }
    await assert.rejects(store.append([event({ id: "not-a-uuid" })]), (error) => isAppError(error, "ContractInvalid"));
    await kept;
    assert.equal(await store.countEvents({}), 1);
    assert.equal(await store.countReadings({}), 1);
  });

  check("sequence numbers grow, also over batches appended together", async (store) => {
    const seqs = await Promise.all([
      store.append([event(), event()]),
      store.append([event({ readings: [] })]),
      store.append([event()]),
    ]);
    const last = await store.append([event()]);
    const [first = 0n, second = 0n, third = 0n] = seqs;
    assert.ok(first < second && second < third && third < last, `${seqs}, ${last}`);
  });

  check("lists are newest first, the later appended first among equals", async (store) => {
    const ids = Array.from({ length: 4 }, () => randomUUID());
    const [a, b, c, d] = ids;
    await store.append(
      [5n, 9n, 5n, 1n].map((origin, i) =>
        event({ id: ids[i] ?? "", origin, deviceName: i === 2 ? "pump-2" : "pump-1" }),
      ),
    );
    const { items } = await store.events({}, all);
    assert.deepEqual(
      items.map((each) => each.id),
      [b, c, a, d],
    );
    const ofOne = await store.events({ deviceName: "pump-1" }, all);
    assert.deepEqual(
      ofOne.items.map((each) => each.id),
      [b, a, d],
    );
    assert.deepEqual(
      (await store.readings({}, all)).items.map((each) => each.origin),
      [9n, 5n, 5n, 1n],
    );
  });

  check("an id given twice keeps both events; by id the later one is given", async (store) => {
    const id = randomUUID();
    await store.append([event({ id, origin: 9n })]);
    await store.append([event({ id: id.toUpperCase(), origin: 4n })]);
    assert.equal(await store.countEvents({}), 2);
    assert.equal((await store.eventById(id))?.origin, 4n);
    assert.equal(await store.deleteById(id), 2);
    assert.equal(await store.eventById(id), undefined);
    assert.equal(await store.countReadings({}), 0);
  });

  check("filters and pages agree with a plain array, on arbitrary data", async (store) => {
    const devices = ["d1", "d2", "d3"];
    const resources = ["r1", "r2", "r3", "r4"];
    const kept: Event[] = [];
    for (let i = 0; i < 400; i += 1) {
      const deviceName = devices[(i * 7) % 3] ?? "";
      const origin = BigInt((i * 37) % 101);
      const parts = resources
        .slice(0, 1 + (i % 4))
        .map((resourceName, n) => ({ deviceName, resourceName, origin: origin + BigInt(n % 2), value: i }));
      kept.push(event({ deviceName, sourceName: `s${i % 2}`, origin, readings: parts.map(reading) }));
    }
    for (let i = 0; i < kept.length; i += 50) await store.append(kept.slice(i, i + 50));
    const range = fc.record({ start: fc.bigInt(-5n, 110n), end: fc.bigInt(-5n, 110n) }, PARTIAL);
    const page = fc.record({ offset: fc.integer({ min: -1, max: 700 }), limit: fc.integer({ min: 0, max: 300 }) });
    const device = fc.record({ deviceName: fc.constantFrom(...devices, "none") }, PARTIAL);
    const source = fc.record({ sourceName: fc.constantFrom("s0", "s1") }, PARTIAL);
    const resource = fc.record({ resourceNames: fc.array(fc.constantFrom(...resources, "none")) }, PARTIAL);

    const newestFirst = <T extends { readonly origin: bigint }>(rows: readonly T[]): T[] =>
      rows.toReversed().sort((x, y) => (x.origin === y.origin ? 0 : x.origin > y.origin ? -1 : 1));
    const within = (origin: bigint, { start, end }: { start?: bigint; end?: bigint }): boolean =>
      (start === undefined || origin >= start) && (end === undefined || origin <= end);

    await fc.assert(
      fc.asyncProperty(range, device, source, page, async (times, byDevice, bySource, { offset, limit }) => {
        const filter = { ...times, ...byDevice, ...bySource };
        const expected = newestFirst(kept).filter(
          (each) =>
            within(each.origin, times) &&
            (byDevice.deviceName ?? each.deviceName) === each.deviceName &&
            (bySource.sourceName ?? each.sourceName) === each.sourceName,
        );
        const { items, totalCount } = await store.events(filter, { offset, limit });
        const from = Math.max(0, offset);
        assert.deepStrictEqual(items, expected.slice(from, from + limit));
        assert.equal(totalCount, offset < 0 ? 0 : expected.length);
        assert.equal(await store.countEvents(filter), expected.length);
      }),
      { numRuns: 60 },
    );
    await fc.assert(
      fc.asyncProperty(range, device, resource, page, async (times, byDevice, byResource, { offset, limit }) => {
        const filter = { ...times, ...byDevice, ...byResource };
        const expected = newestFirst(kept.flatMap((each) => each.readings)).filter(
          (each) =>
            within(each.origin, times) &&
            (byDevice.deviceName ?? each.deviceName) === each.deviceName &&
            (byResource.resourceNames ?? [each.resourceName]).includes(each.resourceName),
        );
        const { items, totalCount } = await store.readings(filter, { offset, limit });
        const from = Math.max(0, offset);
        assert.deepStrictEqual(items, expected.slice(from, from + limit));
        assert.equal(totalCount, offset < 0 ? 0 : expected.length);
        assert.equal(await store.countReadings(filter), expected.length);
      }),
      { numRuns: 60 },
    );
  });

  check("data that comes late, or from the future, is found by its time", async (store) => {
    for (const origin of [100n, 5n, 300n]) await store.append([event({ origin })]);
    const deviceName = "pump-1";
    const found = async (start: bigint, end: bigint): Promise<bigint[]> => [
      ...(await store.events({ deviceName, start, end }, all)).items.map((each) => each.origin),
      ...(await store.readings({ deviceName, start, end }, all)).items.map((each) => each.origin),
    ];
    assert.deepEqual(
      [await found(0n, 50n), await found(200n, 400n), await found(6n, 99n)],
      [[5n, 5n], [300n, 300n], []],
    );
  });

  check("one busy series among many quiet ones is paged in order, equal origins included", async (store) => {
    const quiet = Array.from({ length: 150 }, (_, i) => event({ deviceName: `quiet-${i}`, origin: BigInt(i) }));
    const busy = Array.from({ length: 500 }, (_, i) => event({ deviceName: "busy", origin: BigInt(100 + (i >> 3)) }));
    await store.append([...busy, ...quiet]);
    const { items, totalCount } = await store.readings({ resourceNames: ["temperature"] }, { offset: 50, limit: 400 });
    assert.equal(totalCount, 650);
    const expected = [...busy, ...quiet]
      .toReversed()
      .sort((x, y) => Number(y.origin - x.origin))
      .map((each) => [each.deviceName, each.origin]);
    assert.deepEqual(
      items.map((each) => [each.deviceName, each.origin]),
      expected.slice(50, 450),
    );
  });

  check(
    "deleting a device takes its events and readings only, and what is appended afterwards works",
    async (store) => {
      const many = Array.from({ length: 1_200 }, (_, i) =>
        event({ deviceName: i % 2 === 0 ? "gone" : "stays", origin: BigInt(i) }),
      );
      await store.append(many);
      assert.equal(await store.deleteByDevice("gone"), 600);
      assert.equal(await store.deleteByDevice("gone"), 0);
      assert.deepEqual([await store.countEvents({}), await store.countReadings({ deviceName: "gone" })], [600, 0]);
      await store.append([
        event({ deviceName: "gone", origin: 5_000n }),
        event({ deviceName: "stays", origin: 5_001n }),
      ]);
      assert.deepEqual(
        [await store.countEvents({ deviceName: "gone" }), await store.countReadings({ deviceName: "stays" })],
        [1, 601],
      );
    },
  );

  check("the sources that have events in a range, each once", async (store) => {
    await store.append([
      event({ deviceName: "a", sourceName: "s", origin: 1n }),
      event({ deviceName: "a", sourceName: "s", origin: 5n, profileName: "other" }),
      event({ deviceName: "a", sourceName: "s", origin: 5n, tags: { n: 1 } }),
      event({ deviceName: "a", sourceName: "t", origin: 3n }),
      event({ deviceName: "b", sourceName: "s", origin: 9n }),
    ]);
    const found = async (range: { start?: bigint; end?: bigint }) =>
      (await store.sources(range)).map((each) => each.deviceName + each.sourceName).sort();
    assert.deepEqual(await found({}), ["as", "at", "bs"]);
    assert.deepEqual(await found({ end: 3n }), ["as", "at"]);
    assert.deepEqual(await found({ start: 4n, end: 8n }), ["as"]);
    assert.deepEqual(await found({ start: 10n }), []);
    await store.deleteByDevice("a");
    assert.deepEqual(await found({}), ["bs"]);
  });

  check("retention deletes what is old and keeps the newest of it when asked", async (store) => {
    const fill = (deviceName: string): Event[] =>
      Array.from({ length: 10 }, (_, i) => event({ deviceName, origin: BigInt(i + 1) }));
    const origins = async (deviceName: string): Promise<number[]> =>
      (await store.events({ deviceName }, all)).items.map((each) => Number(each.origin));
    await store.append([...fill("x"), ...fill("y")]);
    assert.equal(await store.retain({ deviceName: "x", sourceName: "temperature", olderThan: 5n, keep: 2 }), 3);
    assert.deepEqual(await origins("x"), [10, 9, 8, 7, 6, 5, 4]);
    assert.equal(await store.retain({ deviceName: "x", keep: 1 }), 6);
    assert.deepEqual(await origins("x"), [10]);
    assert.equal(await store.retain({ deviceName: "x", sourceName: "other" }), 0);
    assert.equal(await store.retain({ olderThan: 9n }), 9);
    assert.deepEqual([await origins("x"), await origins("y")], [[10], [10]]);
  });

  check("a page of more than 64 MiB is refused, a smaller one is not", async (store) => {
    const value = new Uint8Array(17 * 1024 * 1024);
    for (let i = 0; i < 4; i += 1) {
      await store.append([event({ readings: [reading({ valueType: "Binary", value, mediaType: "image/png" })] })]);
    }
    const tooMuch = { kind: "LimitExceeded", code: "batch-size" };
    await assert.rejects(store.events({}, all), tooMuch);
    await assert.rejects(store.readings({}, all), tooMuch);
    assert.equal((await store.events({}, { offset: 1, limit: 3 })).items.length, 3);
    assert.equal((await store.readings({}, { offset: 1, limit: 3 })).items.length, 3);
  });

  check("names that differ in where a line breaks are told apart", async (store) => {
    const named = (deviceName: string, profileName: string, resourceName: string) =>
      event({
        deviceName,
        profileName,
        sourceName: resourceName,
        readings: [reading({ deviceName, profileName, resourceName })],
      });
    const batch = [named("a", "b\nc", "d"), named("a\nb", "c", "d"), named("a", "b", "c\nd")];
    await store.append(batch);
    for (const each of batch) assert.deepStrictEqual(await store.eventById(each.id), each);
  });
}
