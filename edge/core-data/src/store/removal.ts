import type { RetainPolicy } from "./event-store.ts";

/** Events deleted in one step; between steps the writer serves appends. */
export const REMOVE_STEP = 500;

/** What deletions left unused is cleared at most so often, ms: it walks all names, and retention deletes source by source. */
const TIDY_MS = 1_000;

export interface RemovalDeps {
  /** Deletes up to REMOVE_STEP of the selected events; gives how many. */
  step(policy: RetainPolicy): Promise<number>;
  /** Forgets names of which no row is left. */
  tidy(): Promise<void>;
}

/** Deletes what a policy selects, step by step, and clears names after it. */
export class Removal {
  readonly #deps: RemovalDeps;
  #untidy = false;
  #tidied = Number.NEGATIVE_INFINITY;

  constructor(deps: RemovalDeps) {
    this.#deps = deps;
  }

  /** Gives the number of deleted events. */
  async run(policy: RetainPolicy): Promise<number> {
    let total = 0;
    for (let step = REMOVE_STEP; step === REMOVE_STEP; total += step) {
      step = await this.#deps.step(policy);
      if (step > 0) this.#untidy = true;
    }
    if (performance.now() - this.#tidied > TIDY_MS) await this.#tidy();
    return total;
  }

  /** Before the store is closed. Names that stay are cleared after the next deletion. */
  async finish(): Promise<void> {
    await this.#tidy().catch(() => undefined);
  }

  async #tidy(): Promise<void> {
    if (!this.#untidy) return;
    this.#untidy = false;
    this.#tidied = performance.now();
    await this.#deps.tidy();
  }
}
