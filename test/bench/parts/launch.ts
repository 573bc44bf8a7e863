import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SystemStatus } from "@jx/contracts";
import { FREE_PORTS } from "../../support/edge-process.ts";
import { memoryOf, type ProcessMemory } from "./process-memory.ts";

/** One way to start the edge with its demo. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const LIMIT_MS = 60_000;
/** How often it is looked whether an event is stored, hence the resolution of the measured start. */
const LOOK_MS = 5;

/** A started edge, ended by SIGINT as at a terminal. */
export class Launched implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #data: string;
  readonly #startedAt = performance.now();
  #output = "";

  constructor({ command, args, env }: Launch, data: string) {
    this.#data = data;
    const options = ["--data", data, "--port", "0", "--mqtt-port", "0", "--plant-port", "0"];
    this.#child = spawn(command, [...args, ...options], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...FREE_PORTS, JX_LANG: "en", ...env },
    });
    this.#exited = once(this.#child, "exit");
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output = (this.#output + text).slice(-10_000);
      });
    }
  }

  /** Milliseconds from the start of the process to the first event on disk. */
  async firstEvent(): Promise<number> {
    const url = await this.#until(() => this.#url());
    await this.#until(async () => {
      const status = (await (await fetch(`${url}/api/v3/status`)).json()) as SystemStatus;
      return status.eventsStored > 0 || undefined;
    });
    return performance.now() - this.#startedAt;
  }

  /** Of the edge; the plant is another process. */
  memory(): ProcessMemory {
    return memoryOf(this.#child.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGINT");
    const late = setTimeout(() => this.#child.kill("SIGKILL"), 15_000);
    await this.#exited;
    clearTimeout(late);
  }

  #url(): string | undefined {
    try {
      const run = JSON.parse(readFileSync(join(this.#data, "run.json"), "utf8")) as { pid: number; url: string };
      return run.pid === this.#child.pid ? run.url : undefined;
    } catch {
      return undefined;
    }
  }

  async #until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
    for (;;) {
      const value = await look();
      if (value !== undefined) return value;
      if (this.#child.exitCode !== null || performance.now() - this.#startedAt > LIMIT_MS)
        throw new Error(`the edge stored no event; it printed:\n${this.#output}`);
      await sleep(LOOK_MS);
    }
  }
}

/** A folder that goes when the scope ends. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "jx-bench-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
