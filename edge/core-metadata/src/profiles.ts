import {
  badProfileFile,
  type CallContext,
  checkProfile,
  DeviceProfile,
  type Handlers,
  type MetadataOperations,
  pathText,
  problemsOf,
  profileProblem,
} from "@jx/contracts";
import { AppError } from "@jx/kit";
import { eachItem } from "./bulk.ts";
import { type Core, nowMs } from "./core.ts";
import { checkRoomForProfile } from "./device-rules.ts";
import { findByName, freshId } from "./find.ts";
import { refuseIfStrict, serviceNames } from "./profile-use.ts";
import { profileRecord } from "./records.ts";
import { checkUnits } from "./units.ts";

type ProfileOperation =
  | "addProfiles"
  | "replaceProfiles"
  | "uploadProfile"
  | "replaceProfileByUpload"
  | "deleteProfile";

/** Whole profiles; parts of them: profile-changes.ts; lists: profile-lists.ts. */
export function profileHandlers(core: Core): Pick<Handlers<MetadataOperations>, ProfileOperation> {
  const { catalog } = core;
  const admit = (): void => refuseIfStrict(core);
  const replaceProfiles: Handlers<MetadataOperations>["replaceProfiles"] = async (input, context) => {
    for (const { profile } of input.body) checkProfile(profile);
    return eachItem(catalog, input.body, ({ profile }) => replaceProfile(core, profile, context));
  };
  const replaceProfileByUpload: Handlers<MetadataOperations>["replaceProfileByUpload"] = async (input, context) => {
    checkUpload(input.body);
    replaceProfile(core, input.body, context);
    await catalog.synced();
    return {};
  };
  return {
    async addProfiles(input, context) {
      for (const { profile } of input.body) checkProfile(profile);
      return eachItem(catalog, input.body, ({ profile }) => addProfile(core, profile, context));
    },
    replaceProfiles: Object.assign(replaceProfiles, { admit }),
    async uploadProfile(input, context) {
      checkUpload(input.body);
      const { id } = addProfile(core, input.body, context);
      await catalog.synced();
      return { id };
    },
    replaceProfileByUpload: Object.assign(replaceProfileByUpload, { admit }),
    deleteProfile: ({ name }, context) => deleteProfile(core, name, context),
  };
}

/** A file that came over HTTP was checked as it was read; a caller in the process may pass anything. */
function checkUpload(profile: DeviceProfile): void {
  const [first] = problemsOf(DeviceProfile, profile);
  if (first !== undefined) throw badProfileFile(`${pathText(first.at)} ${first.want}`);
  const problem = profileProblem(profile);
  if (problem !== undefined) throw badProfileFile(problem.message);
}

function addProfile(
  core: Core,
  request: DeviceProfile,
  { correlationId }: CallContext,
): { statusCode: number; id: string } {
  const { catalog, config, events } = core;
  const { profiles } = catalog.draft;
  if (config.current.Writable.UoM.Validation) checkUnits(core.units, request.deviceResources ?? []);
  if (profiles.get(request.name) !== undefined) {
    throw new AppError("DuplicateName", `device profile name ${request.name} already exists`);
  }
  const id = freshId(profiles, "device profile", request.id, core.newId);
  const now = nowMs(core);
  catalog.put("profile", { ...profileRecord(request), id, created: now, modified: now }, (stored) =>
    events.profile("add", stored, [], correlationId),
  );
  return { statusCode: 201, id };
}

/** The document is replaced whole: id and created are what the request says, or nothing (edgex-behaviour.md §1.3). */
function replaceProfile(core: Core, request: DeviceProfile, { correlationId }: CallContext): { statusCode: number } {
  const { catalog, config, events } = core;
  const { draft } = catalog;
  if (config.current.Writable.UoM.Validation) checkUnits(core.units, request.deviceResources ?? []);
  checkRoomForProfile(draft, request, config.current.Writable);
  if (draft.profiles.get(request.name) === undefined) {
    throw new AppError("NotFound", `device profile '${request.name}' does not exist`);
  }
  const holder = draft.profiles.byId(request.id ?? "");
  if (holder !== undefined && holder.name !== request.name) {
    throw new AppError("DuplicateName", `device profile id ${request.id} already exists`);
  }
  catalog.put("profile", { ...profileRecord(request), modified: nowMs(core) }, (stored) =>
    events.profile("update", stored, serviceNames(catalog.seen, stored.name), correlationId),
  );
  return { statusCode: 200 };
}

async function deleteProfile(core: Core, name: string, { correlationId }: CallContext): Promise<Record<string, never>> {
  const { catalog, config, events } = core;
  if (config.current.Writable.ProfileChange.StrictDeviceProfileDeletes) {
    const message = "profile deletion is not allowed when StrictDeviceProfileDeletes config is enabled";
    throw new AppError("ServiceLocked", message);
  }
  const { profiles, devices, watchers } = catalog.draft;
  const profile = findByName(profiles, "device profile", name);
  if (devices.linked("profile", name) > 0) {
    throw new AppError("StatusConflict", "fail to delete the device profile when associated device exists");
  }
  if (watchers.linked("profile", name) > 0) {
    throw new AppError("StatusConflict", "fail to delete the device profile when associated provisionWatcher exists");
  }
  catalog.remove("profile", name, () => events.profile("delete", profile, [], correlationId));
  await catalog.synced();
  return {};
}
