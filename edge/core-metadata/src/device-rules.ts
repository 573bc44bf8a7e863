import { type AutoEvent, compileSourcePattern, type Device, type DeviceProfile } from "@jx/contracts";
import { AppError, parseDuration } from "@jx/kit";
import type { Catalog } from "./catalog.ts";

function invalid(message: string): AppError {
  return new AppError("ContractInvalid", message);
}

export function requireService(catalog: Catalog, name: string): void {
  if (catalog.services.get(name) === undefined) throw invalid(`device service '${name}' does not exists`);
}

/** Parent, profile and auto events; a device without a profile is not looked at further (edgex-behaviour.md §1.2). */
export function checkDevice(catalog: Catalog, device: Device): void {
  if (device.profileName === undefined || device.profileName === "") return;
  if (device.parent === device.name) throw invalid("a device cannot be its own parent");
  const profile = catalog.profiles.get(device.profileName);
  if (profile === undefined) {
    throw invalid(`device profile '${device.profileName}' not found during validating device '${device.name}'`);
  }
  for (const autoEvent of device.autoEvents ?? []) checkAutoEvent(autoEvent, device.name, profile);
}

function checkAutoEvent({ interval, sourceName }: AutoEvent, device: string, profile: DeviceProfile): void {
  try {
    parseDuration(interval);
  } catch (cause) {
    const message = `auto event interval '${interval}' not valid in the device '${device}'`;
    throw new AppError("ContractInvalid", message, { cause });
  }
  if (!hasSource(profile, sourceName)) {
    throw invalid(`auto event source '${sourceName}' cannot be found in the device profile '${profile.name}'`);
  }
}

/** A resource by POSIX pattern or by name, or a command by name. @throws AppError ContractInvalid when it is no pattern. */
export function hasSource(profile: DeviceProfile, source: string): boolean {
  const pattern = compileSourcePattern(source);
  if (pattern === undefined) throw invalid(`failed to CompilePOSIX the auto event source name: ${source}`);
  const resources = profile.deviceResources ?? [];
  if (resources.some(({ name }) => name === source || pattern(name))) return true;
  return (profile.deviceCommands ?? []).some(({ name }) => name === source);
}

/** `Writable.MaxDevices` and `MaxResources`; 0 switches a limit off. */
export interface Limits {
  readonly MaxDevices: number;
  readonly MaxResources: number;
}

export function checkRoomForDevice(catalog: Catalog, device: Device, limits: Limits): void {
  const count = catalog.devices.size;
  if (limits.MaxDevices > 0 && count + 1 > limits.MaxDevices) {
    throw invalid(
      `the existing total number of device is '${count}', add device '${device.name}' will exceed the maximum limitation '${limits.MaxDevices}'`,
    );
  }
  const more = resourceCount(catalog, device.profileName);
  checkResources(catalog, more, limits, `increase '${more}' resources`);
}

export function checkRoomForProfileChange(
  catalog: Catalog,
  from: string | undefined,
  to: string | undefined,
  limits: Limits,
): void {
  if (from === to) return;
  const before = resourceCount(catalog, from);
  const after = resourceCount(catalog, to);
  const what = `change from profile '${from ?? ""}' (${before} resource count) to the profile '${to ?? ""}' (${after} resource count)`;
  checkResources(catalog, after - before, limits, what);
}

/** Counts each device of the profile, as the sum of resources in use does. */
export function checkRoomForProfile(catalog: Catalog, profile: DeviceProfile, limits: Limits): void {
  const users = catalog.devices.all().filter((device) => device.profileName === profile.name).length;
  const before = resourceCount(catalog, profile.name);
  const after = profile.deviceResources?.length ?? 0;
  const what = `update the profile from ${before} resource count to ${after} resource count`;
  checkResources(catalog, users * (after - before), limits, what);
}

function checkResources(catalog: Catalog, more: number, limits: Limits, what: string): void {
  if (limits.MaxResources === 0 || more <= 0) return;
  let inUse = 0;
  for (const device of catalog.devices.all()) inUse += resourceCount(catalog, device.profileName);
  if (inUse + more > limits.MaxResources) {
    throw invalid(
      `'${inUse}' resources is in use, ${what} will exceed the maximum limitation '${limits.MaxResources}'`,
    );
  }
}

function resourceCount(catalog: Catalog, profile: string | undefined): number {
  return catalog.profiles.get(profile ?? "")?.deviceResources?.length ?? 0;
}
