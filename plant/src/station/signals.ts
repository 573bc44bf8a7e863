/**
 * What the instruments of the station show, by name; the names are those of the register map. Types and not interfaces,
 * so that they can also be looked up by any name.
 */

export type PumpSignals = {
  readonly BearingTempDE: number;
  readonly BearingTempNDE: number;
  readonly WindingTemp: number;
  readonly Vibration: number;
  readonly MotorCurrent: number;
  readonly Speed: number;
  readonly ShaftPower: number;
  readonly RunTime: number;
  readonly Energy: number;
  readonly Starting: boolean;
  readonly Coasting: boolean;
  readonly StartRefused: boolean;
  readonly Running: boolean;
  readonly Tripped: boolean;
  readonly Ready: boolean;
  readonly Start: boolean;
  readonly Stop: boolean;
  readonly Reset: boolean;
  readonly SpeedSetpoint: number;
  readonly RampTime: number;
};

export type HeaderSignals = {
  readonly HeaderPressure: number;
  readonly HeaderFlow: number;
  readonly SupplyTemp: number;
  readonly ReturnTemp: number;
  readonly TankLevel: number;
  readonly ValvePosition: number;
  readonly HeatLoad: number;
  readonly FlowTotal: number;
  readonly LowFlow: boolean;
  readonly LowLevel: boolean;
  readonly MakeupOpen: boolean;
  readonly MakeupEnabled: boolean;
  readonly ValveCommand: number;
  readonly TankLevelSetpoint: number;
};

export type Signals = {
  readonly pump1: PumpSignals;
  readonly pump2: PumpSignals;
  readonly header: HeaderSignals;
};

/** Standard deviation of each instrument in its own unit; only what has one can freeze or become noisy. */
const PUMP_NOISE = {
  BearingTempDE: 0.04, // °C
  BearingTempNDE: 0.04,
  WindingTemp: 0.08,
  Vibration: 0.03, // mm/s
  MotorCurrent: 0.4, // A
  Speed: 0.6, // rpm
  ShaftPower: 0.2, // kW
} as const satisfies Partial<Record<keyof PumpSignals, number>>;

const HEADER_NOISE = {
  HeaderPressure: 0.0008, // MPa
  HeaderFlow: 0.8, // m³/h
  SupplyTemp: 0.03, // °C
  ReturnTemp: 0.03,
  TankLevel: 0.001, // m
  ValvePosition: 0.05, // %
} as const satisfies Partial<Record<keyof HeaderSignals, number>>;

export const SENSOR_NOISE: Readonly<Record<string, number>> = Object.fromEntries([
  ...["pump1", "pump2"].flatMap((key) => Object.entries(PUMP_NOISE).map(([name, sigma]) => [`${key}.${name}`, sigma])),
  ...Object.entries(HEADER_NOISE).map(([name, sigma]) => [`header.${name}`, sigma]),
]);

/** Every sensor that can fail, as "pump1.BearingTempDE". */
export const SENSORS: readonly string[] = Object.keys(SENSOR_NOISE);
