/** The faults of the station, as data: what can be injected, and what has been. */
import { AppError } from "@jx/kit";
import { SENSORS } from "./signals.ts";

export type Fault =
  /** The drive-end bearing of a pump fails: it passes 42 °C within 10 to 15 s while the pump runs. */
  | { readonly fault: "overheat"; readonly pump: 1 | 2 }
  /** A sensor keeps the value it shows now. */
  | { readonly fault: "frozen"; readonly sensor: string }
  /** A sensor's noise gets this standard deviation, in the sensor's unit; 30 times its own when left out. */
  | { readonly fault: "noise"; readonly sensor: string; readonly sigma?: number }
  /** All connections break, and new ones are refused for so many seconds of wall time (0: none is refused). */
  | { readonly fault: "drop"; readonly seconds?: number }
  /** Every answer comes so many ms late; of one unit, or of all. */
  | { readonly fault: "slow"; readonly ms: number; readonly unit?: number }
  /** Every request is answered with this Modbus exception code; of one unit, or of all. */
  | { readonly fault: "exception"; readonly code: number; readonly unit?: number };

export type FaultName = Fault["fault"];

export const FAULTS: readonly { readonly fault: FaultName; readonly zh: string; readonly en: string }[] = [
  { fault: "overheat", zh: "轴承过热", en: "bearing overheats" },
  { fault: "frozen", zh: "传感器冻结", en: "frozen sensor" },
  { fault: "noise", zh: "传感器噪声", en: "noisy sensor" },
  { fault: "drop", zh: "连接中断", en: "dropped connection" },
  { fault: "slow", zh: "应答缓慢", en: "slow answers" },
  { fault: "exception", zh: "异常应答", en: "exception answers" },
];

/** One fault of a kind on one target is active at a time; a later one takes its place. */
export function faultKey(fault: Fault): string {
  if (fault.fault === "overheat") return `overheat:pump${fault.pump}`;
  if (fault.fault === "frozen" || fault.fault === "noise") return `${fault.fault}:${fault.sensor}`;
  if (fault.fault === "drop") return "drop";
  return fault.unit === undefined ? fault.fault : `${fault.fault}:unit${fault.unit}`;
}

/** Checks a fault from outside. Throws ContractInvalid that says which field is wrong and what would be right. */
export function parseFault(input: Readonly<Record<string, unknown>>): Fault {
  const { fault } = input;
  switch (fault) {
    case "overheat":
      return { fault, pump: numberIn(input, "pump", 1, 2, true) === 1 ? 1 : 2 };
    case "frozen":
      return { fault, sensor: sensorIn(input) };
    case "noise":
      return { fault, sensor: sensorIn(input), ...optional(input, "sigma", 0, 1e6, false) };
    case "drop":
      return { fault, ...optional(input, "seconds", 0, 3600, false) };
    case "slow":
      return { fault, ms: numberIn(input, "ms", 1, 60_000, false), ...optional(input, "unit", 0, 255, true) };
    case "exception":
      return { fault, code: numberIn(input, "code", 1, 255, true), ...optional(input, "unit", 0, 255, true) };
    default: {
      const known = FAULTS.map((entry) => entry.fault).join(", ");
      throw new AppError("ContractInvalid", `fault ${show(fault)} is not known; use one of ${known}`);
    }
  }
}

function numberIn(
  input: Readonly<Record<string, unknown>>,
  name: string,
  min: number,
  max: number,
  whole: boolean,
): number {
  const value = input[name];
  if (typeof value === "number" && value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  const kind = whole ? "a whole number" : "a number";
  throw new AppError("ContractInvalid", `"${name}" is ${show(value)}; it must be ${kind} from ${min} to ${max}`);
}

function optional<K extends string>(
  input: Readonly<Record<string, unknown>>,
  name: K,
  min: number,
  max: number,
  whole: boolean,
): Partial<Record<K, number>> {
  if (input[name] === undefined) return {};
  return { [name]: numberIn(input, name, min, max, whole) } as Record<K, number>;
}

function sensorIn(input: Readonly<Record<string, unknown>>): string {
  const { sensor } = input;
  if (typeof sensor === "string" && SENSORS.includes(sensor)) return sensor;
  throw new AppError("ContractInvalid", `sensor ${show(sensor)} is not known; use one of ${SENSORS.join(", ")}`);
}

/** A value from outside as it may stand in a message: short. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "missing";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
