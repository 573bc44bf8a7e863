import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import { AppError, messageOf } from "@jx/kit";

/** Bytes of the file before it becomes `<file>.1`, replacing the one before: about half an hour at 10 records a second. */
const MAX_BYTES = 32 << 20;

/**
 * Ground truth as JSON lines: one record a step, one per command and change of faults. Written synchronously: a few
 * kilobytes ten times a second, and nothing is lost when the process is killed.
 */
export class TruthFile implements Disposable {
  readonly #path: string;
  readonly #maxBytes: number;
  #fd: number;
  #bytes: number;

  /** Throws Storage, naming the file, when it cannot be opened. */
  constructor(path: string, maxBytes = MAX_BYTES) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    try {
      this.#fd = openSync(path, "a");
    } catch (error) {
      throw new AppError("Storage", `cannot write the truth file: ${messageOf(error)}`, { cause: error });
    }
    this.#bytes = fstatSync(this.#fd).size;
  }

  /** Throws the file system's error. */
  write(record: object): void {
    const line = `${JSON.stringify(record)}\n`;
    if (this.#bytes > 0 && this.#bytes + line.length > this.#maxBytes) this.#rotate();
    this.#bytes += writeSync(this.#fd, line);
  }

  #rotate(): void {
    closeSync(this.#fd);
    renameSync(this.#path, `${this.#path}.1`);
    this.#fd = openSync(this.#path, "a");
    this.#bytes = 0;
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}
