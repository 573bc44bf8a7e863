import type { Device, DeviceProfile, ItemResult } from "@jx/contracts";
import { isAppError } from "@jx/kit";
import type { Edge } from "./edge-client.ts";
import { problem } from "./problem.ts";

export type Outcome = "created" | "updated" | "unchanged";

export interface Applied {
  readonly profiles: ReadonlyMap<string, Outcome>;
  readonly devices: ReadonlyMap<string, Outcome>;
}

export interface ApplyOptions {
  /** What is there already and is not the same: change it, or refuse everything before anything is written. */
  mayChange(existing: DeviceProfile | Device): boolean;
  /** What helps a person whose name is taken. */
  readonly advice: { readonly zh: string; readonly en: string };
}

/** Brings profiles and devices into metadata, profiles first. Looks at everything before it writes anything. */
export async function apply(
  edge: Edge,
  wanted: { readonly profiles: readonly DeviceProfile[]; readonly devices: readonly Device[] },
  options: ApplyOptions,
): Promise<Applied> {
  const oldProfiles = await existing(
    wanted.profiles,
    async (name) => (await edge.metadata.profileByName({ name })).profile,
  );
  const oldDevices = await existing(
    wanted.devices,
    async (name) => (await edge.metadata.deviceByName({ name })).device,
  );
  for (const old of [...oldProfiles.values(), ...oldDevices.values()]) {
    const next = [...wanted.profiles, ...wanted.devices].find(({ name }) => name === old.name);
    if (next !== undefined && !options.mayChange(old) && !covers(old, next)) throw taken(old, options);
  }
  const profiles = new Map<string, Outcome>();
  for (const profile of wanted.profiles) {
    const old = oldProfiles.get(profile.name);
    profiles.set(profile.name, old === undefined ? "created" : covers(old, profile) ? "unchanged" : "updated");
    if (old === undefined)
      accept(profile.name, profiles.size, await edge.metadata.addProfiles({ body: [{ profile }] }));
    else if (!covers(old, profile)) {
      const kept = {
        ...(old.id === undefined ? {} : { id: old.id }),
        ...(old.created === undefined ? {} : { created: old.created }),
      };
      accept(
        profile.name,
        profiles.size,
        await edge.metadata.replaceProfiles({ body: [{ profile: { ...profile, ...kept } }] }),
      );
    }
  }
  const devices = new Map<string, Outcome>();
  for (const device of wanted.devices) {
    const old = oldDevices.get(device.name);
    devices.set(device.name, old === undefined ? "created" : covers(old, device) ? "unchanged" : "updated");
    if (old === undefined)
      accept(device.name, profiles.size + devices.size, await edge.metadata.addDevices({ body: [{ device }] }));
    else if (!covers(old, device)) {
      // Its states are the operator's: a locked device stays locked.
      const { adminState: _admin, operatingState: _operating, ...change } = device;
      accept(
        device.name,
        profiles.size + devices.size,
        await edge.metadata.updateDevices({ body: [{ device: change }] }),
      );
    }
  }
  return { profiles, devices };
}

async function existing<T extends { readonly name: string }>(
  wanted: readonly T[],
  get: (name: string) => Promise<T>,
): Promise<Map<string, T>> {
  const found = new Map<string, T>();
  for (const { name } of wanted) {
    try {
      found.set(name, await get(name));
    } catch (error) {
      if (!isAppError(error, "NotFound")) throw error;
    }
  }
  return found;
}

function taken(old: DeviceProfile | Device, { advice }: ApplyOptions): Error {
  const device = "protocols" in old;
  return problem(
    "failed",
    `${device ? "设备" : "模型"} "${old.name}" 已存在；${advice.zh}。什么也没有写入。`,
    `${device ? "device" : "profile"} "${old.name}" is there already; ${advice.en}. Nothing was written.`,
  );
}

/** @throws AppError failed with the edge's own words, and whether something was written before */
function accept(name: string, place: number, items: readonly ItemResult[]): void {
  for (const { statusCode, message } of items) {
    if (statusCode < 400) continue;
    const zh = place > 1 ? "；此前的已写入，改正后可再次运行" : "";
    const en = place > 1 ? "; what came before it is written, run this again once it is mended" : "";
    throw problem("failed", `"${name}" 被拒绝：${message}${zh}`, `"${name}" was refused: ${message}${en}`);
  }
}

const STATES = new Set([
  "id",
  "created",
  "modified",
  "adminState",
  "operatingState",
  "linkedDeviceCount",
  "apiVersion",
]);

/** Whether what is stored says the same as what is wanted; empty values count as absent, as on Go's wire. */
export function covers(stored: unknown, wanted: unknown): boolean {
  return canonical(stored, true) === canonical(wanted, true);
}

function canonical(value: unknown, top: boolean): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, false)).join(",")}]`;
  if (typeof value !== "object" || value === null)
    return JSON.stringify(typeof value === "bigint" ? String(value) : value) ?? "null";
  const entries = Object.entries(value)
    .filter(([key, inner]) => !(top && STATES.has(key)) && !isEmpty(key, inner))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner, false)}`).join(",")}}`;
}

/** Empty is absent on Go's wire; and core-metadata prints an auto event's zero values where nothing was said. */
function isEmpty(key: string, value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === false) return true;
  if (key === "onChangeThreshold") return value === 0;
  if (typeof value !== "object") return false;
  if (key === "retention") return Object.values(value).every((inner) => inner === 0 || inner === "");
  return Object.keys(value).length === 0;
}
