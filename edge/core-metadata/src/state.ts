import type { Device, DeviceProfile, DeviceService, ProvisionWatcher } from "@jx/contracts";
import { Collection } from "./collection.ts";
import type { Kind } from "./store/document-store.ts";

/** The records of each kind. */
export interface Records {
  readonly service: DeviceService;
  readonly profile: DeviceProfile;
  readonly device: Device;
  readonly watcher: ProvisionWatcher;
}

/** Everything core metadata knows. */
export class State {
  readonly services = new Collection<DeviceService>({});
  readonly profiles = new Collection<DeviceProfile>({});
  readonly devices = new Collection<Device, "service" | "profile" | "parent">({
    service: (device) => device.serviceName,
    profile: (device) => device.profileName,
    parent: (device) => device.parent,
  });
  readonly watchers = new Collection<ProvisionWatcher, "service" | "profile">({
    service: (watcher) => watcher.serviceName,
    profile: (watcher) => watcher.discoveredDevice.profileName,
  });

  of<K extends Kind>(kind: K): Pick<Collection<Records[K]>, "put" | "remove"> {
    const { services, profiles, devices, watchers } = this;
    const collections = { service: services, profile: profiles, device: devices, watcher: watchers };
    return collections[kind] as unknown as Collection<Records[K]>;
  }

  become(other: State): void {
    this.services.become(other.services);
    this.profiles.become(other.profiles);
    this.devices.become(other.devices);
    this.watchers.become(other.watchers);
  }
}
