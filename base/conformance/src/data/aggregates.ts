/** Aggregates, and several resources of a device: edgex-behaviour.md §2.2, §2.3, seen on EdgeX's Go core data. */
import assert from "node:assert/strict";
import type { Reading } from "@jx/contracts";
import type { Contract, Step } from "../contract.ts";
import { refusal } from "../refusal.ts";
import { add, type Data, ORIGIN, sourceOf } from "./fixture.ts";

export const aggregateSteps: readonly Step<Data>[] = [
  {
    name: "MIN, MAX, COUNT, SUM and AVG of a device's groups, in wider types",
    zh: "按设备分组的 MIN、MAX、COUNT、SUM、AVG，结果用更宽的类型",
    access: "write",
    run: functions,
  },
  {
    name: "groups without a number are listed without a value",
    zh: "没有数值的分组也列出，但不带值",
    access: "write",
    run: withoutNumber,
  },
  {
    name: "an aggregate on every list of readings, paged by groups and never beyond the end",
    zh: "各种读数列表都能聚合，按分组分页，不超出末尾",
    access: "write",
    run: everywhere,
  },
  {
    name: "a sum that does not fit its type is refused",
    zh: "总和超出类型范围时被拒绝",
    access: "write",
    jxOnly: { zh: "EdgeX 的总和超出 Uint64 后会回绕", en: "EdgeX wraps a sum beyond Uint64" },
    run: tooLarge,
  },
  { name: "an aggregate that is none", zh: "聚合函数无效", access: "read", run: unknown },
  {
    name: "readings of the resources that the body names",
    zh: "按请求体中的资源名取读数",
    access: "write",
    run: several,
  },
];

const shown = (list: readonly Reading[]) => list.map(({ valueType, value }) => [valueType, value]);
const names = (list: readonly Reading[]) => list.map(({ resourceName }) => resourceName);

async function functions(c: Contract<Data>): Promise<void> {
  const { reading, event, deviceName: name } = sourceOf(c, "aggregate");
  const values = [
    reading("i8", "Int8", -3),
    reading("i8", "Int8", null),
    reading("i8", "Int8", 100),
    reading("f32", "Float32", Math.fround(3.1)),
    reading("f32", "Float32", Math.fround(1.1)),
    reading("u64", "Uint64", 18_446_744_073_709_551_615n),
  ];
  await add(c, event(ORIGIN, values));
  const ask = async (aggregateFunc: string) => {
    // EdgeX orders groups by device only.
    const answer = await c.client.readingsByDevice({ name, aggregateFunc });
    assert.equal(answer.aggregateFunc, aggregateFunc);
    assert.ok(answer.readings.every((each) => each.deviceName === name && each.origin === 0n));
    return shown([...answer.readings].sort((a, b) => (a.resourceName < b.resourceName ? -1 : 1)));
  };
  const typed = (f32: number, i8: bigint, u64: bigint) => [
    ["Float64", f32],
    ["Int64", i8],
    ["Uint64", u64],
  ];
  assert.deepEqual(await ask("MIN"), typed(1.1, -3n, 18_446_744_073_709_551_615n));
  assert.deepEqual(await ask("max"), typed(3.1, 100n, 18_446_744_073_709_551_615n));
  assert.deepEqual(await ask("Sum"), typed(4.2, 97n, 18_446_744_073_709_551_615n));
  assert.deepEqual(
    await ask("COUNT"),
    [2n, 2n, 1n].map((count) => ["Uint64", count]),
  );
  assert.deepEqual(
    await ask("AVG"),
    [2.1, 48.5, 2 ** 64].map((average) => ["Float64", average]),
  );
  await c.client.deleteEventsByDevice({ name });
}

async function withoutNumber(c: Contract<Data>): Promise<void> {
  const { reading, event, deviceName: name } = sourceOf(c, "no numbers");
  for (const each of [
    reading("a", "String", "5"),
    reading("b", "Int16", null),
    reading("c", "Object", { a: 1 }),
    reading("d", "Bool", true),
  ]) {
    await add(c, event(ORIGIN, [each]));
    const { readings: sum } = await c.client.readingsByDevice({ name, aggregateFunc: "SUM" });
    assert.deepEqual(shown(sum.filter((one) => one.resourceName === each.resourceName)), [[each.valueType, null]]);
    const { readings: count } = await c.client.readingsByDevice({ name, aggregateFunc: "COUNT" });
    assert.deepEqual(shown(count.filter((one) => one.resourceName === each.resourceName)), [["Uint64", 0n]]);
  }
  await c.client.deleteEventsByDevice({ name });
}

async function everywhere(c: Contract<Data>): Promise<void> {
  const { client } = c;
  const { reading, event, deviceName: name } = sourceOf(c, "everywhere");
  const [resource, other] = [c.name("everywhere r"), c.name("everywhere s")];
  for (const n of [0n, 1n, 2n]) {
    const at = ORIGIN + n;
    await add(c, event(at, [reading(resource, "Int32", 2 ** Number(n), at), reading(other, "Bool", true, at)]));
  }
  const asked = { aggregateFunc: "SUM", limit: -1 };
  const range = { start: ORIGIN + 1n, end: ORIGIN + 2n };
  const body = { resourceNames: [other] };
  const both = { name, resource };
  const own = async (call: Promise<{ readonly readings: readonly Reading[] }>) => {
    const mine = (await call).readings.filter((each) => each.deviceName === name && each.resourceName === resource);
    return mine.map(({ value }) => value);
  };
  assert.deepEqual(await own(client.allReadings(asked)), [7n]);
  assert.deepEqual(await own(client.readingsByRange({ ...range, ...asked })), [6n]);
  assert.deepEqual(await own(client.readingsByDevice({ name, ...asked })), [7n]);
  // The names in the body are not looked at: the groups are the device's.
  assert.deepEqual(await own(client.readingsByDeviceAndRange({ name, ...range, ...asked, body })), [6n]);
  assert.deepEqual(await own(client.readingsByResource({ resource, ...asked })), [7n]);
  assert.deepEqual(await own(client.readingsByResourceAndRange({ resource, ...range, ...asked })), [6n]);
  assert.deepEqual(await own(client.readingsByDeviceAndResource({ ...both, ...asked })), [7n]);
  assert.deepEqual(await own(client.readingsByDeviceResourceAndRange({ ...both, ...range, ...asked })), [6n]);
  const page = async (offset: number, limit: number) =>
    (await client.readingsByDevice({ name, aggregateFunc: "SUM", offset, limit })).readings.length;
  assert.deepEqual(
    [await page(0, 1), await page(1, 5), await page(99, 5), await page(-1, 5), await page(0, 0)],
    [1, 1, 0, 2, 0],
  );
  await client.deleteEventsByDevice({ name });
}

async function tooLarge(c: Contract<Data>): Promise<void> {
  const { reading, event, deviceName: name } = sourceOf(c, "too large");
  const most = 18_446_744_073_709_551_615n;
  await add(c, event(ORIGIN, [reading("u", "Uint64", most), reading("u", "Uint64", 1n)]));
  const text = await refusal(c.client.readingsByDevice({ name, aggregateFunc: "SUM" }));
  assert.match(text, /^500 .*18446744073709551616.*Uint64/);
  await c.client.deleteEventsByDevice({ name });
}

async function unknown({ client }: Contract<Data>): Promise<void> {
  assert.equal(
    await refusal(client.allReadings({ aggregateFunc: "median" })),
    "400 invalid aggregate function specified",
  );
}

async function several(c: Contract<Data>): Promise<void> {
  const { client } = c;
  const { reading, event, deviceName: name } = sourceOf(c, "several");
  const list = ["a", "b", "c"].map((resource, n) => reading(resource, "Int8", n, ORIGIN + BigInt(n)));
  await add(c, event(ORIGIN, list));
  const range = { name, start: ORIGIN, end: ORIGIN + 2n };
  const ask = async (resourceNames: readonly string[], page: { offset?: number; limit?: number } = {}) => {
    const { totalCount, readings } = await client.readingsByDeviceAndRange({
      ...range,
      ...page,
      body: { resourceNames },
    });
    return [totalCount, ...names(readings)];
  };
  assert.deepEqual(await ask(["c", "a", "none"]), [2, "c", "a"]);
  assert.deepEqual(await ask(["c", "a"], { offset: 1, limit: 1 }), [2, "a"]);
  assert.deepEqual(await ask(["c", "a"], { offset: -1 }), [0, "c", "a"]);
  assert.deepEqual(await ask([]), [3, "c", "b", "a"]);
  const all = await client.readingsByDeviceAndRange({ ...range, body: {} });
  assert.deepEqual(names(all.readings), ["c", "b", "a"]);
  assert.equal(await refusal(ask(["a"], { offset: 9 })), "416 query objects bounds out of range. length:1 offset:9");
  assert.equal(
    await refusal(client.readingsByDeviceAndRange({ name, start: 30n, end: 10n, body: {} })),
    "400 end's value 10 is not allowed to be less than start's value 30",
  );
  for (const noList of ["a", null]) {
    const body = { resourceNames: noList as unknown as readonly string[] };
    assert.equal(
      await refusal(client.readingsByDeviceAndRange({ ...range, body })),
      "400 query criteria [resourceNames] not in expected format",
    );
  }
  await client.deleteEventsByDevice({ name });
}
