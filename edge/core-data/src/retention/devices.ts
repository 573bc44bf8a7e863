import type { Client, Device, MetadataOperations } from "@jx/contracts";

/** EdgeX's largest page. */
const PAGE = 1_024;

/** Every device of core metadata, page by page. */
export async function allDevices(metadata: Client<MetadataOperations>): Promise<readonly Device[]> {
  const all: Device[] = [];
  for (let total = 1; all.length < total; ) {
    const page = await metadata.allDevices({ offset: all.length, limit: PAGE });
    all.push(...page.devices);
    total = page.devices.length === 0 ? 0 : page.totalCount;
  }
  return all;
}
