import { type Client, dataOperations, everyRow, keeperOperations, metadataOperations, type Table } from "@jx/contracts";
import { isAppError } from "@jx/kit";
import { ORIGIN, SPREAD } from "./data/fixture.ts";

export interface SweepDeps {
  /** undefined: the service is not there, and nothing of it is swept. */
  client<T extends Table>(service: string, table: T): Client<T> | undefined;
}

/**
 * Deletes what contract steps made under `prefix` and left behind, and nothing else: each name is held against the
 * prefix before its deletion. Returns what was deleted, as "device jx-conform-1-x".
 */
export async function sweep(prefix: string, { client }: SweepDeps): Promise<string[]> {
  const gone: string[] = [];
  const remove = async (kind: string, names: readonly string[], drop: (name: string) => Promise<unknown>) => {
    for (const name of names.filter((each) => each.startsWith(prefix))) {
      if (await happened(drop(name))) gone.push(`${kind} ${name}`);
    }
  };
  const metadata = client("core-metadata", metadataOperations);
  if (metadata !== undefined) {
    // In this order: what is in use cannot go, and children go before their parents.
    const devices = await everyRow(async (page) => {
      const { totalCount, devices: rows } = await metadata.allDevices(page);
      return { totalCount, rows };
    });
    await remove("device", children(devices), (name) => metadata.deleteDevice({ name }));
    const watchers = await everyRow(async (page) => {
      const { totalCount, provisionWatchers: rows } = await metadata.allWatchers(page);
      return { totalCount, rows };
    });
    await remove("provision watcher", namesOf(watchers), (name) => metadata.deleteWatcher({ name }));
    const profiles = await everyRow(async (page) => {
      const { totalCount, profiles: rows } = await metadata.allProfiles(page);
      return { totalCount, rows };
    });
    await remove("profile", namesOf(profiles), (name) => metadata.deleteProfile({ name }));
    const services = await everyRow(async (page) => {
      const { totalCount, services: rows } = await metadata.allServices(page);
      return { totalCount, rows };
    });
    await remove("device service", namesOf(services), (name) => metadata.deleteService({ name }));
  }
  const data = client("core-data", dataOperations);
  if (data !== undefined) {
    const range = { start: ORIGIN, end: ORIGIN + SPREAD };
    const events = await everyPage(async (page) => (await data.eventsByRange({ ...range, ...page })).events);
    const devices = [...new Set(events.map(({ deviceName }) => deviceName))];
    await remove("events of device", devices, (name) => data.deleteEventsByDevice({ name }));
  }
  const keeper = client("core-keeper", keeperOperations);
  if (keeper !== undefined) {
    const { registrations } = await keeper.allRegistrations({ deregistered: true });
    const ids = registrations.map(({ serviceId }) => serviceId);
    await remove("registration", ids, (serviceId) => keeper.deregister({ serviceId }));
    const keys = await keysUnder(prefix, keeper);
    await remove("key", keys, (key) => keeper.deleteKey({ key }));
  }
  return gone;
}

/** A run may be swept twice at once: what is gone already is not counted. */
async function happened(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (isAppError(error, "NotFound")) return false;
    throw error;
  }
}

async function keysUnder(prefix: string, keeper: Client<typeof keeperOperations>): Promise<readonly string[]> {
  try {
    return (await keeper.getKey({ key: prefix, keyOnly: true })).response as readonly string[];
  } catch (error) {
    if (isAppError(error, "NotFound")) return [];
    throw error;
  }
}

const PAGE = 100;

/** Of events, which have no names. */
async function everyPage<T>(list: (page: { offset: number; limit: number }) => Promise<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for (;;) {
    const page = await list({ offset: all.length, limit: PAGE });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

function namesOf(items: readonly { readonly name: string }[]): string[] {
  return items.map(({ name }) => name);
}

/** Names, deepest first. A loop of parents ends where it began. */
function children(devices: readonly { readonly name: string; readonly parent?: string }[]): string[] {
  const parentOf = new Map(devices.map(({ name, parent }) => [name, parent]));
  const depth = (name: string): number => {
    const path = new Set<string>();
    for (let at: string | undefined = name; at !== undefined && !path.has(at); at = parentOf.get(at)) path.add(at);
    return path.size;
  };
  return namesOf(devices)
    .map((name) => [name, depth(name)] as const)
    .sort(([, a], [, b]) => b - a)
    .map(([name]) => name);
}
