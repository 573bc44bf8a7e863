/** Failed cycles in a row after which a device is left alone for a while. */
const FAILURES = 2;
const FIRST_PROBE_MS = 1_000;
const LAST_PROBE_MS = 30_000;

/**
 * Keeps a dead unit from starving the others on its line: each of its time-outs would hold everybody up. After two
 * failures in a row its polls are skipped but for one probe after 1 s, 2 s, 4 s … 30 s. Writes and on-demand reads
 * always pass, and close the circuit when they succeed.
 */
export class Breaker {
  #failures = 0;
  #probeAt = 0;

  /** Whether a poll may go out now; `now` in monotonic milliseconds. */
  allows(now: number): boolean {
    if (this.#failures < FAILURES) return true;
    if (now < this.#probeAt) return false;
    this.#probeAt = now + this.#delay();
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  failed(now: number): void {
    this.#failures += 1;
    this.#probeAt = now + this.#delay();
  }

  #delay(): number {
    return Math.min(LAST_PROBE_MS, FIRST_PROBE_MS * 2 ** Math.min(20, Math.max(0, this.#failures - FAILURES)));
  }
}
