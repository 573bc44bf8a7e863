import type {
  CallContext,
  Handlers,
  MetadataOperations,
  PageQuery,
  ProvisionWatcher,
  UpdateProvisionWatcher,
} from "@jx/contracts";
import { AppError } from "@jx/kit";
import { eachItem } from "./bulk.ts";
import { type Core, nowMs } from "./core.ts";
import { findByName, findTarget, freshId } from "./find.ts";
import { page, withLabels } from "./page.ts";
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
  const { catalog } = core;
  const { watchers } = catalog.seen;
  const list = (rows: readonly ProvisionWatcher[], query: PageQuery) => ({
    totalCount: rows.length,
    provisionWatchers: page(rows, query, core.config.current.Service.MaxResultCount) as ProvisionWatcher[],
  });
  const where = (fits: (watcher: ProvisionWatcher) => boolean, query: PageQuery) =>
    list(watchers.all().filter(fits), query);
  return {
    addWatchers: (input, context) =>
      eachItem(catalog, input.body, ({ provisionWatcher }) => addWatcher(core, provisionWatcher, context)),
    updateWatchers: (input, context) =>
      eachItem(catalog, input.body, ({ provisionWatcher }) => updateWatcher(core, provisionWatcher, context)),
    allWatchers: (input) => list(withLabels(watchers.all(), input.labels), input),
    watcherByName: ({ name }) => ({ provisionWatcher: findByName(watchers, "provision watcher", name) }),
    watchersByProfile: (input) => where(({ discoveredDevice }) => discoveredDevice.profileName === input.name, input),
    watchersByService: (input) => where(({ serviceName }) => serviceName === input.name, input),
    deleteWatcher: ({ name }, context) => deleteWatcher(core, name, context),
  };
}

function addWatcher(
  core: Core,
  request: ProvisionWatcher,
  { correlationId }: CallContext,
): { statusCode: number; id: string } {
  const { catalog, events } = core;
  const { watchers, profiles } = catalog.draft;
  const { profileName = "" } = request.discoveredDevice;
  if (profileName !== "" && profiles.get(profileName) === undefined) {
    throw new AppError("NotFound", `device profile '${profileName}' does not exists`);
  }
  if (watchers.get(request.name) !== undefined) {
    throw new AppError("DuplicateName", `provision watcher name ${request.name} already exists`);
  }
  const id = freshId(watchers, "provision watcher", request.id, core.newId);
  const now = nowMs(core);
  const watcher = watcherRecord(withoutStamps(request));
  catalog.put("watcher", { created: now, modified: now, id, ...watcher }, () =>
    events.watcher("add", watcher, [watcher.serviceName], correlationId),
  );
  return { statusCode: 201, id };
}

function updateWatcher(
  core: Core,
  patch: UpdateProvisionWatcher,
  { correlationId }: CallContext,
): { statusCode: number } {
  const { catalog, events } = core;
  const existing = findTarget(catalog.draft.watchers, "provision watcher", patch);
  const { serviceName, labels, identifiers, blockingIdentifiers, adminState, discoveredDevice = {} } = patch;
  const watcher = watcherRecord({
    ...existing,
    ...given({ serviceName, labels, identifiers, blockingIdentifiers, adminState }),
    discoveredDevice: { ...existing.discoveredDevice, ...given(discoveredDevice) },
  });
  catalog.put("watcher", { ...watcher, modified: nowMs(core) }, () =>
    events.watcher("update", watcher, [existing.serviceName, watcher.serviceName], correlationId),
  );
  return { statusCode: 200 };
}

/** Absent and null leave a field alone. */
function given<T extends object>(patch: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== null && value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

async function deleteWatcher(core: Core, name: string, { correlationId }: CallContext): Promise<Record<string, never>> {
  const { catalog, events } = core;
  const watcher = findByName(catalog.draft.watchers, "provision watcher", name);
  catalog.remove("watcher", name, () => events.watcher("delete", watcher, [watcher.serviceName], correlationId));
  await catalog.synced();
  return {};
}
