import assert from "node:assert/strict";
import { test } from "node:test";
import type { Reading, ReadingValue, ValueType } from "@jx/contracts";
import { isAppError } from "@jx/kit";
// biome-ignore lint/correctness/noUndeclaredDependencies: test support, and tests use the workspace's own fast-check
import fc from "fast-check";
import { AGGREGATE_FUNCTIONS, type AggregateFunction } from "./aggregate.ts";
import type { EventStore } from "./event-store.ts";
import { event, reading } from "./sample-events.ts";

const ALL = { offset: 0, limit: 10_000 };

/** How every event store aggregates. Source: edgex-behaviour.md §2.3; sums and NaN as in PostgreSQL's NUMERIC. */
export function testAggregates(label: string, open: () => Promise<EventStore>): void {
  const check = (name: string, body: (store: EventStore) => Promise<void>): void => {
    test(`${label}: aggregates: ${name}`, async () => {
      await using store = await open();
      await body(store);
    });
  };

  /** One resource for each list of values, named by its index. */
  async function keep(store: EventStore, ...lists: readonly (readonly [ValueType, ...ReadingValue[]])[]) {
    for (const [n, [valueType, ...values]] of lists.entries()) {
      const resourceName = `r${n}`;
      await store.append(
        values.map((value, i) =>
          event({
            origin: BigInt(i + 1),
            readings: [reading({ resourceName, valueType, value, origin: BigInt(i + 1) })],
          }),
        ),
      );
    }
  }
  async function ask(store: EventStore, func: AggregateFunction): Promise<(readonly [ValueType, ReadingValue])[]> {
    return (await store.aggregate({}, func, ALL)).map(({ valueType, value }) => [valueType, value]);
  }

  check("results are widened; COUNT is Uint64, AVG Float64; nulls are not counted", async (store) => {
    await keep(
      store,
      ["Int8", 5, null, -7, 4],
      ["Uint16", 65_535, 65_535],
      ["Int64", -(1n << 62n), 3n],
      ["Uint64", (1n << 64n) - 2n, 1n],
      ["Float32", Math.fround(3.1), Math.fround(1.1)],
      ["Float64", 0.1, 0.2, 1e-7],
    );
    assert.deepEqual(
      await ask(store, "COUNT"),
      [3n, 2n, 2n, 2n, 2n, 3n].map((n) => ["Uint64", n]),
    );
    const exact = (int8: bigint, uint16: bigint, int64: bigint, uint64: bigint, f32: number, f64: number) => [
      ["Int64", int8],
      ["Uint64", uint16],
      ["Int64", int64],
      ["Uint64", uint64],
      ["Float64", f32],
      ["Float64", f64],
    ];
    assert.deepEqual(await ask(store, "MIN"), exact(-7n, 65_535n, -(1n << 62n), 1n, 1.1, 1e-7));
    assert.deepEqual(await ask(store, "MAX"), exact(5n, 65_535n, 3n, (1n << 64n) - 2n, 3.1, 0.2));
    assert.deepEqual(await ask(store, "SUM"), exact(2n, 131_070n, 3n - (1n << 62n), (1n << 64n) - 1n, 4.2, 0.3000001));
    assert.deepEqual(
      (await ask(store, "AVG")).map(([type, value]) => [type, Number(value)]),
      [2 / 3, 65_535, -(2 ** 61), 2 ** 63, 2.1, 0.3000001 / 3].map((value) => ["Float64", value]),
    );
  });

  check("what is no number, and what is all null, is listed without a value; its count is 0", async (store) => {
    await keep(
      store,
      ["String", "5"],
      ["Bool", true],
      ["Int32Array", [1]],
      ["Object", { a: 1 }],
      ["Float64", null, null],
      ["Binary", Uint8Array.of(1)],
    );
    const own = ["String", "Bool", "Int32Array", "Object", "Float64", "Binary"].map((type) => [type, null]);
    for (const func of AGGREGATE_FUNCTIONS) {
      assert.deepEqual(await ask(store, func), func === "COUNT" ? own.map(() => ["Uint64", 0n]) : own, func);
    }
  });

  check("NaN is greater than all and makes a sum NaN; infinities sum as they do in NUMERIC", async (store) => {
    const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
    await keep(store, ["Float64", 1, nan, -0], ["Float64", inf, 5], ["Float64", inf, -inf], ["Float64", nan]);
    const values = async (func: AggregateFunction) => (await ask(store, func)).map(([, value]) => Number(value) + 0);
    assert.deepEqual(await values("MIN"), [0, 5, -inf, nan]);
    assert.deepEqual(await values("MAX"), [nan, inf, inf, nan]);
    assert.deepEqual(await values("SUM"), [nan, inf, nan, nan]);
    assert.deepEqual(await values("AVG"), [nan, inf, nan, nan]);
    assert.deepEqual(await values("COUNT"), [3, 2, 2, 1]);
  });

  check("an exact sum that does not fit is an error that says so; its average is none", async (store) => {
    await keep(store, ["Int64", (1n << 63n) - 1n, 1n]);
    const fails = (type: string, sum: string) => (error: unknown) =>
      isAppError(error, "ServerError") && error.message.includes(type) && error.message.includes(sum);
    await assert.rejects(store.aggregate({}, "SUM", ALL), fails("Int64", "9223372036854775808"));
    assert.deepEqual(await ask(store, "AVG"), [["Float64", 2 ** 62]]);
    assert.equal(await store.deleteByDevice("pump-1"), 2);
    await keep(store, ["Uint64", (1n << 64n) - 1n, 1n]);
    await assert.rejects(store.aggregate({}, "SUM", ALL), fails("Uint64", "18446744073709551616"));
    assert.equal(await store.deleteByDevice("pump-1"), 2);
    await keep(store, ["Float64", 1.7e308, 1.7e308]);
    await assert.rejects(store.aggregate({}, "SUM", ALL), fails("Float64", "34"));
    assert.deepEqual(await ask(store, "AVG"), [["Float64", 1.7e308]]);
  });

  check("decimals add up exactly, whatever their number and size", async (store) => {
    const hundredths = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
    await fc.assert(
      fc.asyncProperty(fc.array(hundredths, { minLength: 1, maxLength: 60 }), async (list) => {
        const values = list.map((n) => n / 100);
        await keep(store, ["Float64", ...values], ["Float64", 1e22, ...values, -1e22, 1e-20]);
        const sum = list.reduce((a, b) => a + b) / 100;
        assert.deepEqual(await ask(store, "SUM"), [
          ["Float64", sum],
          // 20 digits further on nothing but the exact sum itself could be left.
          ["Float64", sum === 0 ? 1e-20 : sum],
        ]);
        await store.deleteByDevice("pump-1");
      }),
      { numRuns: 15 },
    );
  });

  check(
    "groups: by names and type, over units and tags; ordered, paged, only those with rows in range",
    async (store) => {
      const parts: readonly Partial<Reading>[] = [
        { deviceName: "b", resourceName: "x", value: 1, origin: 5n },
        { deviceName: "b", resourceName: "x", value: 2, origin: 6n, units: "K" },
        { deviceName: "b", resourceName: "x", value: 4, origin: 7n, tags: { quality: "bad" } },
        { deviceName: "b", resourceName: "x", valueType: "Int8", value: 9, origin: 7n },
        { deviceName: "b", resourceName: "x", profileName: "other", value: 16, origin: 8n },
        { deviceName: "a", resourceName: "z", value: 32, origin: 20n },
        { deviceName: "🚰", resourceName: "y", value: 64, origin: 9n },
        { deviceName: "\uffee", resourceName: "y", value: 128, origin: 9n },
      ];
      await store.append([event({ readings: parts.map(reading) })]);
      const list = async (filter: Parameters<EventStore["aggregate"]>[0], page = ALL) =>
        (await store.aggregate(filter, "SUM", page)).map((each) => [
          each.deviceName,
          each.profileName,
          Number(each.value),
        ]);
      const all = [
        ["a", "pump", 32],
        ["b", "other", 16],
        ["b", "pump", 7],
        ["b", "pump", 9],
        ["\uffee", "pump", 128],
        ["🚰", "pump", 64],
      ];
      assert.deepEqual(await list({}), all);
      assert.deepEqual(await list({}, { offset: 1, limit: 2 }), all.slice(1, 3));
      assert.deepEqual(await list({}, { offset: -1, limit: 1 }), all.slice(0, 1));
      assert.deepEqual(await list({}, { offset: 99, limit: 1 }), []);
      assert.deepEqual(await list({}, { offset: 0, limit: 0 }), []);
      assert.deepEqual(await list({ start: 6n, end: 7n }), [
        ["b", "pump", 6],
        ["b", "pump", 9],
      ]);
      assert.deepEqual(await list({ deviceName: "b", end: 5n }), [["b", "pump", 1]]);
      assert.deepEqual(await list({ resourceNames: ["y", "z"], start: 10n }), [["a", "pump", 32]]);
      assert.deepEqual(await list({ deviceName: "none" }), []);
      const [first] = await store.aggregate({}, "SUM", ALL);
      assert.deepEqual(first, {
        deviceName: "a",
        profileName: "pump",
        resourceName: "z",
        valueType: "Float64",
        value: 32,
        origin: 0n,
        units: "",
        mediaType: "",
        tags: undefined,
      });
    },
  );
}
