import {
  type CallContext,
  checkProfile,
  type DeviceCommand,
  type DeviceProfile,
  type DeviceResource,
  type Handlers,
  type MetadataOperations,
  type UpdateTags,
} from "@jx/contracts";
import { AppError } from "@jx/kit";
import { eachItem } from "./bulk.ts";
import { type Core, nowMs } from "./core.ts";
import { checkRoomForResource } from "./device-rules.ts";
import { findByName, findTarget } from "./find.ts";
import { refuseIfStrict, serviceNames } from "./profile-use.ts";
import { commandRecord, profileHead, resourceRecord } from "./records.ts";
import { mergeTags } from "./tags.ts";
import { checkUnits } from "./units.ts";

type ChangeOperation =
  | "updateProfileBasicInfos"
  | "mergeProfileTags"
  | "addResources"
  | "updateResources"
  | "deleteResource"
  | "addCommands"
  | "updateCommands"
  | "deleteCommand";

/** Parts of a profile. What is added or hidden may be so while devices use it; nothing is taken from them. */
export function profileChangeHandlers(core: Core): Pick<Handlers<MetadataOperations>, ChangeOperation> {
  const { catalog } = core;
  const named = (name: string): DeviceProfile => findByName(catalog.draft.profiles, "device profile", name);
  return {
    updateProfileBasicInfos: (input, context) =>
      eachItem(catalog, input.body, ({ basicinfo }) => {
        const profile = findTarget(catalog.draft.profiles, "device profile", basicinfo);
        const { manufacturer, description, model, labels } = basicinfo;
        change(core, profileHead(profile, { manufacturer, description, model, labels }), context);
        return { statusCode: 200 };
      }),
    async mergeProfileTags({ name, body }, context) {
      const profile = named(name);
      const deviceResources = withTags(profile.deviceResources, body.deviceResources);
      const deviceCommands = withTags(profile.deviceCommands, body.deviceCommands);
      change(core, { ...profile, deviceResources, deviceCommands }, context);
      await catalog.synced();
      return {};
    },
    addResources: (input, context) =>
      eachItem(catalog, input.body, ({ profileName, resource }) => {
        addResource(core, named(profileName), resource, context);
        return { statusCode: 201 };
      }),
    updateResources: (input, context) =>
      eachItem(catalog, input.body, ({ profileName, resource: { name, description, isHidden } }) => {
        const profile = named(profileName);
        const patch = { ...given("description", description), ...given("isHidden", isHidden) };
        const deviceResources = replaced(profile.deviceResources, name, "device resource", (old) =>
          resourceRecord({ ...old, ...patch }),
        );
        change(core, { ...profile, deviceResources }, context);
        return { statusCode: 200 };
      }),
    async deleteResource({ name, resourceName }, context) {
      const profile = unused(core, name);
      const deviceResources = without(profile.deviceResources, resourceName, "device resource");
      const changed = { ...profile, deviceResources };
      checkProfile(changed);
      change(core, changed, context);
      await catalog.synced();
      return {};
    },
    addCommands: (input, context) =>
      eachItem(catalog, input.body, ({ profileName, deviceCommand }) => {
        const profile = named(profileName);
        const deviceCommands = [...(profile.deviceCommands ?? []), commandRecord(deviceCommand)];
        const changed = { ...profile, deviceCommands };
        checkProfile(changed);
        change(core, changed, context);
        return { statusCode: 201 };
      }),
    updateCommands: (input, context) =>
      eachItem(catalog, input.body, ({ profileName, deviceCommand: { name, isHidden } }) => {
        const profile = named(profileName);
        const deviceCommands = replaced(profile.deviceCommands, name, "device command", (old) => ({
          ...old,
          ...given("isHidden", isHidden),
        }));
        change(core, { ...profile, deviceCommands }, context);
        return { statusCode: 200 };
      }),
    async deleteCommand({ name, commandName }, context) {
      const profile = unused(core, name);
      const deviceCommands = without(profile.deviceCommands, commandName, "device command");
      change(core, { ...profile, deviceCommands }, context);
      await catalog.synced();
      return {};
    },
  };
}

/** Stages the profile; its event still carries the previous "modified", as EdgeX's does. */
function change(core: Core, profile: DeviceProfile, { correlationId }: CallContext): void {
  const { catalog, events } = core;
  catalog.put("profile", { ...profile, modified: nowMs(core) }, () =>
    events.profile("update", profile, serviceNames(catalog.seen, profile.name), correlationId),
  );
}

function addResource(core: Core, profile: DeviceProfile, resource: DeviceResource, context: CallContext): void {
  const { Writable } = core.config.current;
  if (Writable.UoM.Validation) checkUnits(core.units, [resource]);
  checkRoomForResource(core.catalog.draft, profile, resource.name, Writable);
  const changed = { ...profile, deviceResources: [...(profile.deviceResources ?? []), resourceRecord(resource)] };
  checkProfile(changed);
  change(core, changed, context);
}

/** A profile that something may be taken from. @throws AppError ServiceLocked, StatusConflict, NotFound, in EdgeX's order */
function unused(core: Core, name: string): DeviceProfile {
  refuseIfStrict(core);
  const { devices, profiles } = core.catalog.draft;
  if (devices.linked("profile", name) > 0) {
    throw new AppError("StatusConflict", "fail to update the device profile when associated device exists");
  }
  return findByName(profiles, "device profile", name);
}

type Part = DeviceResource | DeviceCommand;

function indexOf(parts: readonly Part[], name: string, noun: string): number {
  const at = parts.findIndex((part) => part.name === name);
  if (at < 0) throw new AppError("NotFound", `${noun} not found`);
  return at;
}

function without<P extends Part>(parts: readonly P[] = [], name: string, noun: string): P[] {
  return parts.toSpliced(indexOf(parts, name, noun), 1);
}

function replaced<P extends Part>(parts: readonly P[] = [], name: string, noun: string, by: (old: P) => P): P[] {
  const at = indexOf(parts, name, noun);
  return parts.map((part, i) => (i === at ? by(part) : part));
}

/** Names that are not there are ignored, as in EdgeX. */
function withTags<P extends Part>(parts: readonly P[] = [], updates: readonly UpdateTags[] = []): P[] {
  const tagsOf = new Map(updates.map(({ name, tags }) => [name, tags]));
  return parts.map((part) => {
    const tags = tagsOf.get(part.name);
    return tags === undefined ? part : { ...part, tags: mergeTags(part.tags ?? {}, tags) };
  });
}

/** Absent and null leave a field alone. */
function given<K extends string, V>(key: K, value: V | null | undefined): { [P in K]?: V } {
  return (value === undefined || value === null ? {} : { [key]: value }) as { [P in K]?: V };
}
