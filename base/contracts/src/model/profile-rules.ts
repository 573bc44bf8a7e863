import { AppError } from "@jx/kit";
import type { DeviceCommand, DeviceProfile, DeviceResource } from "./metadata.ts";
import { normalizeValueType } from "./value-type.ts";

/** Something a profile breaks beyond its schema, and where. */
export interface ProfileProblem {
  readonly at: readonly (string | number)[];
  /** EdgeX's words. */
  readonly message: string;
}

/**
 * The first thing in a profile that contradicts itself; undefined when there is none.
 * Source: go-mod-core-contracts v4 dtos/deviceprofile.go (ValidateDeviceProfileDTO); edgex-behaviour.md §1.3.
 */
export function profileProblem(profile: DeviceProfile): ProfileProblem | undefined {
  const resources = new Map<string, DeviceResource>();
  for (const [i, resource] of (profile.deviceResources ?? []).entries()) {
    const at = ["deviceResources", i];
    if (resources.has(resource.name)) return { at, message: `device resource ${resource.name} is duplicated` };
    resources.set(resource.name, resource);
    if (/^binary$/i.test(resource.properties.valueType) && resource.properties.readWrite.includes("W")) {
      return { at, message: `write permission not support Binary value type for resource '${resource.name}'` };
    }
  }
  const commands = new Set<string>();
  for (const [i, command] of (profile.deviceCommands ?? []).entries()) {
    const at = ["deviceCommands", i];
    if (commands.has(command.name)) return { at, message: `device command ${command.name} is duplicated` };
    commands.add(command.name);
    const problem = commandProblem(command, resources, at);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function commandProblem(
  command: DeviceCommand,
  resources: ReadonlyMap<string, DeviceResource>,
  at: readonly (string | number)[],
): ProfileProblem | undefined {
  for (const [i, { deviceResource }] of command.resourceOperations.entries()) {
    const where = [...at, "resourceOperations", i, "deviceResource"];
    const resource = resources.get(deviceResource);
    if (resource === undefined) {
      return { at: where, message: `device command's resource ${deviceResource} doesn't match any device resource` };
    }
    const { readWrite } = resource.properties;
    if (readWrite !== "RW" && readWrite !== "WR" && readWrite !== command.readWrite) {
      const message = `device command's ReadWrite permission '${command.readWrite}' doesn't align the device resource`;
      return { at: where, message };
    }
  }
  return undefined;
}

/** @throws AppError ContractInvalid with EdgeX's words. */
export function checkProfile(profile: DeviceProfile): void {
  const problem = profileProblem(profile);
  if (problem !== undefined) throw new AppError("ContractInvalid", problem.message, { code: "invalid-profile" });
}

/** EdgeX's words for an uploaded file with any fault; what the fault is stands beside them. */
export function badProfileFile(reason: string, cause?: unknown): AppError {
  return new AppError("ContractInvalid", "*dtos.DeviceProfile yaml decoding failed", {
    code: "invalid-file",
    details: { reason },
    cause,
  });
}

/** EdgeX takes value types in any case and keeps the canonical spelling. */
export function normalizeProfile(profile: DeviceProfile): DeviceProfile {
  const deviceResources = (profile.deviceResources ?? []).map((resource) => {
    const { properties } = resource;
    return {
      ...resource,
      properties: { ...properties, valueType: normalizeValueType(properties.valueType) ?? properties.valueType },
    };
  });
  return { ...profile, deviceResources };
}
