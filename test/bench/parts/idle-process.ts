import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { memoryOf, type ProcessMemory } from "./process-memory.ts";

const LIMIT_MS = 60_000;

/** The program, or one service of it, without devices to ask; ended by SIGINT as at a terminal. */
export class IdleProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #startedAt = performance.now();
  readonly #up = Promise.withResolvers<number>();

  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    this.#child = spawn(command, [...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, JX_LANG: "en", ...env },
    });
    this.#exited = once(this.#child, "exit");
    let output = "";
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (/up in \d+ ms/.test(output)) this.#up.resolve(performance.now() - this.#startedAt);
      });
    }
    const fail = (): void => this.#up.reject(new Error(`${args.join(" ")} did not start; it printed:\n${output}`));
    const late = setTimeout(fail, LIMIT_MS);
    void this.#exited.then(fail);
    void this.#up.promise.catch(() => undefined).finally(() => clearTimeout(late));
  }

  /** Milliseconds from the start of the process until it says that it is up. */
  up(): Promise<number> {
    return this.#up.promise;
  }

  memory(): ProcessMemory {
    return memoryOf(this.#child.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGINT");
    const late = setTimeout(() => this.#child.kill("SIGKILL"), 15_000);
    await this.#exited;
    clearTimeout(late);
  }
}
