import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { AppError } from "@jx/kit";
import { createLogger } from "./pino-logger.ts";
import { RotatingFile } from "./rotating-file.ts";

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "jx-log-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("a log stays within its bound, the newest lines are kept, each whole and in order", (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "edge.log");
  {
    using file = new RotatingFile({ path, maxBytes: 10_000, keep: 3 });
    for (let i = 0; i < 1_005; i += 1) {
      file.write(`${String(i).padStart(99, "0")}\n`);
      file.flush();
    }
  }
  assert.deepEqual(readdirSync(folder).sort(), ["edge.log", "edge.log.1", "edge.log.2", "edge.log.3"]);
  const kept = ["edge.log.3", "edge.log.2", "edge.log.1", "edge.log"].flatMap((name) =>
    readFileSync(join(folder, name), "utf8").trimEnd().split("\n"),
  );
  assert.deepEqual(
    kept.map(Number),
    Array.from({ length: 305 }, (_, i) => 700 + i),
  );
});

test("an earlier run's file goes on, and counts", (t) => {
  const path = join(temporaryFolder(t), "logs", "edge.log");
  for (const line of ["one\n", "two\n"]) {
    using file = new RotatingFile({ path, maxBytes: 1_000, keep: 1 });
    file.write(line);
  }
  assert.equal(readFileSync(path, "utf8"), "one\ntwo\n");
});

test("lines gather and are written within 200 ms, or at 64 kB at once", async (t) => {
  const path = join(temporaryFolder(t), "edge.log");
  using file = new RotatingFile({ path, maxBytes: 1_000_000, keep: 1 });
  file.write("a\n");
  assert.equal(existsSync(path), false);
  file.write(`${"b".repeat(65_536)}\n`);
  assert.equal(statSync(path).size, 65_539);
  file.write("c\n");
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal(statSync(path).size, 65_541);
});

test("a full disk is counted and stops nothing; there is room again and it goes on", {
  skip: !existsSync("/dev/full"),
}, (t) => {
  // /dev/full refuses every write with ENOSPC (full(4)).
  using full = new RotatingFile({ path: "/dev/full", maxBytes: 1_000, keep: 1 });
  full.write("a\n");
  full.write("b\n");
  full.flush();
  assert.equal(full.lost, 2);
  const path = join(temporaryFolder(t), "is-a-file");
  writeFileSync(path, "");
  using file = new RotatingFile({ path: join(path, "edge.log"), maxBytes: 1_000, keep: 1 });
  file.write("a\n");
  file.flush();
  assert.equal(file.lost, 1);
  rmSync(path);
  file.write("b\n");
  file.flush();
  assert.equal(readFileSync(join(path, "edge.log"), "utf8"), "b\n");
});

test("a file that cannot be moved aside does not grow for ever", (t) => {
  const path = join(temporaryFolder(t), "edge.log");
  mkdirSync(join(`${path}.1`, "in the way"), { recursive: true });
  using file = new RotatingFile({ path, maxBytes: 1_000, keep: 1 });
  for (let i = 0; i < 100; i += 1) {
    file.write(`${"x".repeat(99)}\n`);
    file.flush();
  }
  assert.ok(statSync(path).size <= 1_100);
  assert.equal(file.lost, 0);
});

test("a log line is one JSON object with level, time and sentence; secrets are masked at any depth", () => {
  const lines: string[] = [];
  const log = createLogger({ level: "INFO", write: (line) => lines.push(line) }).child({ service: "core-data" });
  const error = new AppError("Storage", "no room", { cause: new Error("ENOSPC"), details: { file: "x" } });
  log.warn({ a: { b: [{ Password: "p4ss", user: "u" }] }, token: "t0ken", error, n: 1n.toString() }, "hello");
  log.debug({}, "not at this level");
  assert.equal(lines.length, 1);
  const line = JSON.parse(lines[0] ?? "") as Record<string, unknown> & { error: Record<string, unknown> };
  assert.equal(line["level"], "WARN");
  assert.match(String(line["time"]), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual([line["service"], line["msg"], line["token"]], ["core-data", "hello", "***"]);
  assert.deepEqual(line["a"], { b: [{ Password: "***", user: "u" }] });
  assert.equal(line.error["message"], "no room: ENOSPC");
  assert.match(String(line.error["stack"]), /AppError: no room/);
});

test("the level of a logger changes while it runs", () => {
  const lines: string[] = [];
  const log = createLogger({ level: "ERROR", write: (line) => lines.push(line) });
  log.info({}, "a");
  log.setLevel("TRACE");
  log.trace({}, "b");
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { msg: string; level: string }).level),
    ["TRACE"],
  );
});
