import { DROPS, type DropKind, type ProcessCounts } from "@jx/contracts";
import type { Bus, Labels, Metrics } from "@jx/runtime";
import { STORE_AWAY } from "@jx/stores";

export interface CountedParts {
  readonly bus: Pick<Bus, "stats">;
  readonly metrics: Pick<Metrics, "read">;
}

/** What this process has waiting and has dropped, from its bus and its metrics. */
export function processCounts(parts: CountedParts): Omit<ProcessCounts, "process" | "services"> {
  return { storeAway: storeAway(parts), queues: queues(parts), drops: drops(parts) };
}

function storeAway({ metrics }: CountedParts): string[] {
  return metrics.read(STORE_AWAY).flatMap(({ labels: { service }, value }) => {
    return value > 0 && service !== undefined ? [service] : [];
  });
}

function queues({ bus, metrics }: CountedParts): ProcessCounts["queues"] {
  const waiting = metrics.read("jx_connection_waiting_requests").map(({ labels, value }) => ({
    kind: "connection" as const,
    name: `${labels["service"] ?? ""} ${labels["connection"] ?? ""}`,
    count: value,
  }));
  const bySubscriber = new Map<string, number>();
  // Several subscriptions of one part may have one name.
  for (const { name, waiting: count } of bus.stats()) bySubscriber.set(name, (bySubscriber.get(name) ?? 0) + count);
  return [
    ...[...bySubscriber].map(([name, count]) => ({ kind: "bus" as const, name, count })),
    ...metrics
      .read("jx_core_data_pending_readings")
      .map(({ value }) => ({ kind: "store" as const, name: "", count: value })),
    // Thousands of connections are normal, and idle ones say nothing.
    ...waiting.filter(({ count }) => count > 0),
  ];
}

/** Where each kind of loss is counted, and what names whose it is. */
const COUNTERS: readonly (readonly [kind: DropKind, metric: string, name: (labels: Labels) => string])[] = [
  ["mirror", "jx_mqtt_dropped_total", ({ door = "", reason = "" }) => `${door} ${reason}`],
  ["external-mqtt", "jx_external_mqtt_dropped_total", ({ reason = "" }) => reason],
  ["store", "jx_core_data_events_lost_total", () => ""],
  ["refused", "jx_core_data_events_refused_total", () => ""],
  ["polls", "jx_device_skipped_polls_total", ({ service = "" }) => service],
  ["events", "jx_device_dropped_events_total", ({ service = "" }) => service],
  ["samples", "jx_device_dropped_samples_total", ({ service = "" }) => service],
  ["firings", "jx_rules_firings_lost_total", () => ""],
  ["notices", "jx_metadata_system_events_dropped_total", () => ""],
  ["log", "jx_log_lost_total", () => ""],
  ["metrics", "jx_metrics_refused_total", () => ""],
];

function drops({ bus, metrics }: CountedParts): ProcessCounts["drops"] {
  const counted = COUNTERS.flatMap(([kind, metric, name]) =>
    metrics.read(metric).map(({ labels, value }) => ({ kind, name: name(labels), count: value })),
  );
  // A subscriber that wants the newest value alone loses nothing by what it passes over.
  const fromBus = bus
    .stats()
    .filter(({ policy }) => policy !== "latest")
    .map(({ name, dropped }) => ({ kind: "bus" as const, name, count: dropped }));
  return (Object.keys(DROPS) as DropKind[]).flatMap((kind) => summed(kind, [...fromBus, ...counted]));
}

/** What was dropped of one kind, by whose it is. */
function summed(kind: DropKind, all: ProcessCounts["drops"]): ProcessCounts["drops"] {
  const sums = new Map<string, number>();
  for (const each of all) if (each.kind === kind) sums.set(each.name, (sums.get(each.name) ?? 0) + each.count);
  return [...sums].filter(([, count]) => count > 0).map(([name, count]) => ({ kind, name, count }));
}
