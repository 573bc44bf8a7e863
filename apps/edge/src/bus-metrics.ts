import type { Bus, Metrics, Sample, SubscriptionStats } from "@jx/runtime";

/** Counters of the bus by subscriber. */
export function observeBus(bus: Pick<Bus, "stats">, metrics: Pick<Metrics, "observe">): void {
  const sums = (of: (stats: SubscriptionStats) => number) => () => summed(bus.stats(), of);
  const failed = "Messages that a subscriber failed on, by subscriber";
  metrics.observe(
    "jx_bus_failed_total",
    failed,
    sums((stats) => stats.failed),
    "counter",
  );
  const dropped = "Messages dropped or replaced, by subscriber";
  metrics.observe(
    "jx_bus_dropped_total",
    dropped,
    sums((stats) => stats.dropped),
  );
  metrics.observe(
    "jx_bus_waiting",
    "Messages waiting, by subscriber",
    sums((stats) => stats.waiting),
  );
}

/** Several subscriptions of one part may have one name, and a scrape may hold each series once. */
function summed(all: readonly SubscriptionStats[], of: (stats: SubscriptionStats) => number): Sample[] {
  const sums = new Map<string, number>();
  for (const stats of all) sums.set(stats.name, (sums.get(stats.name) ?? 0) + of(stats));
  return [...sums].map(([subscriber, value]) => ({ labels: { subscriber }, value }));
}
