import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import type { Event } from "@jx/contracts";
import { isAppError } from "@jx/kit";
import { testAggregates } from "./aggregate-tests.ts";
import { testEventStore } from "./contract-tests.ts";
import type { EventStore } from "./event-store.ts";
import { event, reading } from "./sample-events.ts";
import { openSqliteEventStore } from "./sqlite.ts";

const folder = mkdtempSync(join(tmpdir(), "jx-events-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
function nextFile(): string {
  files += 1;
  return join(folder, `events-${files}.db`);
}

testEventStore("sqlite", () => openSqliteEventStore({ file: nextFile() }));
testAggregates("sqlite", () => openSqliteEventStore({ file: nextFile() }));

/** An empty store whose next number is the given one. */
async function openAt(next: number): Promise<EventStore> {
  const file = nextFile();
  await (await openSqliteEventStore({ file }))[Symbol.asyncDispose]();
  const db = new DatabaseSync(file);
  db.exec(`UPDATE counter SET next = ${next}`);
  db.close();
  return openSqliteEventStore({ file });
}

testEventStore("sqlite, over the edge of a bucket", () => openAt(65_536 - 300));
testAggregates("sqlite, over the edge of a bucket", () => openAt(65_536 - 3));

test("origins that run against the order of storing are merged over many buckets", async () => {
  await using store = await openSqliteEventStore({ file: nextFile() });
  const kept: Event[] = [];
  // 7,000 events of 40 readings fill four buckets; device a runs backwards, device b forwards.
  for (let i = 0; i < 7_000; i += 1) {
    const deviceName = i % 2 === 0 ? "a" : "b";
    const origin = BigInt(i % 2 === 0 ? 7_000 - i : i);
    kept.push(
      event({
        deviceName,
        origin,
        readings: Array.from({ length: 40 }, () => reading({ deviceName, origin, value: i })),
      }),
    );
  }
  for (let i = 0; i < kept.length; i += 500) await store.append(kept.slice(i, i + 500));
  const expected = kept.toReversed().sort((x, y) => Number(y.origin - x.origin));
  for (const offset of [0, 3_000, 6_990]) {
    const { items, totalCount } = await store.events({ sourceName: "temperature" }, { offset, limit: 100 });
    assert.deepStrictEqual(items, expected.slice(offset, offset + 100));
    assert.equal(totalCount, 7_000);
  }
  assert.deepStrictEqual(await store.eventById(kept[3]?.id ?? ""), kept[3]);
  assert.equal(await store.countReadings({ deviceName: "a", start: 100n, end: 199n }), 2_000);
  assert.equal(await store.retain({ olderThan: 6_900n }), 6_900);
  assert.deepStrictEqual(
    (await store.events({ deviceName: "a" }, { offset: 0, limit: 100 })).items,
    expected.filter((each) => each.deviceName === "a").slice(0, 50),
  );
});

test("names are forgotten once retention has passed over all that used them", async () => {
  const file = nextFile();
  {
    await using store = await openSqliteEventStore({ file });
    await store.append([event({ deviceName: "old" })]);
    const filler = Array.from({ length: 70 }, () =>
      event({ deviceName: "new", origin: 9n, readings: Array.from({ length: 1_000 }, () => reading()) }),
    );
    for (const each of filler) await store.append([each]);
    await store.retain({ olderThan: 5n });
    await store.retain({ deviceName: "new", keep: 1 });
  }
  {
    // Names are cleared once a second at most, and at the end.
    await using store = await openSqliteEventStore({ file });
    await store.append([event({ deviceName: "old", origin: 11n })]);
    assert.equal(await store.countEvents({ deviceName: "old" }), 1);
    await store.retain({ deviceName: "old" });
  }
  const db = new DatabaseSync(file, { readOnly: true });
  assert.deepEqual(
    db
      .prepare("SELECT device FROM source ORDER BY id")
      .all()
      .map((row) => row.device),
    ["new", "old"],
  );
  assert.equal(db.prepare("SELECT count(*) AS n FROM bucket").get()?.n, 1);
  db.close();
});

test("events outlive the store, and numbers go on after the last even when it was deleted", async () => {
  const file = nextFile();
  const one = event({
    readings: [reading(), reading({ resourceName: "speed", units: "rpm", tags: { quality: "bad" } })],
  });
  const last = event({ origin: 2n });
  let seq: bigint;
  {
    await using store = await openSqliteEventStore({ file });
    seq = await store.append([one, last]);
    await store.deleteById(last.id);
  }
  await using store = await openSqliteEventStore({ file });
  assert.deepEqual([store.report.created, store.report.unclean], [false, false]);
  assert.deepStrictEqual((await store.events({}, { offset: 0, limit: 9 })).items, [one]);
  assert.ok((await store.append([event()])) > seq);
});

test("a store that is behind refuses appends, counts them, and serves again", async () => {
  await using store = await openSqliteEventStore({ file: nextFile(), maxPendingReadings: 10 });
  const results = await Promise.allSettled(Array.from({ length: 25 }, () => store.append([event()])));
  const refused = results.filter((result) => result.status === "rejected");
  assert.equal(refused.length, 15);
  assert.ok(refused.every((result) => isAppError(result.reason, "ServiceUnavailable")));
  assert.equal(store.stats().refusedAppends, 15);
  await store.append([event()]);
  assert.equal(await store.countEvents({}), 11);
  assert.equal(store.stats().pendingReadings, 0);
});

test("an aggregate over more readings than the bound is refused, and one of fewer groups or less time is not", async () => {
  await using store = await openSqliteEventStore({ file: nextFile(), maxAggregateRows: 10 });
  await store.append(
    Array.from({ length: 12 }, (_, i) => event({ origin: BigInt(i), deviceName: i % 2 === 0 ? "a" : "b" })),
  );
  const page = { offset: 0, limit: 9 };
  await assert.rejects(
    store.aggregate({}, "COUNT", page),
    (error) => isAppError(error, "LimitExceeded") && error.message.includes("more than 10 readings"),
  );
  assert.equal((await store.aggregate({}, "COUNT", { ...page, limit: 1 }))[0]?.value, 6n);
  assert.equal((await store.aggregate({ end: 9n }, "COUNT", page)).length, 2);
});

test("an event larger than the bound is refused and the ones beside it are kept", async () => {
  await using store = await openSqliteEventStore({ file: nextFile(), maxPendingBytes: 1_000 });
  const image = reading({ valueType: "Binary", value: new Uint8Array(2_000), mediaType: "image/png" });
  const [small, large] = await Promise.allSettled([
    store.append([event()]),
    store.append([event({ readings: [image] })]),
  ]);
  assert.equal(small?.status, "fulfilled");
  assert.ok(large?.status === "rejected" && isAppError(large.reason, "LimitExceeded"));
});

test("appends that the close overtakes are stored first", async () => {
  const file = nextFile();
  const store = await openSqliteEventStore({ file });
  const pending = store.append([event()]);
  await store[Symbol.asyncDispose]();
  await pending;
  await using again = await openSqliteEventStore({ file });
  assert.equal(await again.countEvents({}), 1);
});
