import {
  type Client,
  DROPS,
  type DropKind,
  type KeeperOperations,
  type Registration,
  type SystemOverview,
  type SystemService,
} from "@jx/contracts";
import { messageOf } from "@jx/kit";
import { type Bus, EDGEX_VERSION, type Host, hostInUrl, type Labels, type Metrics } from "@jx/runtime";
import { STORE_AWAY } from "@jx/stores";
import type { PeerVersions } from "./peer-versions.ts";
import { VERSION } from "./version.ts";

export interface SystemParts {
  readonly host: Pick<Host, "services">;
  readonly keeper: Pick<Client<KeeperOperations>, "allRegistrations">;
  /** "http://box:59890" of a keeper elsewhere. */
  readonly keeperAddress?: string | undefined;
  readonly bus: Pick<Bus, "stats">;
  readonly metrics: Pick<Metrics, "read">;
  readonly peers: Pick<PeerVersions, "of">;
}

/** The whole system as this process sees it: services of others too, as keeper knows them. */
export async function systemOverview(parts: SystemParts): Promise<SystemOverview> {
  const { list, problem } = await registrations(parts);
  const own = ownServices(parts, list);
  const services = await Promise.all([...own, ...keeperElsewhere(parts, list, problem), ...peers(parts, list)]);
  return {
    services,
    ...(problem === undefined ? {} : { registryProblem: problem }),
    queues: queues(parts),
    drops: drops(parts),
  };
}

async function registrations({ keeper }: SystemParts): Promise<{ list: readonly Registration[]; problem?: string }> {
  try {
    return { list: (await keeper.allRegistrations({})).registrations };
  } catch (error) {
    return { list: [], problem: `core-keeper: ${messageOf(error)}` };
  }
}

function ownServices({ host, metrics }: SystemParts, list: readonly Registration[]): SystemService[] {
  const away = new Set(metrics.read(STORE_AWAY).flatMap(({ labels, value }) => (value > 0 ? [labels["service"]] : [])));
  return host.services.map(({ key, baseAddress }) => {
    const known = list.find(({ serviceId }) => serviceId === key);
    // Keeper does not register itself: that it answers means that it runs.
    const status = (known?.status ?? "UP") as SystemService["status"];
    const store = away.has(key) ? { storeAway: true } : {};
    return { serviceId: key, here: true, address: baseAddress, status, ...checked(known), ...OUR_VERSION, ...store };
  });
}

const OUR_VERSION = { version: EDGEX_VERSION, jxVersion: VERSION };

/** Keeper does not register itself, ours as EdgeX's: one in another process is known by its address. */
function keeperElsewhere(
  { keeperAddress: address, peers: versions }: SystemParts,
  list: readonly Registration[],
  problem: string | undefined,
): Promise<SystemService>[] {
  const serviceId = "core-keeper";
  if (address === undefined || list.some((each) => each.serviceId === serviceId)) return [];
  const known = { serviceId, here: false, address };
  if (problem !== undefined) return [Promise.resolve({ ...known, status: "DOWN" })];
  return [versions.of(address).then((answer) => ({ ...known, status: "UP", ...answer }))];
}

function peers({ host, peers: versions }: SystemParts, list: readonly Registration[]): Promise<SystemService>[] {
  const own = new Set(host.services.map(({ key }) => key));
  return list
    .filter(({ serviceId }) => !own.has(serviceId))
    .map(async (registration) => {
      const { serviceId, host: name, port, HealthCheck } = registration;
      const status = (registration.status ?? "UNKNOWN") as SystemService["status"];
      const scheme = HealthCheck.type === "https" ? "https" : "http";
      const address = `${scheme}://${hostInUrl(name)}:${port}`;
      // Keeper has just found a service that is down silent: asking it again would only make the person wait.
      const answer = status === "DOWN" ? {} : await versions.of(address);
      return { serviceId, here: false, address, status, ...checked(registration), ...answer };
    });
}

function checked(registration: Registration | undefined): { checkedAt?: number } {
  return registration?.modified === undefined ? {} : { checkedAt: registration.modified };
}

function queues({ bus, metrics }: SystemParts): SystemOverview["queues"][number][] {
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

function drops({ bus, metrics }: SystemParts): SystemOverview["drops"][number][] {
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

/** What was dropped of one kind, by whose it is; one entry of 0 when it was nothing. */
function summed(kind: DropKind, all: SystemOverview["drops"]): SystemOverview["drops"][number][] {
  const sums = new Map<string, number>();
  for (const each of all) if (each.kind === kind) sums.set(each.name, (sums.get(each.name) ?? 0) + each.count);
  const found = [...sums].filter(([, count]) => count > 0).map(([name, count]) => ({ kind, name, count }));
  return found.length > 0 ? found : [{ kind, name: "", count: 0 }];
}
