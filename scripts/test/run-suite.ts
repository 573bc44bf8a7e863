// Runs one suite in a child process, in a group of its own, and sees to it that nothing of it lives on.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { findProcesses } from "./processes.ts";
import type { CoverageReport, SuiteReport, TestReport } from "./suite.ts";

export interface SuiteOptions {
  readonly name: string;
  readonly files: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface SuiteResult {
  readonly name: string;
  readonly tests: readonly TestReport[];
  readonly coverage: CoverageReport | undefined;
  /** What the suite itself wrote, its last 64 kB; worth reading when it failed. */
  readonly output: string;
  readonly durationMs: number;
}

const OUTPUT_LIMIT = 64 * 1024;
/** How long helpers of a killed program (a browser's, say) may take to end. */
const LEFTOVER_GRACE_MS = 3_000;

export async function runSuite(options: SuiteOptions): Promise<SuiteResult> {
  const started = performance.now();
  const mark = randomUUID();
  const tests: TestReport[] = [];
  let coverage: CoverageReport | undefined;
  let output = "";
  const child = spawn(process.execPath, [join(import.meta.dirname, "suite.ts"), ...options.files], {
    detached: true,
    env: { ...process.env, ...options.env, JX_TEST_MARK: mark },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-OUTPUT_LIMIT);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  child.on("message", (report: SuiteReport) => {
    if (report.kind === "test") tests.push(report);
    else coverage = report;
  });
  const fail = (name: string, detail: string): void =>
    void tests.push({ kind: "test", status: "failed", name, file: options.name, detail });

  const limit = setTimeout(() => {
    fail("time limit", `the suite ran longer than ${options.timeoutMs / 1000} s and was ended`);
    child.kill("SIGKILL");
  }, options.timeoutMs);
  const abort = (): void => void child.kill("SIGKILL");
  options.signal.addEventListener("abort", abort, { once: true });
  const end = await new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("exit", (code, signal) => resolve(code === null ? `signal ${signal}` : `exit code ${code}`));
  });
  if (child.connected) await once(child, "disconnect");
  clearTimeout(limit);
  options.signal.removeEventListener("abort", abort);

  for (const left of await leftovers(mark)) {
    fail("process left over", `${left.pid} ${left.command}`);
    process.kill(left.pid, "SIGKILL");
  }
  if (end !== "exit code 0" && !tests.some((t) => t.status === "failed")) fail("suite", `ended by ${end}`);
  if (tests.length === 0) fail("suite", "ran no test");
  return { name: options.name, tests, coverage, output, durationMs: performance.now() - started };
}

async function leftovers(mark: string): Promise<{ pid: number; command: string }[]> {
  const deadline = performance.now() + LEFTOVER_GRACE_MS;
  for (;;) {
    const found = findProcesses(`JX_TEST_MARK=${mark}`);
    if (found.length === 0 || performance.now() > deadline) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
