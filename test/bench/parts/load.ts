import {
  type Client,
  type Device,
  type DeviceProfile,
  type MetadataOperations,
  metadataOperations,
} from "@jx/contracts";
import { benchDevice } from "./bench-device.ts";
import type { BenchEdge } from "./bench-edge.ts";

/** The profile of the devices that are polled to keep an edge busy. */
export const LOAD_PROFILE = "bench-load";
const LOAD_INTERVAL = "50ms";

/** Devices whose five values are polled twenty times a second: 50 of them make 1,000 events/s, 200 20,000 readings/s. */
export function loadDevices(from: number, to: number): Device[] {
  return Array.from({ length: to - from }, (_, i) => benchDevice(`load-${from + i}`, LOAD_PROFILE, LOAD_INTERVAL));
}

/** @throws Error when core metadata refuses one of them */
export async function install(
  { edge }: BenchEdge,
  profiles: readonly DeviceProfile[],
  devices: readonly Device[],
): Promise<void> {
  const metadata: Client<MetadataOperations> = edge.host.clients.of("core-metadata", metadataOperations);
  const answers = [
    ...(await metadata.addProfiles({ body: profiles.map((profile) => ({ profile })) })),
    ...(await metadata.addDevices({ body: devices.map((device) => ({ device })) })),
  ];
  const refused = answers.find(({ statusCode }) => statusCode >= 400);
  if (refused !== undefined) throw new Error(refused.message);
}
