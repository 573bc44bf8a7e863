import {
  type CallContext,
  checkProfile,
  type DeviceProfile,
  type Handlers,
  type MetadataOperations,
} from "@jx/contracts";
import { AppError } from "@jx/kit";
import { eachItem } from "./bulk.ts";
import { type Core, nowMs } from "./core.ts";
import { checkRoomForProfile } from "./device-rules.ts";
import { page, withLabels } from "./page.ts";
import { profileRecord } from "./records.ts";

type ProfileOperation = "addProfiles" | "replaceProfiles" | "allProfiles" | "profileByName" | "deleteProfile";

export function profileHandlers(core: Core): Pick<Handlers<MetadataOperations>, ProfileOperation> {
  const { profiles } = core.catalog;
  return {
    async addProfiles(input, context) {
      for (const { profile } of input.body) checkProfile(profile);
      return eachItem(input.body, ({ profile }) => addProfile(core, profile, context));
    },
    async replaceProfiles(input, context) {
      if (core.config.current.Writable.ProfileChange.StrictDeviceProfileChanges) {
        const message = "profile change is not allowed when StrictDeviceProfileChanges config is enabled";
        throw new AppError("ServiceLocked", message);
      }
      for (const { profile } of input.body) checkProfile(profile);
      return eachItem(input.body, ({ profile }) => replaceProfile(core, profile, context));
    },
    allProfiles(input) {
      const rows = withLabels(profiles.all(), input.labels);
      const counts = linkedDevices(core);
      const shown = page(rows, input, core.config.current.Service.MaxResultCount);
      return {
        totalCount: rows.length,
        profiles: shown.map((profile) => ({ ...profile, linkedDeviceCount: counts.get(profile.name) ?? 0 })),
      };
    },
    profileByName({ name }) {
      const linkedDeviceCount = linkedDevices(core).get(name) ?? 0;
      return { profile: { ...requireProfile(core, name), linkedDeviceCount } };
    },
    deleteProfile: ({ name }, context) => deleteProfile(core, name, context),
  };
}

function requireProfile(core: Core, name: string): DeviceProfile {
  const profile = core.catalog.profiles.get(name);
  if (profile === undefined) throw new AppError("NotFound", `no device profile with name '${name}' found`);
  return profile;
}

/** profile → how many devices have it. */
function linkedDevices(core: Core): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { profileName } of core.catalog.devices.all()) {
    if (profileName !== undefined) counts.set(profileName, (counts.get(profileName) ?? 0) + 1);
  }
  return counts;
}

function addProfile(
  core: Core,
  request: DeviceProfile,
  { correlationId }: CallContext,
): Promise<{ statusCode: number; id: string }> {
  const { catalog } = core;
  return catalog.exclusive(async () => {
    if (catalog.profiles.get(request.name) !== undefined) {
      throw new AppError("DuplicateName", `device profile name ${request.name} already exists`);
    }
    const id = request.id === undefined || request.id === "" ? core.newId() : request.id;
    if (catalog.profiles.byId(id) !== undefined) {
      throw new AppError("DuplicateName", `device profile id ${id} already exists`);
    }
    const now = nowMs(core);
    const stored = await catalog.put("profile", { ...profileRecord(request), id, created: now, modified: now });
    core.events.profile("add", stored, [], correlationId);
    return { statusCode: 201, id };
  });
}

/** The document is replaced whole: id and created are what the request says, or nothing (edgex-behaviour.md §1.3). */
function replaceProfile(
  core: Core,
  request: DeviceProfile,
  { correlationId }: CallContext,
): Promise<{ statusCode: number }> {
  const { catalog } = core;
  return catalog.exclusive(async () => {
    if (catalog.profiles.get(request.name) === undefined) {
      throw new AppError("NotFound", `device profile '${request.name}' does not exist`);
    }
    const holder = catalog.profiles.byId(request.id ?? "");
    if (holder !== undefined && holder.name !== request.name) {
      throw new AppError("DuplicateName", `device profile id ${request.id} already exists`);
    }
    checkRoomForProfile(catalog, request, core.config.current.Writable);
    const stored = await catalog.put("profile", { ...profileRecord(request), modified: nowMs(core) });
    const users = catalog.devices.all().filter((device) => device.profileName === stored.name);
    core.events.profile(
      "update",
      stored,
      users.map((device) => device.serviceName),
      correlationId,
    );
    return { statusCode: 200 };
  });
}

function deleteProfile(core: Core, name: string, { correlationId }: CallContext): Promise<Record<string, never>> {
  const { catalog } = core;
  if (core.config.current.Writable.ProfileChange.StrictDeviceProfileDeletes) {
    const message = "profile deletion is not allowed when StrictDeviceProfileDeletes config is enabled";
    throw new AppError("ServiceLocked", message);
  }
  return catalog.exclusive(async () => {
    const profile = requireProfile(core, name);
    if (catalog.devices.all().some((device) => device.profileName === name)) {
      throw new AppError("StatusConflict", "fail to delete the device profile when associated device exists");
    }
    if (catalog.watchers.all().some(({ discoveredDevice }) => discoveredDevice.profileName === name)) {
      throw new AppError("StatusConflict", "fail to delete the device profile when associated provisionWatcher exists");
    }
    await catalog.remove("profile", name);
    core.events.profile("delete", profile, [], correlationId);
    return {};
  });
}
