import { type Client, type Device, everyRow, type MetadataOperations } from "@jx/contracts";

/** Every device of core metadata: one that is missed would lose its events to the default rule. */
export function allDevices(metadata: Client<MetadataOperations>): Promise<readonly Device[]> {
  return everyRow(async (page) => {
    const { totalCount, devices } = await metadata.allDevices(page);
    return { totalCount, rows: devices };
  });
}
