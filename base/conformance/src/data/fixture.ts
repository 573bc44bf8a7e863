import { randomUUID } from "node:crypto";
import type { dataOperations, Event, Reading, ReadingValue, ValueType } from "@jx/contracts";
import type { Contract } from "../contract.ts";

export type Data = typeof dataOperations;

/**
 * Origin of what steps store, in ns: 19 digits, which a double cannot hold. Every event of a step lies within
 * `SPREAD` after it, where the sweep finds those of an aborted run.
 */
export const ORIGIN = 1_692_721_935_934_211_905n;
export const SPREAD = 1_000n;

/** Makes readings and events of one device, which a step has for itself. */
export interface Source {
  readonly deviceName: string;
  readonly profileName: string;
  readonly sourceName: string;
  reading(resourceName: string, valueType: ValueType, value: ReadingValue, origin?: bigint): Reading;
  event(origin: bigint, readings: readonly Reading[], fields?: Partial<Event>): Event;
}

export function sourceOf({ name }: Contract<Data>, topic: string): Source {
  const deviceName = name(`${topic} 泵/1 b+# é%2F`);
  const profileName = name("p/+#");
  const sourceName = "全部";
  return {
    deviceName,
    profileName,
    sourceName,
    reading: (resourceName, valueType, value, origin = ORIGIN) => {
      const mediaType = valueType === "Binary" ? "application/octet-stream" : "";
      const common = { deviceName, profileName, units: "", tags: undefined };
      return { ...common, resourceName, valueType, value, origin, mediaType };
    },
    event: (origin, readings, fields = {}) => {
      const names = { deviceName, profileName, sourceName };
      return { id: randomUUID(), ...names, origin, readings, tags: undefined, ...fields };
    },
  };
}

export function add(
  { client }: Contract<Data>,
  item: Event,
  path: Partial<Record<"profile" | "device" | "source", string>> = {},
) {
  const { profileName: profile, deviceName: device, sourceName: source } = item;
  return client.addEvent({ service: "svc", profile, device, source, ...path, body: { event: item } });
}
