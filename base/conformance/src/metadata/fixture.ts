import assert from "node:assert/strict";
import type { Client, Device, DeviceProfile, DeviceService, metadataOperations } from "@jx/contracts";
import type { Contract } from "../contract.ts";

export type Metadata = typeof metadataOperations;

/** Nobody answers for the services of these steps, so nobody is asked. */
export const bypassValidation = "true";
export const TOO_MUCH = "400 querystring limit's value 1025 is out of min -1 ~ max 1024 range.";

/** The things of one step, all under its own names. */
export interface House {
  readonly service: DeviceService;
  readonly profile: DeviceProfile;
  /** Not added yet. */
  readonly device: Device;
  /** Only this step's things carry it. */
  readonly label: string;
}

/** Adds a service and a profile for one step; `topic` tells steps apart. */
export async function house({ client, name }: Contract<Metadata>, topic: string): Promise<House> {
  const own = houseOf(name, topic);
  await added(client.addServices({ body: [{ service: own.service }] }));
  await added(client.addProfiles({ body: [{ profile: own.profile }] }));
  return own;
}

/** Any character may stand in a name, and each must survive a path. */
export function houseOf(name: (text: string) => string, topic: string): House {
  const label = name(topic);
  const service: DeviceService = {
    name: name(`${topic} 服务 é`),
    baseAddress: "http://localhost:59900",
    adminState: "UNLOCKED",
    labels: [label],
  };
  const profile: DeviceProfile = {
    name: name(`${topic} a/b+# é %2F 泵`),
    labels: [label, `${label}-two`],
    deviceResources: [{ name: "R1", properties: { valueType: "int16", readWrite: "RW" } }],
    deviceCommands: [{ name: "C1", readWrite: "R", resourceOperations: [{ deviceResource: "R1" }] }],
  };
  const device: Device = {
    name: profile.name,
    serviceName: service.name,
    profileName: profile.name,
    adminState: "UNLOCKED",
    operatingState: "UP",
    protocols: { other: { Address: "1" } },
    labels: [label],
  };
  return { service, profile, device, label };
}

export async function added(results: ReturnType<Client<Metadata>["addDevices"]>): Promise<void> {
  for (const { statusCode, message } of await results) assert.equal(statusCode, 201, message);
}
