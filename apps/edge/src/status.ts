import type { DeviceHealth, SystemStatus } from "@jx/contracts";
import type { DeviceServiceDefinition } from "@jx/device-sdk";
import type { Host } from "@jx/runtime";
import { inspectDisk } from "@jx/stores";
import { VERSION } from "./version.ts";
import type { Vitals } from "./vitals.ts";

export interface StatusParts {
  readonly startedAt: number;
  readonly paths: SystemStatus["paths"];
  readonly host: Host;
  readonly vitals: Vitals;
  readonly broker: { readonly host: string; readonly port: number } | undefined;
  /** What keeps the tables; undefined when no service that runs here has any. */
  readonly store: SystemStatus["store"];
}

export async function systemStatus({
  startedAt,
  paths,
  host,
  vitals,
  broker,
  store,
}: StatusParts): Promise<SystemStatus> {
  const { freeBytes, totalBytes } = await inspectDisk(paths.data);
  return {
    version: VERSION,
    pid: process.pid,
    node: process.version,
    startedAt,
    ...vitals.read(),
    paths,
    disk: { freeBytes, totalBytes },
    services: host.services.map(({ key, port, baseAddress }) => ({ key, port, baseAddress })),
    ...(store === undefined ? {} : { store }),
    ...(broker === undefined ? {} : { broker }),
  };
}

export function deviceHealth(services: readonly DeviceServiceDefinition[]): DeviceHealth[] {
  return services
    .flatMap((service) => service.health())
    .map((health) => ({
      deviceName: health.device,
      serviceName: health.service,
      state: health.state === "unknown" ? "idle" : health.state,
      skippedPolls: health.skippedPolls,
      failures: health.failures,
      ...(health.lastOk === undefined ? {} : { lastOk: health.lastOk }),
      ...(health.lastError === undefined ? {} : { lastError: health.lastError.message }),
      ...(health.rttMs === undefined ? {} : { rttMs: health.rttMs }),
    }));
}

export function configOrigins(host: Host): { service: string; key: string; value: string; origin: string }[] {
  return host.services.flatMap(({ key: service, config }) => config.describe().map((value) => ({ service, ...value })));
}
