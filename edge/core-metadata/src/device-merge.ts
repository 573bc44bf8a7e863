import { type Device, type DeviceProfile, PatternWork, type UpdateDevice } from "@jx/contracts";
import type { Collection } from "./collection.ts";
import { hasSource } from "./device-rules.ts";

const FIELDS = [
  "parent",
  "description",
  "adminState",
  "operatingState",
  "labels",
  "location",
  "serviceName",
  "profileName",
  "autoEvents",
  "protocols",
  "tags",
  "properties",
] as const;

/**
 * A device with a patch laid over it: absent and null leave a field alone, everything else replaces it whole. When the
 * profile changes, auto events whose source the new profile lacks go without a word, as in EdgeX; those that the patch
 * itself brings stay and are checked.
 */
export function mergeDevice(
  device: Device,
  patch: UpdateDevice,
  profiles: Pick<Collection<DeviceProfile>, "get">,
): Device {
  const merged: Record<string, unknown> = { ...device };
  for (const field of FIELDS) {
    const value = patch[field];
    if (value !== undefined && value !== null) merged[field] = value;
  }
  const result = merged as Device;
  if (result.profileName === device.profileName || patch.autoEvents != null) return result;
  const profile = profiles.get(result.profileName ?? "");
  if (profile === undefined) return result;
  const work = new PatternWork();
  return {
    ...result,
    autoEvents: (device.autoEvents ?? []).filter(({ sourceName }) => hasSource(profile, sourceName, work)),
  };
}
