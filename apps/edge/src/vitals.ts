import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Metrics } from "@jx/runtime";

/** How the process is doing, for the status page; reading it starts a new period for the loop delay. */
export class Vitals implements Disposable {
  readonly #metrics: Metrics;
  readonly #delay = monitorEventLoopDelay({ resolution: 10 });

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
    this.#delay.enable();
  }

  eventsStored(): number {
    return this.#metrics.counter("jx_core_data_events_stored_total", "Events on disk, since start").value;
  }

  read(): { rssBytes: number; loopDelayMs: number; eventsStored: number } {
    const loopDelayMs = Math.max(0, Math.round(this.#delay.percentile(99) / 1e4) / 100 - 10);
    this.#delay.reset();
    return {
      rssBytes: process.memoryUsage.rss(),
      loopDelayMs: Math.round(loopDelayMs * 100) / 100,
      eventsStored: this.eventsStored(),
    };
  }

  [Symbol.dispose](): void {
    this.#delay.disable();
  }
}
