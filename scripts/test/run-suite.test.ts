import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { findProcesses } from "./processes.ts";
import { runSuite, type SuiteResult } from "./run-suite.ts";

/** Runs `source` as the one file of a suite. */
async function suiteOf(source: string, timeoutMs = 20_000): Promise<SuiteResult> {
  const folder = mkdtempSync(join(tmpdir(), "jx-suite-"));
  const file = join(folder, "a.test.mjs");
  writeFileSync(file, `import { test } from "node:test";\n${source}`);
  try {
    return await runSuite({ name: "a", files: [file], env: {}, timeoutMs, signal: new AbortController().signal });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a suite's tests are counted once, with the reason of a skip and the cause of a failure", async () => {
  const { tests, output } = await suiteOf(`
    console.log("spoken by the test");
    test("outer", async (t) => {
      await t.test("good", () => {});
      await t.test("bad", () => { throw new Error("the cause"); });
    });
    test("absent", (t) => t.skip("no peer"));`);
  const seen = tests.map(({ status, name, detail }) => [status, name, detail.split("\n")[0]]);
  assert.deepEqual(seen, [
    ["passed", "outer › good", ""],
    ["failed", "outer › bad", "Error: the cause"],
    ["skipped", "absent", "no peer"],
  ]);
  assert.match(output, /spoken by the test/);
});

const defects: readonly (readonly [name: string, source: string, failure: string, detail: RegExp])[] = [
  ["a file that cannot be loaded", `import "./nowhere.mjs";`, "a.test.mjs", /Cannot find module/],
  ["a file without tests", ``, "no test", /holds no test/],
  ["a crash", `test("a", () => process.kill(process.pid, "SIGKILL"));`, "suite", /signal SIGKILL/],
  ["an error after the last test", `test("a", () => void setTimeout(() => { throw 1; }, 50));`, "after the tests", /a/],
  ["a suite without end", `test("a", () => new Promise((r) => setTimeout(r, 60_000)));`, "time limit", /1 s/],
];
for (const [name, source, failure, detail] of defects) {
  test(`${name} fails the suite`, async () => {
    const { tests } = await suiteOf(source, 1_000);
    const failed = tests.filter((t) => t.status === "failed");
    assert.ok(
      failed.some((t) => t.name.includes(failure) && detail.test(t.detail)),
      JSON.stringify(tests),
    );
  });
}

test("a process that outlives its suite fails it and is ended", { skip: process.platform !== "linux" }, async () => {
  const { tests } = await suiteOf(`
    import { spawn } from "node:child_process";
    test("a", () => spawn("sleep", ["4711"], { detached: true, stdio: "ignore" }).unref());`);
  assert.deepEqual(
    tests.map(({ status, name, detail }) => [status, name, detail.replace(/^\d+ /, "")]),
    [
      ["passed", "a", ""],
      ["failed", "process left over", "sleep 4711"],
    ],
  );
  assert.deepEqual(findProcesses("JX_TEST_MARK=none such"), []);
});
