/**
 * EdgeX v3 profile and device files, YAML and JSON (edgex-device-sdk.md §1 "Folders"): a profile file holds one
 * profile; a device file has `deviceList` at its root, or is a list itself.
 */
import {
  type Device,
  DeviceProfile,
  Device as DeviceSchema,
  type ProvisionWatcher,
  ProvisionWatcher as ProvisionWatcherSchema,
} from "../model/metadata.ts";
import { normalizeProfile, profileProblem } from "../model/profile-rules.ts";
import { Type } from "../schema.ts";
import { type FileOptions, SourceFile } from "./source.ts";

export type { FileOptions };

/** @throws AppError ContractInvalid with file, line, column and what would be right. */
export function parseProfileFile(text: string, options: FileOptions): DeviceProfile {
  const source = new SourceFile(text, options);
  if (!isMap(source.value)) {
    throw source.error([], "a profile file holds one profile: name, deviceResources, deviceCommands");
  }
  if ("deviceList" in source.value) {
    throw source.error(
      ["deviceList"],
      "this is a device file (deviceList); a profile file begins with the profile's name",
    );
  }
  const profile = source.read(DeviceProfile, [], source.value) as DeviceProfile;
  const problem = profileProblem(profile);
  if (problem !== undefined) throw source.error(problem.at, problem.message);
  return normalizeProfile(profile);
}

export interface DeviceFileOptions extends FileOptions {
  /** The device service that will own the devices. */
  readonly serviceName: string;
}

/** A provision watcher file holds one watcher. @throws AppError ContractInvalid as above. */
export function parseWatcherFile(text: string, options: FileOptions): ProvisionWatcher {
  const source = new SourceFile(text, options);
  if (!isMap(source.value)) throw source.error([], "a provision watcher file holds one watcher: name, identifiers …");
  return source.read(ProvisionWatcherSchema, [], source.value) as ProvisionWatcher;
}

/** What a device file says; service and states are set by the reader, whatever the file says. */
const {
  serviceName: _service,
  adminState: _admin,
  operatingState: _operating,
  ...fileFields
} = DeviceSchema.properties;
const FileDevice = Type.Object(fileFields);
type FileDevice = Omit<Device, "serviceName" | "adminState" | "operatingState">;

/** @throws AppError ContractInvalid with file, line, column and what would be right. */
export function parseDeviceFile(text: string, options: DeviceFileOptions): Device[] {
  const source = new SourceFile(text, options);
  const [root, list] = deviceList(source);
  const seen = new Set<string>();
  return list.map((value, i) => {
    const at = [...root, i];
    const device = source.read(FileDevice, at, value) as FileDevice;
    if (seen.has(device.name)) throw source.error([...at, "name"], `device ${device.name} stands here a second time`);
    seen.add(device.name);
    return { ...device, serviceName: options.serviceName, adminState: "UNLOCKED", operatingState: "UP" };
  });
}

function deviceList(source: SourceFile): readonly [path: string[], list: readonly unknown[]] {
  if (Array.isArray(source.value)) return [[], source.value];
  if (!isMap(source.value) || !("deviceList" in source.value)) {
    throw source.error([], "a device file has deviceList at its root (YAML), or is a list of devices (JSON)");
  }
  const list = source.value["deviceList"] ?? [];
  if (!Array.isArray(list)) throw source.error(["deviceList"], "deviceList must be a list");
  return [["deviceList"], list];
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
