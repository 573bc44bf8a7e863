// The edge as a person starts it, on ports of its own choosing, in a process group of its own.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../../..");
const SERVICES = [
  "core-data",
  "core-metadata",
  "core-command",
  "core-keeper",
  "rules",
  "device-virtual",
  "device-modbus",
];
const START_MS = 30_000;
const STOP_MS = 15_000;

export interface Answer {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

export class RunningEdge {
  readonly data = mkdtempSync(join(tmpdir(), "jx-cli-e2e-"));
  #child: ChildProcess | undefined;
  #output = "";

  async start(): Promise<void> {
    const ports = SERVICES.map((key) => [`${key.toUpperCase().replaceAll("-", "_")}_SERVICE_PORT`, "0"]);
    const args = ["--data", this.data, "--port", "0", "--mqtt-port", "0", "--plant-port", "0"];
    const child = spawn(process.execPath, [join(ROOT, "apps/edge/src/main.ts"), ...args], {
      detached: true,
      env: { ...process.env, ...Object.fromEntries(ports), JX_LANG: "en" },
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
      });
    }
    await this.#until(() => this.#output.includes("Ctrl-C"), START_MS, "the edge did not start");
  }

  /** One command of the command line, as a program of its own. */
  jx(...args: readonly string[]): Promise<Answer> {
    const env = { ...process.env, JX_LANG: "en", JX_DATA: this.data };
    return new Promise((resolve) => {
      const program = [join(ROOT, "apps/cli/src/main.ts"), ...args];
      const child = execFile(
        process.execPath,
        program,
        { env, timeout: 30_000, maxBuffer: 1 << 24 },
        (_error, out, err) => resolve({ exit: child.exitCode ?? -1, out, err }),
      );
      child.stdin?.end();
    });
  }

  /** Ctrl-C; throws when it does not end, or leaves a process of its group behind. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const { pid } = child;
    const ended = once(child, "exit");
    process.kill(-pid, "SIGINT");
    const timer = setTimeout(() => process.kill(-pid, "SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(timer);
    await this.#until(() => !groupLives(pid), 2_000, "a process of the edge is left");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.stop();
    } finally {
      if (this.#child?.pid !== undefined && groupLives(this.#child.pid)) process.kill(-this.#child.pid, "SIGKILL");
      rmSync(this.data, { recursive: true, force: true });
    }
  }

  async #until(done: () => boolean, limitMs: number, complaint: string): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!done()) {
      const { exitCode } = this.#child ?? {};
      if (
        performance.now() > deadline ||
        (exitCode !== null && exitCode !== undefined && !complaint.includes("left"))
      ) {
        throw new Error(`${complaint}:\n${this.#output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** kill(2): signal 0 asks whether a process of the group exists. */
function groupLives(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}
