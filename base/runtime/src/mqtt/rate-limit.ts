/** Milliseconds between two log lines of one kind. */
const INTERVAL = 10_000;

/** Lets one of a kind through per interval, so that a flood of bad messages does not become a flood of log lines. */
export class RateLimit {
  readonly #kinds = new Map<string, { until: number; held: number }>();

  /** How many were held back since the last one that passed; undefined when this one is held back too. */
  hit(kind: string, now = performance.now()): number | undefined {
    const seen = this.#kinds.get(kind);
    if (seen !== undefined && now < seen.until) {
      seen.held += 1;
      return undefined;
    }
    this.#kinds.set(kind, { until: now + INTERVAL, held: 0 });
    return seen?.held ?? 0;
  }
}
