import type { DeviceValues, LiveState, Rule } from "./state.ts";

/** The demo station's devices; the diagram is shown while they exist. */
export const STATION = { pumps: ["CCW-Pump-1", "CCW-Pump-2"], header: "CCW-Header" } as const;

export type PumpState = "running" | "starting" | "coasting" | "stopped" | "tripped" | "unknown";

/** A latched trip comes first: it is what keeps the pump from starting. */
export function pumpState(values: DeviceValues | undefined): PumpState {
  const flag = (name: string): boolean | undefined => {
    const value = values?.get(name)?.value;
    return typeof value === "boolean" ? value : undefined;
  };
  const running = flag("Running");
  if (running === undefined) return "unknown";
  if (flag("Tripped") === true) return "tripped";
  if (running) return flag("Starting") === true ? "starting" : "running";
  return flag("Coasting") === true ? "coasting" : "stopped";
}

export function numberOf(values: DeviceValues | undefined, resource: string): number | undefined {
  const value = values?.get(resource)?.value;
  return typeof value === "number" ? value : undefined;
}

export function hasStation(devices: readonly { readonly name: string }[]): boolean {
  const names = new Set(devices.map(({ name }) => name));
  return names.has(STATION.header) && STATION.pumps.every((pump) => names.has(pump));
}

/** Devices that do not answer: what is known of them is old. */
export function silentDevices(health: LiveState["health"]): ReadonlySet<string> {
  return new Set([...health.values()].filter(({ state }) => state === "down").map(({ deviceName }) => deviceName));
}

/** 1 or 2: the pump that runs, where a fault can be seen; pump 1 when none does. */
export function faultyPump(values: LiveState["values"]): 1 | 2 {
  const runs = (index: 0 | 1): boolean => values.get(STATION.pumps[index])?.get("Running")?.value === true;
  return !runs(0) && runs(1) ? 2 : 1;
}

/** A rule that holds, or whose time runs, looks at this value. */
export function isAlarmed(rules: readonly Rule[] | undefined, device: string, resource: string): boolean {
  return (rules ?? []).some(
    ({ state, operands }) =>
      (state === "true" || state === "waiting") &&
      operands.some((operand) => operand.deviceName === device && operand.resourceName === resource),
  );
}
