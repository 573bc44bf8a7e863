import { setImmediate as nextTurn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import {
  type Client,
  type Device,
  type DeviceProfile,
  everyRow,
  type ItemResult,
  inTurns,
  kindOfStatus,
  type MetadataOperations,
  type ProvisionWatcher,
  type SystemEvent,
} from "@jx/contracts";
import { AppError, isAppError, messageOf } from "@jx/kit";
import type { Watchers } from "../discovery/watchers.ts";
import type { DriverLog } from "../driver.ts";
import type { Registry } from "./registry.ts";

export interface MetadataOptions {
  readonly service: string;
  /** Whose provision watchers count: those of all instances of the service bear its name without the instance's. */
  readonly watchersOf: string;
  readonly description: string;
  readonly baseAddress: string;
  /** Of the configuration; none leaves those that metadata has. */
  readonly labels: readonly string[];
}

export interface MetadataDeps {
  readonly metadata: Client<MetadataOperations>;
  readonly registry: Registry;
  readonly watchers: Watchers;
  readonly log: DriverLog;
}

/** Keeps the registry equal to core metadata. System events only say what to look at again: metadata is the truth. */
export class MetadataSync {
  readonly #options: MetadataOptions;
  readonly #deps: MetadataDeps;

  constructor(options: MetadataOptions, deps: MetadataDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /**
   * Adds this service, or tells where it is now and its labels. A service that an administrator has locked stays locked,
   * where EdgeX's SDK unlocks it (pkg/service/service.go).
   */
  async register(): Promise<void> {
    const { metadata, log } = this.#deps;
    const { service: name, baseAddress, description } = this.#options;
    const labels = [...this.#options.labels];
    try {
      await metadata.serviceByName({ name });
    } catch (error) {
      if (!isAppError(error, "NotFound")) throw error;
      const body = [{ service: { name, baseAddress, description, adminState: "UNLOCKED" as const, labels } }];
      return requireSuccess(await metadata.addServices({ body }));
    }
    const body = [{ service: { name, baseAddress, ...(labels.length === 0 ? {} : { labels }) } }];
    const answer = await metadata.updateServices({ body });
    try {
      requireSuccess(answer);
    } catch (error) {
      log.warn(
        { reason: messageOf(error) },
        "metadata did not take this service's address; its record stays as it was",
      );
    }
  }

  /** Reads the own state, all own devices, their profiles and watchers; what is no longer in metadata leaves. */
  async load(): Promise<void> {
    const { metadata, registry } = this.#deps;
    await this.#refreshService();
    const found = new Set<string>();
    const profiles = new Map<string, DeviceProfile | undefined>();
    const devices = await everyRow(async (page) => {
      const answer = await metadata.devicesByService({ name: this.#options.service, ...page });
      return { totalCount: answer.totalCount, rows: answer.devices };
    });
    for await (const some of inTurns(devices, nextTurn)) {
      for (const device of some) {
        found.add(device.name);
        const { profileName = "" } = device;
        if (!profiles.has(profileName)) profiles.set(profileName, await this.#profile(profileName));
        registry.putDevice(device, profiles.get(profileName));
      }
    }
    for (const { device } of [...registry.all()]) if (!found.has(device.name)) registry.removeDevice(device.name);
    await this.#loadWatchers();
  }

  async onSystemEvent(event: SystemEvent): Promise<void> {
    const { registry, watchers } = this.#deps;
    const name = (event.details as { readonly name?: unknown } | null)?.name;
    if (typeof name !== "string") return;
    if (event.type === "device" && (event.owner === this.#options.service || registry.get(name) !== undefined)) {
      await this.#refreshDevice(name);
    } else if (event.type === "deviceprofile" && event.action === "update" && registry.profile(name) !== undefined) {
      const profile = await this.#profile(name);
      if (profile !== undefined) registry.putProfile(profile);
    } else if (event.type === "provisionwatcher" && (event.owner === this.#options.watchersOf || watchers.has(name))) {
      await this.#refreshWatcher(name);
    } else if (event.type === "deviceservice" && event.action === "update" && name === this.#options.service) {
      await this.#refreshService();
    }
  }

  async mark(device: string, operatingState: "UP" | "DOWN"): Promise<void> {
    const body = [{ device: { name: device, operatingState } }];
    requireSuccess(await this.#deps.metadata.updateDevices({ body, bypassValidation: "true" }));
  }

  async #refreshService(): Promise<void> {
    const { metadata, registry } = this.#deps;
    const service = await orUndefined(
      metadata.serviceByName({ name: this.#options.service }).then((answer) => answer.service),
    );
    // Without a record, which somebody may have deleted, it stays as it was.
    if (service !== undefined) registry.locked = service.adminState === "LOCKED";
  }

  async #refreshDevice(name: string): Promise<void> {
    const { metadata, registry } = this.#deps;
    const device = await orUndefined(metadata.deviceByName({ name }).then((answer): Device => answer.device));
    if (device === undefined || device.serviceName !== this.#options.service) registry.removeDevice(name);
    else registry.putDevice(device, await this.#profile(device.profileName ?? ""));
  }

  async #loadWatchers(): Promise<void> {
    const { metadata, watchers } = this.#deps;
    const found = new Set<string>();
    const all = await everyRow(async (page) => {
      const answer = await metadata.watchersByService({ name: this.#options.watchersOf, ...page });
      return { totalCount: answer.totalCount, rows: answer.provisionWatchers };
    });
    for (const watcher of all) {
      found.add(watcher.name);
      this.#putWatcher(watcher);
    }
    for (const name of watchers.names()) if (!found.has(name)) watchers.remove(name);
  }

  async #refreshWatcher(name: string): Promise<void> {
    const { metadata, watchers } = this.#deps;
    const watcher = await orUndefined(metadata.watcherByName({ name }).then((answer) => answer.provisionWatcher));
    if (watcher === undefined || watcher.serviceName !== this.#options.watchersOf) watchers.remove(name);
    else this.#putWatcher(watcher);
  }

  #putWatcher(watcher: ProvisionWatcher): void {
    const broken = this.#deps.watchers.put(watcher);
    if (broken.length === 0) return;
    const identifiers = Object.fromEntries(broken.map((name) => [name, watcher.identifiers[name]]));
    this.#deps.log.warn(
      { watcher: watcher.name, identifiers },
      "a provision watcher's pattern is none; it matches nothing",
    );
  }

  /** undefined when metadata has none of this name; the known one when it is the same: then its devices are, too. */
  async #profile(name: string): Promise<DeviceProfile | undefined> {
    if (name === "") return undefined;
    const profile = await orUndefined(this.#deps.metadata.profileByName({ name }).then((answer) => answer.profile));
    const known = this.#deps.registry.profile(name);
    return isDeepStrictEqual(known, profile) ? known : profile;
  }
}

async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isAppError(error, "NotFound")) return undefined;
    throw error;
  }
}

/** The code of what `requireSuccess` throws: metadata was there and said no. */
export const REFUSED = "metadata-refused";

/** Throws what an item of a bulk answer says. */
export function requireSuccess(items: readonly ItemResult[] | null): void {
  for (const { statusCode, message } of items ?? []) {
    if (statusCode >= 300)
      throw new AppError(kindOfStatus(statusCode), message ?? `core-metadata answered ${statusCode}`, {
        code: REFUSED,
      });
  }
}
