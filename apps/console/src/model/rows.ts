import type { DeviceProfile, DeviceResource, LiveReading } from "@jx/contracts";
import type { DeviceValues } from "./state.ts";

export interface ValueRow {
  readonly name: string;
  readonly resource: DeviceResource | undefined;
  readonly reading: LiveReading | undefined;
}

/**
 * The rows of a device: its profile's resources in the profile's order (hidden ones only once they have a value), then
 * what the device told beyond its profile.
 */
export function valueRows(profile: DeviceProfile | undefined, values: DeviceValues | undefined): ValueRow[] {
  const resources = profile?.deviceResources ?? [];
  const known = new Set(resources.map(({ name }) => name));
  const rows: ValueRow[] = resources
    .map((resource) => ({ name: resource.name, resource, reading: values?.get(resource.name) }))
    .filter(({ resource, reading }) => resource.isHidden !== true || reading !== undefined);
  for (const [name, reading] of values ?? []) {
    if (!known.has(name)) rows.push({ name, resource: undefined, reading });
  }
  return rows;
}
