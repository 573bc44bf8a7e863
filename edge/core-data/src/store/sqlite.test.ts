import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { isAppError } from "@jx/kit";
import { testEventStore } from "./contract-tests.ts";
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
