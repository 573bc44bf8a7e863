// Starts the program as a newcomer does, opens its page, presses Ctrl-C, and looks for what is left. Linux only.
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProcesses } from "./test/processes.ts";

const START_MS = 60_000;
const STOP_MS = 15_000;

const data = mkdtempSync(join(tmpdir(), "jx-smoke-"));
const mark = randomUUID();
let output = "";
const results: boolean[] = [];

function check(good: boolean, what: string): void {
  results.push(good);
  process.stdout.write(`${good ? "✓" : "✗"} ${what}\n`);
}

// A group of its own, as a terminal makes one: Ctrl-C reaches npm, its shell and the program together.
const npm = spawn("npm", ["start"], { detached: true, env: { ...process.env, JX_DATA: data, JX_SMOKE_MARK: mark } });
for (const stream of [npm.stdout, npm.stderr]) {
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
  });
}
const url = await until(() => /https?:\/\/[^\s]+/.exec(output)?.[0] ?? ended(npm), START_MS);
check(url?.startsWith("http") === true, `npm start prints its address: ${url ?? "none"}`);
if (url?.startsWith("http")) {
  const page = await fetch(url).catch((error: unknown) => new Response(String(error), { status: 599 }));
  check(page.ok && /<html/i.test(await page.text()), `${url} answers with a page (status ${page.status})`);
}
if (npm.pid !== undefined && npm.exitCode === null) process.kill(-npm.pid, "SIGINT");
const end = await until(() => ended(npm), STOP_MS);
check(end === "exit code 0", `Ctrl-C ends it: ${end ?? "still running"}`);
await until(() => (marked().length === 0 ? "none" : undefined), 2_000);
const left = marked();
check(left.length === 0, `no process is left${left.map(({ pid, command }) => `: ${pid} ${command}`).join("")}`);
for (const { pid } of left) process.kill(pid, "SIGKILL");
rmSync(data, { recursive: true, force: true });

const failed = results.filter((good) => !good).length;
if (failed > 0) process.stdout.write(`Output of npm start:\n${output}\n`);
process.stdout.write(`${results.length - failed} passed, ${failed} failed, 0 skipped\n`);
process.exitCode = failed === 0 ? 0 : 1;

function ended(child: ChildProcess): string | undefined {
  if (child.signalCode !== null) return `signal ${child.signalCode}`;
  return child.exitCode === null ? undefined : `exit code ${child.exitCode}`;
}

function marked(): { pid: number; command: string }[] {
  return findProcesses(`JX_SMOKE_MARK=${mark}`);
}

/** The first value that `look` gives, or undefined when `limitMs` has passed. */
async function until<T>(look: () => T | undefined, limitMs: number): Promise<T | undefined> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const value = look();
    if (value !== undefined || performance.now() > deadline) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
