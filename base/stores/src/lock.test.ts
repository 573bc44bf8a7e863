import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { isAppError } from "@jx/kit";
import { inspectDisk } from "./disk.ts";
import { lockFolder } from "./lock.ts";

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "jx-lock-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "data");
}

test("a second lock is refused by name and granted after release", (t) => {
  const folder = folderOf(t);
  const first = lockFolder(folder);
  assert.equal(JSON.parse(readFileSync(join(folder, "lock.json"), "utf8")).pid, process.pid);
  assert.throws(
    () => lockFolder(folder),
    (error) => isAppError(error, "StatusConflict") && error.message.includes(`process ${process.pid} (`),
  );
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  assert.equal(existsSync(join(folder, "lock.json")), false);
  lockFolder(folder)[Symbol.dispose]();
});

test("another process' lock names it, and ends with it even when it is killed", async (t) => {
  const folder = folderOf(t);
  const script = `import { lockFolder } from ${JSON.stringify(new URL("./lock.ts", import.meta.url).href)};
    globalThis.lock = lockFolder(process.argv[1]); console.log("held"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  assert.throws(() => lockFolder(folder), new RegExp(`in use by process ${child.pid} \\(`));
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.ok(existsSync(join(folder, "lock.json")), "the killed process could not tidy up");
  lockFolder(folder)[Symbol.dispose]();
});

test("a label that names a living process is no lock: its pid was reused", (t) => {
  const folder = folderOf(t);
  lockFolder(folder)[Symbol.dispose]();
  writeFileSync(join(folder, "lock.json"), JSON.stringify({ pid: process.pid, command: "an earlier one" }));
  lockFolder(folder)[Symbol.dispose]();
});

test("a folder that cannot be made is a storage error", (t) => {
  const folder = folderOf(t);
  writeFileSync(folder, "a file in its place");
  assert.throws(
    () => lockFolder(folder),
    (error) => isAppError(error, "Storage"),
  );
});

test("the disk under a folder has figures; a missing folder has a problem", async (t) => {
  const disk = await inspectDisk(tmpdir());
  assert.equal(disk.problem, undefined);
  assert.ok(disk.freeBytes > 0 && disk.totalBytes > disk.freeBytes);
  assert.match((await inspectDisk(folderOf(t))).problem ?? "", /cannot be opened/);
});
