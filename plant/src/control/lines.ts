/** Cuts a byte stream into lines of bounded length; a longer one is dropped up to its end and reported once. */
export class LineSplitter {
  readonly #max: number;
  readonly #onLine: (line: string) => void;
  readonly #onTooLong: () => void;
  readonly #decoder = new TextDecoder();
  #rest = "";
  #skipping = false;

  /** `max`: characters of one line. */
  constructor(max: number, handlers: { onLine(line: string): void; onTooLong(): void }) {
    this.#max = max;
    this.#onLine = (line) => handlers.onLine(line);
    this.#onTooLong = () => handlers.onTooLong();
  }

  push(chunk: Uint8Array): void {
    const parts = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split("\n");
    this.#rest = parts.pop() ?? "";
    for (const part of parts) {
      if (this.#skipping) this.#skipping = false;
      else if (part.length > this.#max) this.#onTooLong();
      else if (part.trim() !== "") this.#onLine(part);
    }
    if (this.#rest.length <= this.#max) return;
    if (!this.#skipping) this.#onTooLong();
    this.#skipping = true;
    this.#rest = "";
  }
}
