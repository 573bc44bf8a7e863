/** Waits between attempts: full jitter under a doubling ceiling, so that many links never retry in step. */
export class Backoff {
  readonly #baseMs: number;
  readonly #capMs: number;
  readonly #random: () => number;
  #failures = 0;

  /** `random` gives numbers in [0, 1). */
  constructor(options: { readonly baseMs: number; readonly capMs: number }, random: () => number) {
    this.#baseMs = options.baseMs;
    this.#capMs = options.capMs;
    this.#random = random;
  }

  /** Counts a failure; how long to wait now, milliseconds. */
  next(): number {
    const ceiling = Math.min(this.#capMs, this.#baseMs * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return this.#random() * ceiling;
  }

  reset(): void {
    this.#failures = 0;
  }
}
