import { type AutoEvent, compileSourcePattern, type Device, type DeviceProfile, PatternWork } from "@jx/contracts";
import { AppError, parseDuration } from "@jx/kit";
import type { State } from "./state.ts";

function invalid(message: string): AppError {
  return new AppError("ContractInvalid", message);
}

export function requireService(state: State, name: string): void {
  if (state.services.get(name) === undefined) throw invalid(`device service '${name}' does not exists`);
}

/** Parent, profile and auto events; a device without a profile is not looked at further (edgex-behaviour.md §1.2). */
export function checkDevice(state: State, device: Device): void {
  if (device.profileName === undefined || device.profileName === "") return;
  if (device.parent === device.name) throw invalid("a device cannot be its own parent");
  const profile = state.profiles.get(device.profileName);
  if (profile === undefined) {
    throw invalid(`device profile '${device.profileName}' not found during validating device '${device.name}'`);
  }
  const work = new PatternWork();
  for (const autoEvent of device.autoEvents ?? []) checkAutoEvent(autoEvent, device.name, profile, work);
}

function checkAutoEvent(
  { interval, sourceName }: AutoEvent,
  device: string,
  profile: DeviceProfile,
  work: PatternWork,
): void {
  try {
    parseDuration(interval);
  } catch (cause) {
    const message = `auto event interval '${interval}' not valid in the device '${device}'`;
    throw new AppError("ContractInvalid", message, { cause });
  }
  if (!hasSource(profile, sourceName, work)) {
    throw invalid(`auto event source '${sourceName}' cannot be found in the device profile '${profile.name}'`);
  }
}

/**
 * A resource by POSIX pattern or by name, or a command by name.
 * @throws AppError ContractInvalid when it is no pattern, or when the work is used up
 */
export function hasSource(profile: DeviceProfile, source: string, work: PatternWork): boolean {
  const pattern = compileSourcePattern(source);
  if (pattern === undefined) throw invalid(`failed to CompilePOSIX the auto event source name: ${source}`);
  const resources = profile.deviceResources ?? [];
  if (resources.some(({ name }) => name === source)) return true;
  if ((profile.deviceCommands ?? []).some(({ name }) => name === source)) return true;
  return resources.some(({ name }) => pattern(name, work));
}

/** `Writable.MaxDevices` and `MaxResources`; 0 switches a limit off. */
export interface Limits {
  readonly MaxDevices: number;
  readonly MaxResources: number;
}

export function checkRoomForDevice(state: State, device: Device, limits: Limits): void {
  const count = state.devices.size;
  if (limits.MaxDevices > 0 && count + 1 > limits.MaxDevices) {
    throw invalid(
      `the existing total number of device is '${count}', add device '${device.name}' will exceed the maximum limitation '${limits.MaxDevices}'`,
    );
  }
  const more = resourceCount(state, device.profileName);
  checkResources(state, more, limits, `increase '${more}' resources`);
}

export function checkRoomForProfileChange(
  state: State,
  from: string | undefined,
  to: string | undefined,
  limits: Limits,
): void {
  if (from === to) return;
  const before = resourceCount(state, from);
  const after = resourceCount(state, to);
  const what = `change from profile '${from ?? ""}' (${before} resource count) to the profile '${to ?? ""}' (${after} resource count)`;
  checkResources(state, after - before, limits, what);
}

/** Counts each device of the profile, as the sum of resources in use does. */
export function checkRoomForProfile(state: State, profile: DeviceProfile, limits: Limits): void {
  const users = state.devices.linked("profile", profile.name);
  const before = resourceCount(state, profile.name);
  const after = profile.deviceResources?.length ?? 0;
  const what = `update the profile from ${before} resource count to ${after} resource count`;
  checkResources(state, users * (after - before), limits, what);
}

/** In the profile of each of its devices. */
export function checkRoomForResource(state: State, profile: DeviceProfile, resource: string, limits: Limits): void {
  checkResources(state, state.devices.linked("profile", profile.name), limits, `add '${resource}' resource`);
}

function checkResources(state: State, more: number, limits: Limits, what: string): void {
  if (limits.MaxResources === 0 || more <= 0) return;
  let inUse = 0;
  for (const { name } of state.profiles.all())
    inUse += state.devices.linked("profile", name) * resourceCount(state, name);
  if (inUse + more > limits.MaxResources) {
    throw invalid(
      `'${inUse}' resources is in use, ${what} will exceed the maximum limitation '${limits.MaxResources}'`,
    );
  }
}

function resourceCount(state: State, profile: string | undefined): number {
  return state.profiles.get(profile ?? "")?.deviceResources?.length ?? 0;
}
