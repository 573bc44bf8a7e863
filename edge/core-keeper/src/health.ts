import type { Registration } from "@jx/contracts";
import { MAX_TIMER_MS, parseDurationMs, type Signal, sleep } from "@jx/kit";

/** Shorter intervals are stretched to this: a registration must not turn keeper into a flood. */
const SHORTEST_MS = 100;

export interface HealthDeps {
  /** True when the service answered 2xx. Never throws. */
  readonly probe: (registration: Registration) => Promise<boolean>;
  readonly report: (isUp: boolean) => Promise<void>;
}

/**
 * Asks a service for its health until the signal ends it: first after half an interval, every half until it was up
 * once, then every interval for ever (edgex-configuration.md §3; edgex-go internal/core/keeper/registry).
 */
export async function watchHealth(registration: Registration, deps: HealthDeps, signal: Signal): Promise<void> {
  const interval = parseDurationMs(registration.HealthCheck.interval);
  let pause = interval / 2;
  while (!signal.aborted) {
    await sleep(Math.max(SHORTEST_MS, pause), signal);
    const isUp = await deps.probe(registration);
    if (signal.aborted) return;
    await deps.report(isUp);
    if (isUp) pause = interval;
  }
}

/** GET {type}://{host}:{port}{path}; anything but 2xx, or no answer in `timeoutMs`, is down. */
export async function probeHttp(registration: Registration, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
  const { host, port, HealthCheck } = registration;
  const address = host.includes(":") ? `[${host}]` : host;
  try {
    const response = await fetch(`${HealthCheck.type}://${address}:${port}${HealthCheck.path}`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(Math.min(timeoutMs, MAX_TIMER_MS))]),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
