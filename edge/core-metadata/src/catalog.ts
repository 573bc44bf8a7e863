import {
  type Device,
  type DeviceProfile,
  type DeviceService,
  type ProvisionWatcher,
  parseJson,
  stringifyJson,
} from "@jx/contracts";
import { Collection } from "./collection.ts";
import type { DocumentStore, Kind } from "./store/document-store.ts";

interface Records {
  readonly service: DeviceService;
  readonly profile: DeviceProfile;
  readonly device: Device;
  readonly watcher: ProvisionWatcher;
}

/**
 * The state of core metadata: a snapshot in memory over a durable store. A change is synced to the disk first and seen
 * in memory afterwards, so nobody reads what a power cut could take back.
 */
export class Catalog {
  readonly services = new Collection<DeviceService>();
  readonly profiles = new Collection<DeviceProfile>();
  readonly devices = new Collection<Device>();
  readonly watchers = new Collection<ProvisionWatcher>();
  readonly #store: DocumentStore;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(store: DocumentStore) {
    this.#store = store;
  }

  static async load(store: DocumentStore): Promise<Catalog> {
    const catalog = new Catalog(store);
    for (const row of await store.load()) catalog.#of(row.kind).put(readRecord(row.content));
    return catalog;
  }

  /** Runs one change at a time: what it checked still holds when it commits. */
  exclusive<T>(change: () => Promise<T>): Promise<T> {
    const run = this.#last.then(change, change);
    this.#last = run.catch(() => undefined);
    return run;
  }

  /** Call inside `exclusive`. Returns the record as stored. @throws AppError Storage, and then nothing has changed. */
  async put<K extends Kind>(kind: K, record: Records[K]): Promise<Records[K]> {
    const content = stringifyJson(record);
    await this.#store.apply([{ kind, name: record.name, content }]);
    const stored = readRecord<Records[K]>(content);
    this.#of(kind).put(stored);
    return stored;
  }

  /** Call inside `exclusive`. */
  async remove(kind: Kind, name: string): Promise<void> {
    await this.#store.apply([{ kind, name, content: undefined }]);
    this.#of(kind).remove(name);
  }

  #of<K extends Kind>(kind: K): Collection<Records[K]> {
    const { services, profiles, devices, watchers } = this;
    const collections = { service: services, profile: profiles, device: devices, watcher: watchers };
    return collections[kind] as unknown as Collection<Records[K]>;
  }
}

/** A copy of its own, frozen: callers in the same process get the snapshot's objects themselves. */
function readRecord<T>(content: string): T {
  return deepFreeze(parseJson(content)) as T;
}

function deepFreeze(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
