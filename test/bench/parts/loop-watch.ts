import { monitorEventLoopDelay, PerformanceObserver } from "node:perf_hooks";
import { quantile } from "./report.ts";

export interface LoopReport {
  /** How late 1 ms timers came, ms; the timer's own millisecond is taken off. */
  readonly delayP99: number;
  readonly delayWorst: number;
  readonly collections: number;
  /** Pauses for garbage collection, ms. */
  readonly pauseP99: number;
  readonly pauseWorst: number;
}

/** Watches this thread's loop until it is asked to report. */
export function watchLoop(): () => LoopReport {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const pauses: number[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) pauses.push(duration);
  });
  observer.observe({ entryTypes: ["gc"] });
  return () => {
    delay.disable();
    observer.disconnect();
    const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - 1);
    return {
      delayP99: late(delay.percentile(99)),
      delayWorst: late(delay.max),
      collections: pauses.length,
      pauseP99: quantile(pauses, 0.99),
      pauseWorst: quantile(pauses, 1),
    };
  };
}
