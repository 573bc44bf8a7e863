import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, truncateSync, writeSync } from "node:fs";
import { dirname } from "node:path";

export interface RotatingFileOptions {
  readonly path: string;
  /** Bytes after which a new file begins. */
  readonly maxBytes: number;
  /** How many old files stay: edge.log.1 is the newest of them. */
  readonly keep: number;
}

/**
 * A log file of bounded size. Lines gather for at most 200 ms or 64 kB and are then written at once: an SD card should
 * not see every line. A full or read-only disk never stops the process; what could not be written is counted.
 */
export class RotatingFile implements Disposable {
  readonly #options: RotatingFileOptions;
  #fd: number | undefined;
  #size = 0;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #lost = 0;

  constructor(options: RotatingFileOptions) {
    this.#options = options;
  }

  /** Lines that a full or unwritable disk refused. */
  get lost(): number {
    return this.#lost;
  }

  write(line: string): void {
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    if (this.#waitingBytes >= 65_536) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), 200).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#waiting;
    if (lines.length === 0) return;
    this.#waiting = [];
    this.#waitingBytes = 0;
    try {
      const fd = this.#open();
      const bytes = Buffer.from(lines.join(""));
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
      this.#size += bytes.length;
      if (this.#size >= this.#options.maxBytes) this.#rotate();
    } catch {
      this.#lost += lines.length;
      this.#close();
    }
  }

  [Symbol.dispose](): void {
    this.flush();
    this.#close();
  }

  #open(): number {
    if (this.#fd === undefined) {
      mkdirSync(dirname(this.#options.path), { recursive: true });
      this.#fd = openSync(this.#options.path, "a");
      this.#size = fstatSync(this.#fd).size;
    }
    return this.#fd;
  }

  #rotate(): void {
    this.#close();
    const { path, keep } = this.#options;
    for (let i = keep - 1; i > 0; i -= 1) {
      if (existsSync(`${path}.${i}`)) renameIfMay(`${path}.${i}`, `${path}.${i + 1}`);
    }
    // A folder that may not be changed must not make the log grow for ever.
    if (!renameIfMay(path, `${path}.1`)) truncateSync(path);
  }

  #close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

/** Takes the place of what is there. */
function renameIfMay(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}
