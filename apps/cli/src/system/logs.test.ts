import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { followFile } from "./follow-file.ts";
import { LOG_LEVELS, lastLines, parseLogLine } from "./log-lines.ts";

function folder(t: { after(fn: () => void): void }): string {
  const path = mkdtempSync(join(tmpdir(), "jx-logs-"));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}
const line = (level: string, service: string, msg: string): string =>
  `${JSON.stringify({ level, time: "2026-01-01T00:00:00.000Z", service, msg })}\n`;
const all = { minLevel: 0, services: new Set<string>() };

test("the last lines come in order, across rotated files", (t) => {
  const logs = folder(t);
  writeFileSync(join(logs, "edge.log.2"), line("INFO", "a", "1"));
  writeFileSync(join(logs, "edge.log.1"), line("INFO", "a", "2") + line("WARN", "b", "3"));
  writeFileSync(join(logs, "edge.log"), `${line("INFO", "b", "4")}no JSON\n`);
  const shown = (count: number, filter = all) =>
    lastLines(logs, count, filter).map((text) => parseLogLine(text).message);
  assert.deepEqual(shown(3), ["3", "4", "no JSON"]);
  assert.deepEqual(shown(100), ["1", "2", "3", "4", "no JSON"]);
  assert.deepEqual(shown(100, { minLevel: LOG_LEVELS.indexOf("WARN"), services: new Set(["b"]) }), ["3"]);
});

test("what follows is told once, also when the file is rotated", async (t) => {
  const path = join(folder(t), "edge.log");
  writeFileSync(path, "old\n");
  const abort = new AbortController();
  const seen: string[] = [];
  setTimeout(() => appendFileSync(path, "first\n"), 50);
  for await (const text of followFile(path, abort.signal)) {
    seen.push(text);
    if (seen.length === 1) {
      appendFileSync(path, "second\nthird");
      renameSync(path, `${path}.1`);
      appendFileSync(`${path}.1`, " part\n");
      writeFileSync(path, "fourth\n");
    }
    if (text === "fourth") abort.abort();
    if (seen.length > 10) break;
  }
  assert.deepEqual(seen, ["first", "second", "third part", "fourth"]);
});
