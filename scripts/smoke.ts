// Starts the program as a newcomer does, opens its page, presses Ctrl-C, and looks for what is left. Linux only.
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProcesses } from "./test/processes.ts";

const START_MS = 60_000;
const STOP_MS = 15_000;

const results: boolean[] = [];
const data = mkdtempSync(join(tmpdir(), "jx-smoke-"));
// npm sends its shell, which then dies of it, the SIGINT that the terminal sent to all: what the program
// itself says is seen without npm only, and on the data that the first run left.
await run(["npm", "start"], "signal SIGINT");
await run(["node", "scripts/run.mjs", "scripts/start.ts"], "exit code 0");
rmSync(data, { recursive: true, force: true });

const failed = results.filter((good) => !good).length;
process.stdout.write(`${results.length - failed} passed, ${failed} failed, 0 skipped\n`);
process.exitCode = failed === 0 ? 0 : 1;

async function run([command = "", ...args]: readonly string[], expectedEnd: string): Promise<void> {
  const name = [command, ...args].join(" ");
  const mark = randomUUID();
  const marked = () => findProcesses(`JX_SMOKE_MARK=${mark}`);
  const env = { ...process.env, JX_DATA: data, JX_SMOKE_MARK: mark };
  // A group of its own, as a terminal makes one: Ctrl-C reaches npm, its shell and the program together.
  const child = spawn(command, args, { detached: true, env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const before = results.length;

  const url = await until(() => /https?:\/\/\S+/.exec(output)?.[0] ?? endOf(child), START_MS);
  check(url?.startsWith("http") === true, `${name} prints its address: ${url ?? "none"}`);
  if (url?.startsWith("http")) {
    const page = await fetch(url).catch((error: unknown) => new Response(String(error), { status: 599 }));
    check(page.ok && /<html/i.test(await page.text()), `${url} answers with a page (status ${page.status})`);
  }
  if (child.pid !== undefined && endOf(child) === undefined) process.kill(-child.pid, "SIGINT");
  const end = await until(() => endOf(child), STOP_MS);
  check(end === expectedEnd, `Ctrl-C ends it: ${end ?? "still running"}`);
  await until(() => (marked().length === 0 ? "none" : undefined), 2_000);
  const left = marked();
  check(left.length === 0, `no process is left${left.map(({ pid, command }) => `: ${pid} ${command}`).join("")}`);
  for (const { pid } of left) process.kill(pid, "SIGKILL");
  if (results.slice(before).includes(false)) process.stdout.write(`Output of ${name}:\n${output}\n`);
}

function check(good: boolean, what: string): void {
  results.push(good);
  process.stdout.write(`${good ? "✓" : "✗"} ${what}\n`);
}

function endOf(child: ChildProcess): string | undefined {
  if (child.signalCode !== null) return `signal ${child.signalCode}`;
  return child.exitCode === null ? undefined : `exit code ${child.exitCode}`;
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
