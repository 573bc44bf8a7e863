import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { testDurableKeeperStore, testKeeperStore } from "./contract-tests.ts";
import { memoryStore } from "./memory.fixture.ts";
import { openSqliteStore } from "./sqlite.ts";

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "jx-keeper-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

testKeeperStore("memory", async () => memoryStore());
testKeeperStore("SQLite", (t) => openSqliteStore(folderOf(t)));
testDurableKeeperStore("SQLite", async (t) => {
  const folder = folderOf(t);
  return () => openSqliteStore(folder);
});
