import type { Clock } from "@jx/kit";
import {
  type Bus,
  createBus,
  createMetrics,
  createSystemClock,
  type Logger,
  type Metrics,
  observeProcess,
  RateLimit,
  type RotatingFile,
} from "@jx/runtime";
import { observeBus } from "./bus-metrics.ts";
import { Vitals } from "./vitals.ts";

/** What all services of a process share. */
export interface ProcessParts {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly vitals: Vitals;
}

export function openProcessParts(log: Logger, logFile: RotatingFile, stack: AsyncDisposableStack): ProcessParts {
  const metrics = createMetrics();
  stack.use(observeProcess(metrics));
  const vitals = stack.use(new Vitals(metrics));
  const clock = createSystemClock({
    onStep: (ms) => log.warn({ ms }, "the wall clock stepped; what is collected goes on in order"),
  });
  const quiet = new RateLimit();
  const bus = createBus({
    onError(error, { topic }, subscriber) {
      const repeated = quiet.hit(subscriber);
      if (repeated !== undefined) log.error({ error, subscriber, topic, repeated }, "a subscriber failed");
    },
  });
  observeBus(bus, metrics);
  metrics.observe("jx_log_lost_total", "Log lines that the disk refused", () => logFile.lost, "counter");
  return { bus, clock, metrics, vitals };
}
