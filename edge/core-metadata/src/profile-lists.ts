import type { DeviceProfile, Handlers, MetadataOperations, PageQuery, ProfileBasicInfo } from "@jx/contracts";
import { AppError } from "@jx/kit";
import type { Core } from "./core.ts";
import { findByName } from "./find.ts";
import { page, withLabels } from "./page.ts";

type ListOperation =
  | "allProfiles"
  | "allProfileBasicInfos"
  | "profileByName"
  | "profilesByModel"
  | "profilesByManufacturer"
  | "profilesByManufacturerAndModel"
  | "resourceByName";

/** linkedDeviceCount is right by name and in the lists of all, 0 elsewhere (edgex-behaviour.md §1.1). */
export function profileListHandlers(core: Core): Pick<Handlers<MetadataOperations>, ListOperation> {
  const { profiles, devices } = core.catalog.seen;
  const cut = <T>(rows: readonly T[], query: PageQuery) =>
    page(rows, query, core.config.current.Service.MaxResultCount);
  const counted = <T extends { readonly name: string }>(profile: T) => ({
    ...profile,
    linkedDeviceCount: devices.linked("profile", profile.name),
  });
  const where = (fits: (profile: DeviceProfile) => boolean, query: PageQuery) => {
    const rows = profiles.all().filter(fits);
    return { totalCount: rows.length, profiles: cut(rows, query).map((row) => ({ ...row, linkedDeviceCount: 0 })) };
  };
  return {
    allProfiles(input) {
      const rows = withLabels(profiles.all(), input.labels);
      return { totalCount: rows.length, profiles: cut(rows, input).map(counted) };
    },
    allProfileBasicInfos(input) {
      const rows = withLabels(profiles.all(), input.labels);
      return { totalCount: rows.length, profiles: cut(rows, input).map(basicInfo).map(counted) };
    },
    profileByName: ({ name }) => ({ profile: counted(findByName(profiles, "device profile", name)) }),
    profilesByModel: (input) => where(({ model }) => model === input.model, input),
    profilesByManufacturer: (input) => where(({ manufacturer }) => manufacturer === input.manufacturer, input),
    profilesByManufacturerAndModel: (input) =>
      where(({ manufacturer, model }) => manufacturer === input.manufacturer && model === input.model, input),
    resourceByName({ profileName, resourceName }) {
      const { deviceResources = [] } = findByName(profiles, "device profile", profileName);
      const resource = deviceResources.find(({ name }) => name === resourceName);
      if (resource === undefined) throw new AppError("NotFound", `resource ${resourceName} not exists`);
      return { resource };
    },
  };
}

function basicInfo({
  deviceResources: _r,
  deviceCommands: _c,
  apiVersion: _v,
  ...info
}: DeviceProfile): ProfileBasicInfo {
  return info;
}
