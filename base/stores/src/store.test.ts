import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { isAppError } from "@jx/kit";
import type { NotesModule } from "./notes.fixture.ts";
import { openStore, type Store, type StoreOptions } from "./store.ts";

const module = new URL("./notes.fixture.ts", import.meta.url);

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "jx-store-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function notes(t: TestContext, options: Partial<StoreOptions> = {}): Promise<Store<NotesModule>> {
  return openStore<NotesModule>({ file: join(folderOf(t), "notes.db"), module, ...options });
}

for (const reader of [false, true]) {
  test(`${reader ? "a reader thread" : "the writer's own reads"} see what was acknowledged, and nothing is lost by closing`, async (t) => {
    const file = join(folderOf(t), "notes.db");
    {
      await using store = await notes(t, { file, reader });
      assert.equal(store.report.created, true);
      await Promise.all(["one", "two", "three"].map((text) => store.write("add", text)));
      assert.deepEqual(await store.read("all", undefined), ["one", "two", "three"]);
    }
    await using again = await notes(t, { file, reader });
    assert.equal(again.report.unclean, false);
    assert.equal(await again.read("count", undefined), 3);
  });
}

test("a read on the writer's own connection does not run before the writes sent ahead of it are committed", async (t) => {
  await using store = await notes(t, { commitIntervalMs: 60_000 });
  await store.write("add", "first");
  const second = store.write("add", "second");
  assert.equal(await store.read("count", undefined), 2);
  await second;
});

test("a write that fails is undone alone; those beside it in the transaction stand", async (t) => {
  await using store = await notes(t, { commitIntervalMs: 10 });
  const results = await Promise.allSettled([
    store.write("add", "a"),
    store.write("addTwice", "b"), // the second insert breaks UNIQUE
    store.write("add", "c"),
  ]);
  assert.deepEqual(
    results.map((result) => result.status),
    ["fulfilled", "rejected", "fulfilled"],
  );
  assert.deepEqual(await store.read("all", undefined), ["a", "c"]);
  assert.equal(await store.write("rollbacks", undefined), 1);
});

test("a full database refuses the write as Storage, and works on when there is room again", async (t) => {
  await using store = await notes(t);
  await store.write("add", "before");
  await store.write("limitPages", 100);
  await assert.rejects(store.write("grow", "x"), (error) => isAppError(error, "Storage") && error.code === "disk-full");
  await store.write("limitPages", 100_000);
  await store.write("add", "after");
  assert.deepEqual(await store.read("all", undefined), ["before", "after"]);
});

test("more jobs than the queue holds are refused and counted, the others are done", async (t) => {
  await using store = await notes(t, { maxPending: 5 });
  const results = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => store.write("add", `n${i}`)));
  const refused = results.filter((result) => result.status === "rejected");
  assert.equal(refused.length, 3);
  assert.ok(refused.every((result) => isAppError(result.reason, "ServiceUnavailable")));
  assert.equal(store.stats().refused, 3);
  assert.equal(await store.read("count", undefined), 5);
});

test("a read in slices gives others their turn, and sees one moment of the database", async (t) => {
  await using store = await notes(t, { reader: true });
  await store.write("add", "before");
  const order: string[] = [];
  const slices = store.read("counts", 60_000).then((counts) => {
    order.push("slices");
    return counts;
  });
  assert.equal(await store.read("count", undefined), 1);
  await store.write("add", "meanwhile");
  assert.equal(await store.read("count", undefined), 2, "others see what was acknowledged");
  order.push("others");
  const counts = await slices;
  assert.deepEqual(order, ["others", "slices"]);
  assert.deepEqual([counts.length, new Set(counts)], [60_000, new Set([1])]);
  assert.deepEqual(await store.read("counts", 2), [2, 2]);
});

test("reads in slices come one after the other; one that fails ends alone, and closing ends what runs", async (t) => {
  const store = await notes(t, { reader: true });
  const order: number[] = [];
  const [first, failed, last] = await Promise.allSettled([
    store.read("counts", 100).then(() => order.push(1)),
    store.read("failsLate", undefined).catch((error: unknown) => {
      order.push(2);
      throw error;
    }),
    store.read("counts", 2).then(() => order.push(3)),
  ]);
  assert.deepEqual(
    [first.status, failed.status, last.status, order],
    ["fulfilled", "rejected", "fulfilled", [1, 2, 3]],
  );
  const ended = ["counts", "counts"].map((job) =>
    assert.rejects(store.read(job as "counts", 1_000_000_000), (error) => isAppError(error)),
  );
  await store.read("count", undefined);
  await store[Symbol.asyncDispose]();
  await Promise.all(ended);
});

test("without a thread for reads, one in slices runs at one go", async (t) => {
  await using store = await notes(t);
  await store.write("add", "a");
  assert.deepEqual(await store.read("counts", 3), [1, 1, 1]);
});

test("several stores share one thread", async (t) => {
  await using one = await notes(t);
  await using two = await notes(t);
  await Promise.all([one.write("add", "1"), two.write("add", "2")]);
  assert.deepEqual(await one.read("all", undefined), ["1"]);
  assert.deepEqual(await two.read("all", undefined), ["2"]);
});

test("a module without a store, an unknown job and a closed store are told clearly", async (t) => {
  await assert.rejects(notes(t, { module: new URL("./disk.ts", import.meta.url) }), /exports no "store"/);
  const store = await notes(t);
  await assert.rejects(store.write("nothing" as "add", ""), /no job "nothing"; there are add,/);
  await store[Symbol.asyncDispose]();
  await assert.rejects(
    store.write("add", "late"),
    (error) => isAppError(error, "Storage") && error.code === "thread-ended",
  );
});
