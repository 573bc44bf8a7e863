import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Change, KeeperStore } from "./keeper-store.ts";
import { memoryStore } from "./memory.fixture.ts";
import { openSqliteStore } from "./sqlite.ts";

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "jx-keeper-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const put = (key: string, value: string): Change => ({ type: "put", entry: { key, value, created: 1, modified: 2 } });
const entry = (key: string, value: string) => ({ key, value, created: 1, modified: 2 });

const adapters: readonly [string, (t: TestContext) => Promise<KeeperStore>][] = [
  ["memory", async () => memoryStore()],
  ["SQLite", (t) => openSqliteStore(folderOf(t))],
];
for (const [name, open] of adapters) {
  test(`${name} lists keys by their last write and registrations by their first`, async (t) => {
    await using store = await open(t);
    await store.apply([put("a", "1"), put("b", ""), put("c", "x")]);
    await store.apply([put("a", "2"), { type: "delete", key: "c" }, { type: "delete", key: "never there" }]);
    await store.apply([
      { type: "register", serviceId: "s", content: "{}" },
      { type: "register", serviceId: "t", content: "{}" },
      { type: "register", serviceId: "s", content: '{"n":1}' },
      { type: "register", serviceId: "t", content: undefined },
    ]);
    assert.deepEqual(await store.load(), { entries: [entry("b", ""), entry("a", "2")], registrations: ['{"n":1}'] });
  });
}

test("SQLite: a request's changes stand or fall together", async (t) => {
  await using store = await openSqliteStore(folderOf(t));
  await store.apply([put("a", "1")]);
  await assert.rejects(store.apply([put("a", "2"), put("b", "\ud800")]), /surrogate/);
  assert.deepEqual((await store.load()).entries, [entry("a", "1")]);
});

test("SQLite: what was acknowledged is there after opening again", async (t) => {
  const folder = folderOf(t);
  {
    await using store = await openSqliteStore(folder);
    await store.apply([put("a", "1")]);
  }
  await using store = await openSqliteStore(folder);
  assert.deepEqual([store.report.created, (await store.load()).entries], [false, [entry("a", "1")]]);
});
