import type { Device, DeviceProfile } from "@jx/contracts";
import { parseDurationMs } from "@jx/kit";

/** Polls that a value may miss before it counts as stale (DESIGN §4). */
const MISSED_POLLS = 3;

/**
 * ms between two readings of each resource that the device polls, from its auto events; a resource of several has the
 * shortest. Auto events that tell changes only say nothing about age and are left out.
 */
export function pollIntervals(device: Device, profile: DeviceProfile | undefined): ReadonlyMap<string, number> {
  const out = new Map<string, number>();
  for (const event of device.autoEvents ?? []) {
    if (event.onChange === true) continue;
    const interval = durationOf(event.interval);
    if (interval === undefined) continue;
    for (const resource of resourcesOf(event.sourceName, profile)) {
      out.set(resource, Math.min(interval, out.get(resource) ?? Number.POSITIVE_INFINITY));
    }
  }
  return out;
}

export function isStale(ageMs: number, intervalMs: number | undefined): boolean {
  return intervalMs !== undefined && ageMs > MISSED_POLLS * intervalMs;
}

function resourcesOf(source: string, profile: DeviceProfile | undefined): readonly string[] {
  const command = profile?.deviceCommands?.find(({ name }) => name === source);
  return command === undefined ? [source] : command.resourceOperations.map(({ deviceResource }) => deviceResource);
}

function durationOf(text: string): number | undefined {
  try {
    return parseDurationMs(text);
  } catch {
    return undefined; // Metadata checks it; a file from elsewhere may still hold anything.
  }
}
