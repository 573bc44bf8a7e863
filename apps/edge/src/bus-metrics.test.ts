import assert from "node:assert/strict";
import { test } from "node:test";
import { createMetrics, type SubscriptionStats } from "@jx/runtime";
import { observeBus } from "./bus-metrics.ts";

test("subscriptions of one name are one series: Prometheus takes none twice in a scrape", () => {
  const stats = (name: string, failed: number): SubscriptionStats => {
    return { name, policy: "block", waiting: 1, dropped: 2, delivered: 0, failed };
  };
  const metrics = createMetrics();
  observeBus(
    { stats: () => [stats("core-data configuration", 3), stats("x", 0), stats("core-data configuration", 4)] },
    metrics,
  );
  const lines = metrics.text().split("\n");
  assert.deepEqual(
    lines.filter((line) => line.includes("core-data configuration")),
    [
      'jx_bus_failed_total{subscriber="core-data configuration"} 7',
      'jx_bus_dropped_total{subscriber="core-data configuration"} 4',
      'jx_bus_waiting{subscriber="core-data configuration"} 2',
    ],
  );
});
