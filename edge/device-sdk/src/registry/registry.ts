import { isDeepStrictEqual } from "node:util";
import type { Device, DeviceProfile } from "@jx/contracts";
import type { AnyDriver } from "../driver.ts";
import { type BoundDevice, bindDevice } from "./bind.ts";

/** Told after each change: the device as it is now, undefined when it is gone. */
export type DeviceListener = (name: string, bound: BoundDevice | undefined) => void;

/** The devices this service owns, and their profiles. The only place that changes them. */
export class Registry implements Disposable {
  readonly #drivers: readonly AnyDriver[];
  readonly #onDevice: DeviceListener;
  readonly #devices = new Map<string, BoundDevice>();
  readonly #profiles = new Map<string, DeviceProfile>();
  #ended = false;
  /** AdminState of the service itself. */
  locked = false;

  constructor(drivers: readonly AnyDriver[], onDevice: DeviceListener) {
    this.#drivers = drivers;
    this.#onDevice = onDevice;
  }

  get(name: string): BoundDevice | undefined {
    return this.#devices.get(name);
  }

  all(): Iterable<BoundDevice> {
    return this.#devices.values();
  }

  profile(name: string): DeviceProfile | undefined {
    return this.#profiles.get(name);
  }

  /** An answer of metadata may come later still: it starts nothing any more. */
  [Symbol.dispose](): void {
    this.#ended = true;
  }

  /** One that is as before stays as it is: nothing of it is told, restarted or subscribed anew. */
  putDevice(device: Device, profile: DeviceProfile | undefined): void {
    if (this.#ended) return;
    const known = this.#devices.get(device.name);
    if (known !== undefined && isDeepStrictEqual([known.device, known.profile], [device, profile])) return;
    const before = known?.device.profileName;
    if (profile !== undefined) this.#profiles.set(profile.name, profile);
    const bound = bindDevice(device, profile, this.#drivers);
    this.#devices.set(device.name, bound);
    if (before !== device.profileName) this.#dropUnused(before);
    this.#onDevice(device.name, bound);
  }

  removeDevice(name: string): void {
    const bound = this.#devices.get(name);
    if (bound === undefined) return;
    this.#devices.delete(name);
    this.#dropUnused(bound.device.profileName);
    this.#onDevice(name, undefined);
  }

  /** Replaces a profile that a device uses; others are of no interest. */
  putProfile(profile: DeviceProfile): void {
    if (!this.#profiles.has(profile.name)) return;
    for (const { device } of [...this.#devices.values()]) {
      if (device.profileName === profile.name) this.putDevice(device, profile);
    }
  }

  #dropUnused(profileName: string | undefined): void {
    if (profileName === undefined) return;
    for (const { device } of this.#devices.values()) if (device.profileName === profileName) return;
    this.#profiles.delete(profileName);
  }
}
