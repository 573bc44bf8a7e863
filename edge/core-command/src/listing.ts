import type { Device, DeviceCoreCommand, DeviceProfile } from "@jx/contracts";

type CoreCommand = DeviceCoreCommand["coreCommands"][number];

/**
 * What can be read and set on a device: its visible commands, then the visible resources whose name no visible command
 * has taken (edgex-behaviour.md §3.1). In the order of the profile, where EdgeX's changes with every call.
 */
export function deviceCoreCommand(device: Device, profile: DeviceProfile, url: string): DeviceCoreCommand {
  const resources = profile.deviceResources ?? [];
  const valueTypes = new Map(resources.map(({ name, properties }) => [name, properties.valueType]));
  const commands = new Map<string, CoreCommand>();
  const add = (name: string, readWrite: string, resourceNames: readonly string[]): void => {
    commands.set(name, {
      name,
      ...(readWrite.includes("R") ? { get: true } : {}),
      ...(readWrite.includes("W") ? { set: true } : {}),
      path: `/api/v3/device/name/${device.name}/${name}`,
      url,
      parameters: resourceNames.map((resourceName) => ({
        resourceName,
        valueType: valueTypes.get(resourceName) ?? "",
      })),
    });
  };
  for (const command of profile.deviceCommands ?? []) {
    if (command.isHidden === true) continue;
    add(
      command.name,
      command.readWrite,
      command.resourceOperations.map(({ deviceResource }) => deviceResource),
    );
  }
  for (const resource of resources) {
    if (resource.isHidden === true || commands.has(resource.name)) continue;
    add(resource.name, resource.properties.readWrite, [resource.name]);
  }
  return { deviceName: device.name, profileName: profile.name, coreCommands: [...commands.values()] };
}
