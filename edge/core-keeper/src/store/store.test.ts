import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gunzipSync } from "node:zlib";
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

test("a file of format 1 loses the copies of shared settings that nobody changed, once", async (t) => {
  const folder = folderOf(t);
  const file = join(folder, "keeper.db");
  writeFileSync(file, gunzipSync(readFileSync(new URL("./fixtures/keeper-v1.db.gz", import.meta.url))));
  const settings = async (): Promise<ReadonlyMap<string, string>> => {
    await using store = await openSqliteStore(folder);
    const { entries, registrations } = await store.load();
    assert.equal(registrations.length, 7);
    return new Map(entries.map(({ key, value }) => [key.slice("edgex/v4/".length), value]));
  };
  const kept = await settings();
  const own = (service: string): string[] =>
    [...kept].flatMap(([key, value]) =>
      key.startsWith(`${service}/`) ? [`${key.slice(service.length + 1)}=${value}`] : [],
    );
  // Changed over REST before the file was taken: fixtures/README.md.
  assert.deepEqual(own("core-data"), [
    "Writable/LogLevel=INFO",
    "Writable/PersistData=true",
    "Service/Host=localhost",
    "Service/Port=0",
    "Retention/Interval=10m",
    "Retention/DefaultDuration=168h",
    "Service/MaxResultCount=5000",
  ]);
  assert.deepEqual(own("device-modbus"), [
    "Writable/LogLevel=INFO",
    "Writable/WritesEnabled=true",
    "Service/Host=localhost",
    "Service/Port=0",
    "Device/RequestTimeout=2s",
    "Device/OpenTimeout=5s",
    "Device/MaxCmdOps=50",
  ]);
  assert.deepEqual(
    [kept.get("rules/Service/RequestTimeout"), kept.get("gateway/Service/RequestTimeout")],
    ["5s", "60s"],
  );
  assert.equal(own("core-common-config-bootstrapper").length, 97);
  assert.ok(existsSync(`${file}.v1.backup`));

  // Somebody's own choice of the old default, made later, is theirs.
  const chosen = "edgex/v4/core-data/Service/MaxRequestSize";
  {
    await using store = await openSqliteStore(folder);
    await store.apply([{ type: "put", entry: { key: chosen, value: "25000", created: 1, modified: 1 } }]);
  }
  assert.equal((await settings()).get(chosen.slice("edgex/v4/".length)), "25000");
});
