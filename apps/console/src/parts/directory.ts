import type { Device, DeviceProfile } from "@jx/contracts";
import { everyRow } from "@jx/contracts/every-row";
import { useEffect, useState } from "react";
import { ApiError, call, path } from "../model/api.ts";
import { useLive } from "./live.tsx";

/** An import adds hundreds of devices, with a message each: ask once they have settled, ms. */
const SETTLE_MS = 300;

export interface Loaded<T> {
  readonly value: T | undefined;
  readonly error: string | undefined;
  /** Not known yet; while it is asked again the old answer stands. */
  readonly loading: boolean;
}

/** Every device, asked again when the edge says that metadata changed. */
export function useDevices(): Loaded<readonly Device[]> {
  const version = useLive((state) => `${state.sessions}.${state.metadataVersion}`);
  return useLoaded("devices", version, allDevices);
}

/** The profile of a device. */
export function useProfile(name: string | undefined): Loaded<DeviceProfile | undefined> {
  const version = useLive((state) => `${state.sessions}.${state.metadataVersion}`);
  return useLoaded(name ?? "", version, async (signal) => {
    if (name === undefined || name === "") return undefined;
    const { profile } = await call<{ profile: DeviceProfile }>(path("/core-metadata/api/v3/deviceprofile/name", name), {
      signal,
    });
    return profile;
  });
}

async function allDevices(signal: AbortSignal): Promise<readonly Device[]> {
  const all = await everyRow(async ({ offset, limit }) => {
    const { totalCount, devices } = await call<{ totalCount: number; devices: readonly Device[] }>(
      `/core-metadata/api/v3/device/all?offset=${offset}&limit=${limit}`,
      { signal },
    );
    return { totalCount, rows: devices };
  });
  return all.toSorted((a, b) => a.name.localeCompare(b.name, "zh-CN", { numeric: true }));
}

const UNKNOWN = { value: undefined, error: undefined, loading: true } as const;

/** `key` says what is loaded; another `version` asks again and keeps the old answer until the new one is there. */
function useLoaded<T>(key: string, version: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<Loaded<T> & { readonly key: string }>({ key, ...UNKNOWN });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `load` is a new function each time; key and version say when to ask
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(
      () => {
        load(abort.signal).then(
          (value) => setState({ key, value, error: undefined, loading: false }),
          (error: unknown) => {
            if (!abort.signal.aborted) setState({ key, value: undefined, error: reasonOf(error), loading: false });
          },
        );
      },
      version.endsWith(".0") ? 0 : SETTLE_MS,
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [key, version]);
  return state.key === key ? state : UNKNOWN;
}

export function reasonOf(error: unknown): string {
  return error instanceof ApiError || error instanceof Error ? error.message : String(error);
}
