import type { DeviceProfile, DiscoveredDevice, DiscoveryContext, ScanRequest } from "@jx/device-sdk";
import { sleep } from "@jx/kit";

/**
 * There is no network to look at: discovery and profile scan make up what they find, after a pause in which it can be
 * watched and stopped. Name, description and labels say that it is simulated.
 */
const FINDS = 3;
const PAUSE_MS = 150;

/** Three tanks, by the same names each time. */
export async function* discoverTanks({ signal, progress }: DiscoveryContext): AsyncGenerator<DiscoveredDevice> {
  for (let i = 1; i <= FINDS; i += 1) {
    await sleep(PAUSE_MS, signal);
    yield {
      name: `Simulated-Tank-${i}`,
      description: "Simulated: found by the discovery of device-virtual",
      labels: ["simulated"],
      protocols: { virtual: { Address: `simulated-tank-${i}`, Kind: "tank" } },
    };
    progress((100 * i) / FINDS);
  }
}

/** Whatever the device: what a tank has. */
export async function scanTank(
  { profileName }: ScanRequest,
  { signal, progress }: DiscoveryContext,
): Promise<DeviceProfile> {
  await sleep(PAUSE_MS, signal);
  progress(50);
  await sleep(PAUSE_MS, signal);
  return {
    name: profileName,
    manufacturer: "JX",
    model: "Simulated tank",
    description: "Simulated: made by the profile scan of device-virtual",
    labels: ["simulated"],
    deviceResources: [
      {
        name: "level",
        properties: { valueType: "Float64", readWrite: "R", units: "%" },
        attributes: { waveform: "sine", minimum: 20, maximum: 80, noise: 0.5 },
      },
      {
        name: "temperature",
        properties: { valueType: "Float32", readWrite: "R", units: "℃" },
        attributes: { waveform: "ramp", minimum: 15, maximum: 35, period: "10m" },
      },
      {
        name: "pump",
        properties: { valueType: "Bool", readWrite: "RW" },
        attributes: { waveform: "constant", value: false },
      },
    ],
    deviceCommands: [
      {
        name: "state",
        readWrite: "R",
        resourceOperations: ["level", "temperature", "pump"].map((deviceResource) => ({ deviceResource })),
      },
    ],
  };
}
