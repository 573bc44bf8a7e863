import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { testDocumentStore, testDurableDocumentStore } from "./contract-tests.ts";
import { memoryStore } from "./memory.fixture.ts";
import { openSqliteStore } from "./sqlite.ts";

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "jx-metadata-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

testDocumentStore("memory", async () => memoryStore());
testDocumentStore("SQLite", (t) => openSqliteStore(folderOf(t)));
testDurableDocumentStore("SQLite", async (t) => {
  const folder = folderOf(t);
  return () => openSqliteStore(folder);
});

test("SQLite says whether it made the file", async (t) => {
  const folder = folderOf(t);
  for (const created of [true, false]) {
    await using store = await openSqliteStore(folder);
    assert.equal(store.report.created, created);
  }
});
