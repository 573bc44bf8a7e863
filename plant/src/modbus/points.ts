/**
 * The register map of the station as data: the server is served from it and the EdgeX profiles are written from it.
 * Addresses count from 0. Swaps mean what EdgeX's isByteSwap and isWordSwap mean: bytes within each word first, then the
 * two words. Blocks are contiguous on purpose, as in a real motor relay: one read per table shows everything.
 */
import type { HeaderSignals, PumpSignals, Signals } from "../station/signals.ts";

export type Table = "COILS" | "DISCRETES_INPUT" | "INPUT_REGISTERS" | "HOLDING_REGISTERS";
export type RawType = "Bool" | "Int16" | "Uint16" | "Uint32" | "Float32";

export interface Point<Name extends string = string> {
  /** EdgeX resource name, and the signal it shows. */
  readonly name: Name;
  readonly zh: string;
  readonly en: string;
  readonly table: Table;
  readonly address: number;
  /** Bool in a register: which bit, 0 the lowest. */
  readonly bit?: number;
  /** What stands in the registers. */
  readonly rawType: RawType;
  readonly byteSwap?: true;
  readonly wordSwap?: true;
  /** Physical value = raw value × scale; 1 when left out. */
  readonly scale?: number;
  /** "" when the value has none. */
  readonly units: string;
  readonly readWrite: "R" | "RW" | "W";
  /** Limits of a write, physical; a value outside is answered with exception 3. */
  readonly minimum?: number;
  readonly maximum?: number;
}

const COIL = { table: "COILS", rawType: "Bool", units: "", readWrite: "RW" } as const;
const STATE = { table: "DISCRETES_INPUT", rawType: "Bool", units: "", readWrite: "R" } as const;
const INPUT = { table: "INPUT_REGISTERS", readWrite: "R" } as const;
const STATUS = { ...INPUT, address: 13, rawType: "Bool", units: "" } as const;
const SETTING = { table: "HOLDING_REGISTERS", readWrite: "RW" } as const;

/**
 * Coils command on 1 and ignore 0, as a seal-in circuit does. Start reads 1 while the contactor is held, Stop reads 1
 * while the trip is latched, so a command can be verified by reading it back; Reset is momentary and always reads 0.
 */
// biome-ignore format: a table reads best with one row per line
export const PUMP_POINTS: readonly Point<keyof PumpSignals>[] = [
  { name: "Start", zh: "启动", en: "start", ...COIL, address: 0 },
  { name: "Stop", zh: "停止", en: "stop", ...COIL, address: 1 },
  { name: "Reset", zh: "复位", en: "reset", ...COIL, address: 2 },

  { name: "Running", zh: "运行", en: "running", ...STATE, address: 0 },
  { name: "Tripped", zh: "跳闸锁存", en: "trip latched", ...STATE, address: 1 },
  { name: "Ready", zh: "备用就绪", en: "ready to start", ...STATE, address: 2 },

  { name: "BearingTempDE", zh: "驱动端轴承温度", en: "bearing temperature, drive end", ...INPUT, address: 0, rawType: "Int16", scale: 0.1, units: "°C" },
  { name: "BearingTempNDE", zh: "非驱动端轴承温度", en: "bearing temperature, non-drive end", ...INPUT, address: 1, rawType: "Int16", scale: 0.1, units: "°C" },
  { name: "WindingTemp", zh: "绕组温度", en: "winding temperature", ...INPUT, address: 2, rawType: "Int16", scale: 0.1, units: "°C" },
  { name: "Vibration", zh: "振动", en: "vibration", ...INPUT, address: 3, rawType: "Uint16", scale: 0.01, units: "mm/s" },
  { name: "MotorCurrent", zh: "电机电流", en: "motor current", ...INPUT, address: 4, rawType: "Uint16", scale: 0.1, units: "A" },
  { name: "Speed", zh: "转速", en: "speed", ...INPUT, address: 5, rawType: "Float32", units: "rpm" },
  { name: "ShaftPower", zh: "轴功率", en: "shaft power", ...INPUT, address: 7, rawType: "Float32", wordSwap: true, units: "kW" },
  { name: "RunTime", zh: "累计运行时间", en: "running time", ...INPUT, address: 9, rawType: "Uint32", units: "s" },
  { name: "Energy", zh: "累计电量", en: "energy", ...INPUT, address: 11, rawType: "Uint32", wordSwap: true, units: "kWh" },
  { name: "Starting", zh: "启动中", en: "starting", ...STATUS, bit: 0 },
  { name: "Coasting", zh: "惰走", en: "coasting", ...STATUS, bit: 1 },
  { name: "StartRefused", zh: "启动被拒", en: "start refused", ...STATUS, bit: 5 },

  { name: "SpeedSetpoint", zh: "转速设定", en: "speed setpoint", ...SETTING, address: 0, rawType: "Uint16", units: "rpm", minimum: 600, maximum: 1480 },
  { name: "RampTime", zh: "升速时间", en: "ramp time", ...SETTING, address: 1, rawType: "Uint16", scale: 0.1, units: "s", minimum: 1, maximum: 60 },
];

// biome-ignore format: a table reads best with one row per line
export const HEADER_POINTS: readonly Point<keyof HeaderSignals>[] = [
  { name: "MakeupEnabled", zh: "补水投入", en: "make-up enabled", ...COIL, address: 0 },

  { name: "LowFlow", zh: "流量低", en: "flow low", ...STATE, address: 0 },
  { name: "LowLevel", zh: "水位低", en: "level low", ...STATE, address: 1 },
  { name: "MakeupOpen", zh: "补水阀开", en: "make-up valve open", ...STATE, address: 2 },

  { name: "HeaderPressure", zh: "母管压力", en: "header pressure", ...INPUT, address: 0, rawType: "Float32", wordSwap: true, units: "MPa" },
  { name: "HeaderFlow", zh: "母管流量", en: "header flow", ...INPUT, address: 2, rawType: "Float32", byteSwap: true, units: "m3/h" },
  { name: "SupplyTemp", zh: "供水温度", en: "supply temperature", ...INPUT, address: 4, rawType: "Int16", scale: 0.1, units: "°C" },
  { name: "ReturnTemp", zh: "回水温度", en: "return temperature", ...INPUT, address: 5, rawType: "Int16", scale: 0.1, units: "°C" },
  { name: "TankLevel", zh: "膨胀水箱液位", en: "expansion tank level", ...INPUT, address: 6, rawType: "Uint16", scale: 0.001, units: "m" },
  { name: "ValvePosition", zh: "调节阀开度", en: "control valve position", ...INPUT, address: 7, rawType: "Uint16", scale: 0.01, units: "%" },
  { name: "HeatLoad", zh: "热负荷", en: "heat load", ...INPUT, address: 8, rawType: "Float32", byteSwap: true, wordSwap: true, units: "kW" },
  { name: "FlowTotal", zh: "累计流量", en: "flow total", ...INPUT, address: 10, rawType: "Uint32", units: "m3" },

  { name: "ValveCommand", zh: "调节阀指令", en: "control valve command", ...SETTING, address: 0, rawType: "Float32", wordSwap: true, units: "%", minimum: 0, maximum: 100 },
  { name: "TankLevelSetpoint", zh: "水箱液位设定", en: "tank level setpoint", ...SETTING, address: 2, rawType: "Uint16", scale: 0.001, units: "m", minimum: 1, maximum: 2.2 },
];

export interface Unit {
  readonly unit: number;
  readonly device: keyof Signals;
  readonly zh: string;
  readonly en: string;
  readonly points: readonly Point[];
}

/** Behind the station's one TCP gateway: a motor relay per pump, both with the same map, and the header's controller. */
export const UNITS: readonly Unit[] = [
  { unit: 1, device: "pump1", zh: "1号冷却水泵", en: "cooling pump 1", points: PUMP_POINTS },
  { unit: 2, device: "pump2", zh: "2号冷却水泵", en: "cooling pump 2", points: PUMP_POINTS },
  { unit: 3, device: "header", zh: "闭式冷却水母管", en: "closed-cooling-water header", points: HEADER_POINTS },
];
