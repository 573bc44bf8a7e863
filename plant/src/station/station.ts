import { AppError } from "@jx/kit";
import type { Fault } from "./faults.ts";
import { faultKey } from "./faults.ts";
import { type HeaderState, headerPressure, initialHeader, stepHeader } from "./header.ts";
import { commandPump, initialPump, type PumpCommand, type PumpState, stepPump } from "./pump.ts";
import { type Random, seededRandom } from "./random.ts";
import { type HeaderSignals, type PumpSignals, SENSOR_NOISE, type Signals } from "./signals.ts";

/** Length of one step, s. */
export const STEP_SECONDS = 0.1;

/** A frozen or noisy sensor's own noise is multiplied by this when the fault names no figure. */
const NOISE_FACTOR = 30;

/**
 * The closed-cooling-water station: pump 1 runs, pump 2 stands by. Pure: time comes in as the steps that are made, chance
 * from the seed, so the same seed, faults and commands at the same steps give the same station.
 */
export class Station {
  readonly #seed: number;
  readonly #faults = new Map<string, Fault>();
  readonly #frozen = new Map<string, number>();
  #random: Random;
  #steps = 0;
  #ambient = 26.3;
  #disturbance = 0;
  #pumps: readonly [PumpState, PumpState];
  #header: HeaderState;
  /** What each sensor adds to the truth until the next step. */
  #noise = new Map<string, number>();

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = seededRandom(seed);
    this.#pumps = [initialPump(true, this.#ambient), initialPump(false, this.#ambient)];
    this.#header = initialHeader();
    this.step();
  }

  /** Steps made since the start. */
  get steps(): number {
    return this.#steps;
  }

  get faults(): readonly Fault[] {
    return [...this.#faults.values()];
  }

  /** Lets STEP_SECONDS pass. */
  step(): void {
    this.#steps += 1;
    const random = this.#random;
    // Slow wandering around the mean: of the hall's air within about half a kelvin, of the load within a few per cent.
    this.#ambient += (26.3 - this.#ambient) * 0.001 + random.normal() * 0.01;
    this.#disturbance += -this.#disturbance * 0.01 + random.normal() * 0.002;
    stepHeader(this.#header, this.#pumps, this.#disturbance, STEP_SECONDS);
    for (const [i, pump] of this.#pumps.entries()) {
      const overheat = this.#faults.has(`overheat:pump${i + 1}`);
      stepPump(pump, { ambient: this.#ambient, head: this.#header.head, overheat }, STEP_SECONDS);
    }
    // Drawn for every sensor in every step, so that a fault on one does not change the fate of the others.
    for (const [sensor, own] of Object.entries(SENSOR_NOISE)) {
      const fault = this.#faults.get(`noise:${sensor}`);
      const sigma = fault?.fault === "noise" ? (fault.sigma ?? own * NOISE_FACTOR) : own;
      this.#noise.set(sensor, random.normal() * sigma);
    }
  }

  /** Undefined when the command was taken, else why not. */
  command(pump: 1 | 2, command: PumpCommand): string | undefined {
    return commandPump(this.#pump(pump), command);
  }

  setPump(pump: 1 | 2, values: Partial<Pick<PumpState, "speedSetpoint" | "rampTime">>): void {
    Object.assign(this.#pump(pump), values);
  }

  setHeader(values: Partial<Pick<HeaderState, "valveCommand" | "tankLevelSetpoint" | "makeupEnabled">>): void {
    Object.assign(this.#header, values);
  }

  inject(fault: Fault): void {
    this.#faults.set(faultKey(fault), fault);
    if (fault.fault === "frozen") this.#frozen.set(fault.sensor, sensorOf(this.sensed(), fault.sensor));
  }

  /** Clears one fault by its key, or all. Throws NotFound for a fault that is not active. */
  clear(key?: string): void {
    if (key === undefined) {
      this.#faults.clear();
      this.#frozen.clear();
      return;
    }
    const fault = this.#faults.get(key);
    if (fault === undefined) {
      const active = [...this.#faults.keys()].join(", ");
      throw new AppError("NotFound", `fault "${key}" is not active; active are: ${active || "none"}`);
    }
    this.#faults.delete(key);
    if (fault.fault === "frozen") this.#frozen.delete(fault.sensor);
  }

  /** Everything as at the start, faults cleared; only the counters go on, since a meter never runs backwards. */
  reset(): void {
    this.clear();
    this.#random = seededRandom(this.#seed);
    this.#ambient = 26.3;
    this.#disturbance = 0;
    const [one, two] = this.#pumps;
    const counters = ({ energy, runTime }: PumpState) => ({ energy, runTime });
    this.#pumps = [
      { ...initialPump(true, this.#ambient), ...counters(one) },
      { ...initialPump(false, this.#ambient), ...counters(two) },
    ];
    this.#header = { ...initialHeader(), flowTotal: this.#header.flowTotal };
    this.step();
  }

  #pump(pump: 1 | 2): PumpState {
    const [one, two] = this.#pumps;
    return pump === 1 ? one : two;
  }

  /** What is. */
  truth(): Signals {
    const [one, two] = this.#pumps;
    return { pump1: pumpSignals(one), pump2: pumpSignals(two), header: headerSignals(this.#header) };
  }

  /** What the instruments show: the truth with their noise, and what their faults make of it. */
  sensed(): Signals {
    const truth = this.truth();
    const show = <T extends object>(device: string, signals: T): T => {
      const shown = Object.entries(signals).map(([name, value]: [string, unknown]) => {
        const sensor = `${device}.${name}`;
        if (typeof value !== "number") return [name, value];
        // Transmitters cut off at zero: a standing pump shows 0 A and 0 rpm, not their noise.
        if (value === 0 && !this.#faults.has(`noise:${sensor}`) && !this.#frozen.has(sensor)) return [name, 0];
        return [name, this.#frozen.get(sensor) ?? value + (this.#noise.get(sensor) ?? 0)];
      });
      return Object.fromEntries(shown) as T;
    };
    return {
      pump1: show("pump1", truth.pump1),
      pump2: show("pump2", truth.pump2),
      header: show("header", truth.header),
    };
  }
}

function sensorOf(signals: Signals, sensor: string): number {
  const [device = "", name = ""] = sensor.split(".");
  const group: Readonly<Record<string, number | boolean>> = signals[device as keyof Signals];
  return Number(group[name]);
}

function pumpSignals(pump: PumpState): PumpSignals {
  return {
    BearingTempDE: pump.bearingDe,
    BearingTempNDE: pump.bearingNde,
    WindingTemp: pump.winding,
    Vibration: pump.vibration,
    MotorCurrent: pump.current,
    Speed: pump.speed,
    ShaftPower: pump.shaftPower,
    RunTime: pump.runTime,
    Energy: pump.energy,
    Starting: pump.running && pump.speed < pump.speedSetpoint - 10,
    Coasting: !pump.running && pump.speed > 0,
    StartRefused: pump.startRefused,
    Running: pump.running,
    Tripped: pump.tripped,
    Ready: !pump.running && !pump.tripped,
    Start: pump.running,
    Stop: pump.tripped,
    Reset: false,
    SpeedSetpoint: pump.speedSetpoint,
    RampTime: pump.rampTime,
  };
}

function headerSignals(header: HeaderState): HeaderSignals {
  return {
    HeaderPressure: headerPressure(header),
    HeaderFlow: header.flow,
    SupplyTemp: header.supply,
    ReturnTemp: header.return,
    TankLevel: header.tankLevel,
    ValvePosition: header.valvePosition,
    HeatLoad: header.heatLoad,
    FlowTotal: header.flowTotal,
    LowFlow: header.flow < 200,
    LowLevel: header.tankLevel < 0.8,
    MakeupOpen: header.makeupOpen,
    MakeupEnabled: header.makeupEnabled,
    ValveCommand: header.valveCommand,
    TankLevelSetpoint: header.tankLevelSetpoint,
  };
}
