import type {
  CallContext,
  Handlers,
  MetadataOperations,
  ProvisionWatcher,
  UpdateProvisionWatcher,
} from "@jx/contracts";
import { AppError } from "@jx/kit";
import { eachItem } from "./bulk.ts";
import { type Core, nowMs } from "./core.ts";
import { type PageQuery, page, withLabels } from "./page.ts";
import { watcherRecord, withoutStamps } from "./records.ts";

type WatcherOperation =
  | "addWatchers"
  | "updateWatchers"
  | "allWatchers"
  | "watcherByName"
  | "watchersByProfile"
  | "watchersByService"
  | "deleteWatcher";

/** The service's name and the patterns are not checked, as in EdgeX (edgex-behaviour.md §1.4). */
export function watcherHandlers(core: Core): Pick<Handlers<MetadataOperations>, WatcherOperation> {
  const { watchers } = core.catalog;
  const list = (rows: readonly ProvisionWatcher[], query: PageQuery) => ({
    totalCount: rows.length,
    provisionWatchers: page(rows, query, core.config.current.Service.MaxResultCount) as ProvisionWatcher[],
  });
  const where = (fits: (watcher: ProvisionWatcher) => boolean, query: PageQuery) =>
    list(watchers.all().filter(fits), query);
  return {
    addWatchers: (input, context) =>
      eachItem(input.body, ({ provisionWatcher }) => addWatcher(core, provisionWatcher, context)),
    updateWatchers: (input, context) =>
      eachItem(input.body, ({ provisionWatcher }) => updateWatcher(core, provisionWatcher, context)),
    allWatchers: (input) => list(withLabels(watchers.all(), input.labels), input),
    watcherByName: ({ name }) => ({ provisionWatcher: requireWatcher(core, name) }),
    watchersByProfile: (input) => where(({ discoveredDevice }) => discoveredDevice.profileName === input.name, input),
    watchersByService: (input) => where(({ serviceName }) => serviceName === input.name, input),
    deleteWatcher: ({ name }, context) => deleteWatcher(core, name, context),
  };
}

function requireWatcher(core: Core, name: string): ProvisionWatcher {
  const watcher = core.catalog.watchers.get(name);
  if (watcher === undefined) throw new AppError("NotFound", `no provision watcher with name '${name}' found`);
  return watcher;
}

function addWatcher(
  core: Core,
  request: ProvisionWatcher,
  { correlationId }: CallContext,
): Promise<{ statusCode: number; id: string }> {
  const { catalog } = core;
  return catalog.exclusive(async () => {
    const { profileName = "" } = request.discoveredDevice;
    if (profileName !== "" && catalog.profiles.get(profileName) === undefined) {
      throw new AppError("NotFound", `device profile '${profileName}' does not exists`);
    }
    if (catalog.watchers.get(request.name) !== undefined) {
      throw new AppError("DuplicateName", `provision watcher name ${request.name} already exists`);
    }
    const id = request.id === undefined || request.id === "" ? core.newId() : request.id;
    if (catalog.watchers.byId(id) !== undefined) {
      throw new AppError("DuplicateName", `provision watcher id ${id} already exists`);
    }
    const now = nowMs(core);
    const watcher = watcherRecord(withoutStamps(request));
    await catalog.put("watcher", { created: now, modified: now, id, ...watcher });
    core.events.watcher("add", watcher, [watcher.serviceName], correlationId);
    return { statusCode: 201, id };
  });
}

function updateWatcher(
  core: Core,
  patch: UpdateProvisionWatcher,
  { correlationId }: CallContext,
): Promise<{ statusCode: number }> {
  const { catalog } = core;
  return catalog.exclusive(async () => {
    const existing = findWatcher(core, patch.id ?? "", patch.name ?? undefined);
    const { serviceName, labels, identifiers, blockingIdentifiers, adminState, discoveredDevice = {} } = patch;
    const watcher = watcherRecord({
      ...existing,
      ...given({ serviceName, labels, identifiers, blockingIdentifiers, adminState }),
      discoveredDevice: { ...existing.discoveredDevice, ...given(discoveredDevice) },
    });
    await catalog.put("watcher", { ...watcher, modified: nowMs(core) });
    core.events.watcher("update", watcher, [existing.serviceName, watcher.serviceName], correlationId);
    return { statusCode: 200 };
  });
}

/** Absent and null leave a field alone. */
function given<T extends object>(patch: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== null && value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

function findWatcher(core: Core, id: string, name: string | undefined): ProvisionWatcher {
  if (id === "") return requireWatcher(core, name ?? "");
  const watcher = core.catalog.watchers.byId(id);
  if (watcher === undefined) throw new AppError("NotFound", `no provision watcher with id '${id}' found`);
  if (name !== undefined && name !== watcher.name) {
    const message = `provision watcher name '${name}' not match the existing '${watcher.name}' `;
    throw new AppError("ContractInvalid", message);
  }
  return watcher;
}

function deleteWatcher(core: Core, name: string, { correlationId }: CallContext): Promise<Record<string, never>> {
  const { catalog } = core;
  return catalog.exclusive(async () => {
    const watcher = requireWatcher(core, name);
    await catalog.remove("watcher", name);
    core.events.watcher("delete", watcher, [watcher.serviceName], correlationId);
    return {};
  });
}
