import type { DeviceProfile, DeviceResource, LiveReading } from "@jx/contracts";
import type { DeviceValues } from "./state.ts";

/** What can be measured, what is on or off, and what can be written. */
export const GROUPS = ["measurements", "states", "writable"] as const;
export type Group = (typeof GROUPS)[number];

export interface ValueRow {
  readonly group: Group;
  readonly name: string;
  readonly resource: DeviceResource | undefined;
  readonly reading: LiveReading | undefined;
}

/**
 * The rows of a device by group: its profile's resources in the profile's order (hidden ones only once they have a value), then
 * what the device told beyond its profile.
 */
export function valueRows(profile: DeviceProfile | undefined, values: DeviceValues | undefined): ValueRow[] {
  const resources = profile?.deviceResources ?? [];
  const known = new Set(resources.map(({ name }) => name));
  const rows: ValueRow[] = resources
    .map((resource) => ({
      name: resource.name,
      group: groupOf(resource.properties.valueType, resource.properties.readWrite),
      resource,
      reading: values?.get(resource.name),
    }))
    .filter(({ resource, reading }) => resource.isHidden !== true || reading !== undefined);
  for (const [name, reading] of values ?? []) {
    if (!known.has(name)) rows.push({ name, group: groupOf(reading.valueType, "R"), resource: undefined, reading });
  }
  return rows.sort((a, b) => GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group));
}

function groupOf(valueType: string, readWrite: string): Group {
  if (readWrite.includes("W")) return "writable";
  return valueType === "Bool" ? "states" : "measurements";
}
