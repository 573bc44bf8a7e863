import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface HelperOptions {
  readonly nodeFlags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * A process for the other side of a wire, so that it costs the measured process nothing. Answers one question at a
 * time; ends with its parent.
 */
export class Helper<Question extends object, Answer> implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  /** `file` as seen from this folder: "../helpers/x.ts". */
  constructor(file: string, { nodeFlags = [], env = {} }: HelperOptions = {}) {
    this.#child = fork(fileURLToPath(new URL(file, import.meta.url)), {
      execArgv: [...nodeFlags],
      env: { ...process.env, ...env },
      serialization: "advanced",
    });
    this.#ended = once(this.#child, "exit");
  }

  async ask(question: Question): Promise<Answer> {
    const answer = once(this.#child, "message");
    this.#child.send(question);
    const ended = this.#ended.then(() => [{ failed: "the helper process ended" }]);
    const [{ failed, value }] = (await Promise.race([answer, ended])) as [{ failed?: string; value: Answer }];
    if (failed !== undefined) throw new Error(failed);
    return value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended;
  }
}

/** The helper's side. */
export function answer<Question extends object, Answer>(work: (question: Question) => Promise<Answer>): void {
  process.on("message", (question: Question) => {
    work(question).then(
      (value) => process.send?.({ value }),
      (error: Error) => process.send?.({ failed: error.stack ?? error.message }),
    );
  });
  process.on("disconnect", () => process.exit(0));
}
