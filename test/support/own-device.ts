/** A device of the user's own, simulated by device-virtual, for tests that need one without a plant. */
import assert from "node:assert/strict";
import type { Device, DeviceProfile } from "@jx/contracts";
import type { EdgeProcess } from "./edge-process.ts";
import { ask, askJson } from "./http.ts";
import { until } from "./wait.ts";

export const OWN_PROFILE: DeviceProfile = {
  name: "own-profile",
  deviceResources: [
    {
      name: "Level",
      attributes: { waveform: "constant", value: 5 },
      properties: { valueType: "Float64", readWrite: "RW", units: "m" },
    },
    {
      name: "Count",
      attributes: { waveform: "counter", minimum: 0, maximum: 1_000_000 },
      properties: { valueType: "Int64", readWrite: "R" },
    },
  ],
};

export const OWN_DEVICE: Device = {
  name: "own-device",
  serviceName: "device-virtual",
  profileName: "own-profile",
  adminState: "UNLOCKED",
  operatingState: "UP",
  protocols: { other: { Address: "own" } },
  autoEvents: [
    { sourceName: "Level", interval: "200ms" },
    { sourceName: "Count", interval: "50ms" },
  ],
};

/**
 * Adds profile and device through core metadata, which asks device-virtual whether it fits. Where services start all at
 * once, device-virtual is up before it has found metadata and told of itself.
 */
export async function addOwnDevice(edge: Pick<EdgeProcess, "api">): Promise<void> {
  const service = `${edge.api("core-metadata")}/deviceservice/name/${OWN_DEVICE.serviceName}`;
  await until("device-virtual is known to metadata", async () => (await ask(service)).status === 200);
  await add(edge, "deviceprofile", { profile: OWN_PROFILE });
  await add(edge, "device", { device: OWN_DEVICE });
}

async function add(edge: Pick<EdgeProcess, "api">, path: string, item: object): Promise<void> {
  const body = [{ apiVersion: "v3", ...item }];
  const [result] = await askJson<{ statusCode: number; message?: string }[]>(`${edge.api("core-metadata")}/${path}`, {
    body,
  });
  assert.equal(result?.statusCode, 201, result?.message);
}
