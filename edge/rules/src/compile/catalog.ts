import { type Client, type DeviceProfile, type MetadataOperations, normalizeValueType } from "@jx/contracts";
import type { Catalog, ResourceType } from "@jx/pangu";

const PAGE = 1_000;

/** What every device offers, by its profile: the names, types and units that rule texts are checked against. */
export async function loadCatalog(metadata: Client<MetadataOperations>): Promise<Catalog> {
  const profiles = new Map<string, ReadonlyMap<string, ResourceType>>();
  await eachPage(async (offset) => {
    const { totalCount, profiles: page } = await metadata.allProfiles({ offset, limit: PAGE });
    for (const profile of page) profiles.set(profile.name, resourcesOf(profile));
    return totalCount;
  });
  const catalog = new Map<string, ReadonlyMap<string, ResourceType>>();
  await eachPage(async (offset) => {
    const { totalCount, devices } = await metadata.allDevices({ offset, limit: PAGE });
    for (const device of devices) {
      const resources = profiles.get(device.profileName ?? "");
      if (resources !== undefined) catalog.set(device.name, resources);
    }
    return totalCount;
  });
  return catalog;
}

async function eachPage(read: (offset: number) => Promise<number>): Promise<void> {
  for (let offset = 0, total = 1; offset < total; offset += PAGE) total = await read(offset);
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
