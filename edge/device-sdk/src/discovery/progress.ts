import { API_VERSION, type SystemEvent, topics } from "@jx/contracts";
import type { Bus } from "@jx/runtime";

export interface ProgressDeps {
  readonly service: string;
  readonly bus: Bus;
  now(): bigint;
}

/**
 * Tells the bus how far a discovery or a profile scan has come: 0 at the start, 100 at the end, -1 and a reason when it
 * failed (device-sdk-go internal/utils/notify.go, pkg/models/notify.go).
 */
export function tellProgress(
  deps: ProgressDeps,
  action: "discovery" | "profilescan",
  details: {
    readonly requestId: string;
    readonly progress: number;
    readonly message?: string;
    readonly discoveredDeviceCount?: number;
  },
): void {
  const { service, bus, now } = deps;
  const payload: SystemEvent = {
    apiVersion: API_VERSION,
    type: "device",
    action,
    source: service,
    owner: service,
    tags: null,
    details,
    timestamp: now(),
  };
  const topic = topics.progress(service, action);
  void bus.publish({ kind: "json", topic, payload, correlationId: details.requestId, from: "inside" });
}

/** A driver's own steps: it can neither begin nor end the work, nor go below or above. */
export function step(percent: number): number {
  return Number.isFinite(percent) ? Math.min(99, Math.max(1, Math.round(percent))) : 1;
}
