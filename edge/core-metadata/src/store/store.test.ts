import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Change, DocumentStore } from "./document-store.ts";
import { memoryStore } from "./memory.fixture.ts";
import { openSqliteStore } from "./sqlite.ts";

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "jx-metadata-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const adapters: readonly [string, (t: TestContext) => Promise<DocumentStore>][] = [
  ["memory", async () => memoryStore()],
  ["SQLite", (t) => openSqliteStore(folderOf(t))],
];
for (const [name, open] of adapters) {
  test(`${name} keeps documents in order of insertion, by kind and name`, async (t) => {
    await using store = await open(t);
    await store.apply([{ kind: "device", name: "a", content: '{"n":1}' }]);
    await store.apply([
      { kind: "profile", name: "a", content: '{"n":2}' },
      { kind: "device", name: "中/#", content: '{"n":3}' },
      { kind: "device", name: "a", content: '{"n":4}' },
      { kind: "profile", name: "a", content: undefined },
      { kind: "profile", name: "never there", content: undefined },
    ]);
    await store.apply([]);
    assert.deepEqual(await store.load(), [
      { kind: "device", content: '{"n":4}' },
      { kind: "device", content: '{"n":3}' },
    ]);
  });
}

test("SQLite: what was acknowledged is there after opening again", async (t) => {
  const folder = folderOf(t);
  {
    await using store = await openSqliteStore(folder);
    await store.apply([{ kind: "service", name: "s", content: "{}" }]);
    // All or none: what stands before a change that the table refuses is not kept either.
    const refused = { kind: "device", name: "d", content: null } as unknown as Change;
    await assert.rejects(store.apply([{ kind: "service", name: "t", content: "{}" }, refused]));
  }
  await using store = await openSqliteStore(folder);
  assert.deepEqual([store.report.created, await store.load()], [false, [{ kind: "service", content: "{}" }]]);
});
