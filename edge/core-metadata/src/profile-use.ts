import { AppError } from "@jx/kit";
import type { Core } from "./core.ts";
import type { State } from "./state.ts";

/** @throws AppError ServiceLocked when profiles must not change. */
export function refuseIfStrict({ config }: Core): void {
  if (!config.current.Writable.ProfileChange.StrictDeviceProfileChanges) return;
  const message = "profile change is not allowed when StrictDeviceProfileChanges config is enabled";
  throw new AppError("ServiceLocked", message);
}

/** The services that have a device of the profile. */
export function serviceNames({ devices }: State, profile: string): ReadonlySet<string> {
  if (devices.linked("profile", profile) === 0) return new Set();
  const users = devices.all().filter((device) => device.profileName === profile);
  return new Set(users.map((device) => device.serviceName));
}
