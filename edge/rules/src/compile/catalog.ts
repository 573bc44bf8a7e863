import { type Client, type DeviceProfile, everyRow, type MetadataOperations, normalizeValueType } from "@jx/contracts";
import type { Catalog, ResourceType } from "@jx/pangu";

/** What every device offers, by its profile: the names, types and units that rule texts are checked against. */
export async function loadCatalog(metadata: Client<MetadataOperations>): Promise<Catalog> {
  const profiles = await everyRow(async (page) => {
    const answer = await metadata.allProfiles(page);
    return { totalCount: answer.totalCount, rows: answer.profiles };
  });
  const devices = await everyRow(async (page) => {
    const answer = await metadata.allDevices(page);
    return { totalCount: answer.totalCount, rows: answer.devices };
  });
  const resources = new Map(profiles.map((profile) => [profile.name, resourcesOf(profile)]));
  const catalog = new Map<string, ReadonlyMap<string, ResourceType>>();
  for (const { name, profileName = "" } of devices) {
    const its = resources.get(profileName);
    if (its !== undefined) catalog.set(name, its);
  }
  return catalog;
}

function resourcesOf(profile: DeviceProfile): ReadonlyMap<string, ResourceType> {
  const entries = (profile.deviceResources ?? []).map(({ name, properties }): [string, ResourceType] => [
    name,
    {
      valueType: normalizeValueType(properties.valueType) ?? properties.valueType,
      unit: properties.units ?? "",
      min: properties.minimum,
      max: properties.maximum,
      writable: properties.readWrite.includes("W"),
    },
  ]);
  return new Map(entries);
}
