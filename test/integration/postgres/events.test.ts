/** The contract of event stores on a real PostgreSQL. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAppError } from "@jx/kit";
import { testAggregates } from "../../../edge/core-data/src/store/aggregate-tests.ts";
import { testEventStore } from "../../../edge/core-data/src/store/contract-tests.ts";
import { openPostgresEventStore } from "../../../edge/core-data/src/store/postgres.ts";
import { event, reading } from "../../../edge/core-data/src/store/sample-events.ts";
import { missingPostgres, startPostgres } from "../../support/postgres.ts";

const skip = missingPostgres();
const server = skip === false ? await startPostgres() : undefined;
after(() => server?.[Symbol.asyncDispose]());

async function open(options: { readonly maxPendingReadings?: number; readonly maxPendingBytes?: number } = {}) {
  const address = (await server?.createDatabase()) ?? assert.fail("no server");
  return openPostgresEventStore({ address, service: "core-data", ...options });
}

if (skip === false) {
  testEventStore("PostgreSQL", open);
  testAggregates("PostgreSQL", open);
} else test("the contract of event stores on PostgreSQL", { skip }, () => undefined);

test("U+0000 and the character that stands before it come back, in values, names and tags", { skip }, async () => {
  await using store = await open();
  const odd = "a\0b\u0010\u00100c\\0";
  const deviceName = `pump\0${odd}`;
  const tags = { [odd]: odd };
  const readings = [reading({ deviceName, resourceName: odd, valueType: "String", value: odd, tags, units: "\0" })];
  const one = event({ deviceName, sourceName: "\u0010", readings, tags });
  await store.append([one, event({ deviceName: "pump0" })]);
  assert.deepStrictEqual((await store.events({ deviceName }, { offset: 0, limit: 9 })).items, [one]);
  const found = await store.readings({ deviceName, resourceNames: [odd] }, { offset: 0, limit: 9 });
  assert.deepStrictEqual(found.items, readings);
});

test("names and tags longer than an index entry may be are kept and found", { skip }, async () => {
  await using store = await open();
  const long = Array.from({ length: 3_000 }, (_, i) => i.toString(36)).join("·");
  const readings = [reading({ deviceName: long, resourceName: long, tags: { long } })];
  const one = event({ deviceName: long, sourceName: long, readings, tags: { long } });
  await store.append([one]);
  assert.deepStrictEqual((await store.events({ deviceName: long }, { offset: 0, limit: 9 })).items, [one]);
});

test("events outlive the store, and numbers go on after the last even when it was deleted", { skip }, async () => {
  const address = (await server?.createDatabase()) ?? assert.fail("no server");
  const last = event({ origin: 2n });
  let seq: bigint;
  {
    await using store = await openPostgresEventStore({ address, service: "core-data" });
    assert.equal(store.report.created, true);
    seq = await store.append([event(), last]);
    await store.deleteById(last.id);
  }
  await using store = await openPostgresEventStore({ address, service: "core-data" });
  assert.equal(store.report.created, false);
  assert.equal(await store.countEvents({}), 1);
  assert.ok((await store.append([event()])) > seq);
});

test("a store that is behind refuses appends, counts them, and serves again", { skip }, async () => {
  await using store = await open({ maxPendingReadings: 10 });
  const results = await Promise.allSettled(Array.from({ length: 25 }, () => store.append([event()])));
  const refused = results.filter((result) => result.status === "rejected");
  assert.equal(refused.length, 15);
  assert.ok(refused.every((result) => isAppError(result.reason, "ServiceUnavailable")));
  assert.equal(store.stats().refusedAppends, 15);
  await store.append([event()]);
  assert.equal(await store.countEvents({}), 11);
  assert.equal(store.stats().pendingReadings, 0);
});

test("names are forgotten once no row uses them", { skip }, async () => {
  const address = (await server?.createDatabase()) ?? assert.fail("no server");
  await using store = await openPostgresEventStore({ address, service: "core-data" });
  await store.append([event({ deviceName: "old" }), event({ deviceName: "new", origin: 9n })]);
  await store.retain({ olderThan: 5n });
  const names = () => server?.psql("SELECT device FROM jx_core_data.source ORDER BY id", address.database);
  assert.equal(names(), "new");
  await store.append([event({ deviceName: "old", origin: 11n })]);
  assert.equal(names(), "new\nold");
  assert.equal(await store.countReadings({ deviceName: "old" }), 1);
});
