import type { Metrics } from "@jx/runtime";
import type { DeviceHealth, DeviceState } from "./health.ts";
import type { ConnectionStats } from "./link/connection.ts";
import type { PublisherStats } from "./publisher.ts";

/** What one running device service shows. */
export interface Measured {
  health(): readonly DeviceHealth[];
  connections(): readonly ConnectionStats[];
  readonly service: string;
  readonly publisher: { readonly stats: PublisherStats };
}

/** All device services of a process share one registry; each name is registered once and asks whoever runs. */
const running = new WeakMap<Metrics, Set<Measured>>();

const STATE_VALUE: Readonly<Record<DeviceState, number>> = { unknown: -1, down: 0, degraded: 1, ok: 2 };

/** Returns the way to stop. */
export function measure(metrics: Metrics, service: Measured): () => void {
  let services = running.get(metrics);
  if (services === undefined) {
    services = new Set();
    running.set(metrics, services);
    register(metrics, services);
  }
  services.add(service);
  return () => void services.delete(service);
}

function register(metrics: Metrics, services: ReadonlySet<Measured>): void {
  const perDevice = (read: (health: DeviceHealth) => number | undefined) => () =>
    [...services].flatMap((service) =>
      service.health().flatMap((health) => {
        const value = read(health);
        return value === undefined ? [] : [{ labels: { service: health.service, device: health.device }, value }];
      }),
    );
  const perConnection = (read: (stats: ConnectionStats) => number) => () =>
    [...services].flatMap((service) =>
      service
        .connections()
        .map((stats) => ({ labels: { service: service.service, connection: stats.key }, value: read(stats) })),
    );
  metrics.observe(
    "jx_device_state",
    "State of a device: 2 ok, 1 degraded, 0 down, -1 not asked yet",
    perDevice(({ state }) => STATE_VALUE[state]),
  );
  metrics.observe(
    "jx_device_round_trip_seconds",
    "Time of the last exchanges of one source",
    perDevice(({ rttMs }) => (rttMs === undefined ? undefined : rttMs / 1_000)),
  );
  metrics.observe(
    "jx_device_skipped_polls_total",
    "Polls left out",
    perDevice(({ skippedPolls }) => skippedPolls),
    "counter",
  );
  metrics.observe(
    "jx_device_failures_total",
    "Exchanges that failed in whole or in part",
    perDevice(({ failures }) => failures),
    "counter",
  );
  metrics.observe(
    "jx_device_dropped_samples_total",
    "Values sent by devices that found no room",
    perDevice(({ droppedSamples }) => droppedSamples),
    "counter",
  );
  metrics.observe(
    "jx_connection_waiting_requests",
    "Requests that wait for their turn",
    perConnection(({ waiting }) => waiting.write + waiting.read + waiting.poll),
  );
  metrics.observe(
    "jx_connection_opened_total",
    "Times a connection was opened",
    perConnection(({ opened }) => opened),
    "counter",
  );
  metrics.observe(
    "jx_connection_failed_total",
    "Times a connection could not be opened",
    perConnection(({ failed }) => failed),
    "counter",
  );
  metrics.observe(
    "jx_session_events_total",
    "What a driver counts since its connection was opened",
    () =>
      [...services].flatMap(({ connections, service }) =>
        connections().flatMap(({ key: connection, counters }) =>
          Object.entries(counters).map(([event, value]) => ({ labels: { service, connection, event }, value })),
        ),
      ),
    "counter",
  );
  const perService = (read: (service: Measured) => number) => () =>
    [...services].map((service) => ({ labels: { service: service.service }, value: read(service) }));
  metrics.observe(
    "jx_device_events_total",
    "Events put on the bus",
    perService(({ publisher }) => publisher.stats.sent),
    "counter",
  );
  metrics.observe(
    "jx_device_readings_total",
    "Readings in the events put on the bus",
    perService(({ publisher }) => publisher.stats.readings),
    "counter",
  );
  metrics.observe(
    "jx_device_oversize_events_total",
    "Events larger than MaxEventSize, dropped",
    perService(({ publisher }) => publisher.stats.oversize),
    "counter",
  );
  metrics.observe(
    "jx_device_last_connected_seconds",
    "When a device last answered without any failure, seconds since 1970; 0: never",
    perDevice(({ lastOk }) => (lastOk === undefined ? 0 : Number(lastOk) / 1e9)),
  );
  metrics.observe(
    "jx_device_dropped_events_total",
    "Events that found no room on the bus",
    perService(({ publisher }) => publisher.stats.dropped),
    "counter",
  );
}
