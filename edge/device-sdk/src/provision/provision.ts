import type { Client, Device, DeviceProfile, ItemResult, MetadataOperations } from "@jx/contracts";
import { isAppError, messageOf } from "@jx/kit";
import type { Logger } from "@jx/runtime";
import type { DeviceServiceConfig } from "../config.ts";
import type { Watchers } from "../discovery/watchers.ts";
import { REFUSED, requireSuccess } from "../registry/metadata.ts";
import type { Registry } from "../registry/registry.ts";
import { filesOf } from "./folder.ts";

export interface ProvisionDeps {
  readonly service: string;
  readonly metadata: Client<MetadataOperations>;
  readonly registry: Registry;
  readonly watchers: Watchers;
  readonly log: Logger;
}

type Folders = Pick<
  DeviceServiceConfig["Device"],
  "ProfilesDir" | "DevicesDir" | "ProvisionWatchersDir" | "OverwriteProfiles" | "OverwriteDevices"
>;

/**
 * Adds what lies in the configured folders (edgex-device-sdk.md §1 "Folders"): profiles, devices, provision watchers, in
 * this order. What metadata has already stays, unless it is to be overwritten. A file that cannot be read, and an item
 * that metadata refuses, is told and keeps nothing else from being added. Rejects when metadata cannot be asked.
 */
export async function provision(folders: Folders, deps: ProvisionDeps): Promise<void> {
  const { ProfilesDir, DevicesDir, ProvisionWatchersDir } = folders;
  if (ProfilesDir === "" && DevicesDir === "" && ProvisionWatchersDir === "") return;
  // The reader of YAML is large, and most installations have no such folder.
  const { parseDeviceFile, parseProfileFile, parseWatcherFile } = await import("@jx/contracts/files");
  const { log, service, metadata, watchers } = deps;
  for await (const { text, file } of textsOf(ProfilesDir, "profiles", log)) {
    await attempt(file, log, async () => {
      const profile = parseProfileFile(text, { file });
      const stored = await profileIn(metadata, profile.name);
      if (stored === undefined) requireSuccess(await metadata.addProfiles({ body: [{ profile }] }));
      else if (folders.OverwriteProfiles) {
        const body = [{ profile: { ...profile, ...(stored.id === undefined ? {} : { id: stored.id }) } }];
        requireSuccess(await metadata.replaceProfiles({ body }));
      }
    });
  }
  for await (const { text, file } of textsOf(DevicesDir, "devices", log)) {
    await attempt(file, log, () =>
      putDevices(file, parseDeviceFile(text, { file, serviceName: service }), folders.OverwriteDevices, deps),
    );
  }
  for await (const { text, file } of textsOf(ProvisionWatchersDir, "provision watchers", log)) {
    await attempt(file, log, async () => {
      const provisionWatcher = parseWatcherFile(text, { file });
      if (watchers.has(provisionWatcher.name)) return;
      requireSuccess(await metadata.addWatchers({ body: [{ provisionWatcher }] }));
    });
  }
}

async function putDevices(
  file: string,
  devices: readonly Device[],
  overwrite: boolean,
  { metadata, registry, log }: ProvisionDeps,
): Promise<void> {
  const added: Device[] = [];
  const changed: Device[] = [];
  for (const device of devices) {
    const known = registry.get(device.name)?.device;
    if (known === undefined) added.push(device);
    else if (overwrite) {
      const { serviceName, adminState, operatingState } = known;
      changed.push({ ...device, serviceName, adminState, operatingState });
    }
  }
  const tell = (of: readonly Device[], items: readonly ItemResult[] | null): void => {
    for (const [i, { statusCode, message }] of (items ?? []).entries()) {
      if (statusCode >= 300) log.error({ file, device: of[i]?.name, reason: message }, "not taken at the start");
    }
  };
  if (added.length > 0) tell(added, await metadata.addDevices({ body: added.map((device) => ({ device })) }));
  if (changed.length > 0) tell(changed, await metadata.updateDevices({ body: changed.map((device) => ({ device })) }));
}

/** The common configuration of all device services names them, and ours are not started in such a place. */
const EDGEX_FOLDERS: readonly string[] = ["./res/profiles", "./res/devices"];

/** The files of a folder, one after the other; "" is no folder. */
async function* textsOf(
  setting: string,
  what: string,
  log: Logger,
): AsyncGenerator<{ readonly file: string; readonly text: string }> {
  if (setting === "") return;
  try {
    for (const { file, text } of await filesOf(setting)) {
      try {
        yield { file, text: await text() };
      } catch (error) {
        log.error({ file, reason: messageOf(error) }, `a file of ${what} cannot be read`);
      }
    }
  } catch (error) {
    const level =
      EDGEX_FOLDERS.includes(setting) && (error as { code?: unknown }).code === "ENOENT" ? "debug" : "error";
    log[level]({ folder: setting, reason: messageOf(error) }, `the folder of ${what} cannot be read`);
  }
}

/** What is wrong with one file, or what metadata says against it, is told; that metadata cannot be asked goes on up. */
async function attempt(file: string, log: Logger, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isAppError(error, "ContractInvalid") && !(isAppError(error) && error.code === REFUSED)) throw error;
    log.error({ file, reason: messageOf(error) }, "not taken at the start");
  }
}

async function profileIn(metadata: Client<MetadataOperations>, name: string): Promise<DeviceProfile | undefined> {
  try {
    return (await metadata.profileByName({ name })).profile;
  } catch (error) {
    if (isAppError(error, "NotFound")) return undefined;
    throw error;
  }
}
