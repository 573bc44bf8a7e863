import { messageOf } from "@jx/kit";
import type { FaultList, PlantAnswers, PlantCommand, PlantEvent, TruthRecord } from "./control/protocol.ts";
import { UNITS, type Unit } from "./modbus/points.ts";
import { PlantServer } from "./modbus/server.ts";
import { type Fault, faultKey } from "./station/faults.ts";
import type { PumpCommand } from "./station/pump.ts";
import type { Signals } from "./station/signals.ts";
import { STEP_SECONDS, Station } from "./station/station.ts";
import type { TruthFile } from "./truth-file.ts";

export interface PlantOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly seed: number;
  /** Seconds of the station per second of the clock. */
  readonly speed: number;
}

export interface PlantDeps {
  /** Wall time, ms since 1970 UTC. */
  now(): number;
  /** Milliseconds from any start, never backwards. */
  monotonic(): number;
  readonly truthFile?: TruthFile;
  emit(event: PlantEvent): void;
}

/** After a pause of the whole machine the station catches up at most this much, s; it does not race through an hour. */
const MAX_CATCH_UP = 5;

/** The station, its Modbus server and the clock that drives it. */
export class Plant implements AsyncDisposable {
  readonly #options: PlantOptions;
  readonly #deps: PlantDeps;
  readonly #station: Station;
  readonly #server: PlantServer;
  #sensed: Signals;
  #truthFile: TruthFile | undefined;
  #timer: NodeJS.Timeout | undefined;
  #last = 0;
  #due = 0;

  constructor(options: PlantOptions, deps: PlantDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#truthFile = deps.truthFile;
    this.#station = new Station(options.seed);
    this.#sensed = this.#station.sensed();
    this.#server = new PlantServer(options, {
      units: UNITS,
      values: (device) => this.#sensed[device],
      write: (unit, name, value) => this.#write(unit, name, value),
      faults: () => this.#station.faults,
      onRestored: () => this.#restored(),
      onListenFailed: (error) => this.#trouble(error.message),
    });
  }

  get port(): number {
    return this.#server.port;
  }

  /** Throws StatusConflict, naming the port, when it is taken. */
  async start(): Promise<void> {
    await this.#server.listen();
    this.#last = this.#deps.monotonic();
    this.#timer = setInterval(() => this.#tick(), STEP_SECONDS * 1000);
  }

  #tick(): void {
    const now = this.#deps.monotonic();
    const passed = ((now - this.#last) / 1000) * this.#options.speed;
    this.#last = now;
    this.#due = Math.min(this.#due + passed, MAX_CATCH_UP * Math.max(1, this.#options.speed));
    for (; this.#due >= STEP_SECONDS; this.#due -= STEP_SECONDS) {
      this.#station.step();
      this.#sensed = this.#station.sensed();
      if (this.#truthFile !== undefined) this.#record(this.#truth());
    }
  }

  /** Throws what the plant answers to a request it cannot carry out. */
  async run(command: PlantCommand): Promise<PlantAnswers[PlantCommand["do"]]> {
    switch (command.do) {
      case "truth":
        return this.#truth();
      case "faults":
        return this.#faults();
      case "inject": {
        const { do: _, ...fault } = command;
        return this.#inject(fault);
      }
      case "clear":
        this.#station.clear(command.fault);
        break;
      case "reset":
        this.#station.reset();
        break;
    }
    if (!this.#dropped) await this.#server.restore();
    return this.#changed();
  }

  async #inject(fault: Fault): Promise<{ key: string }> {
    const seconds = fault.fault === "drop" ? (fault.seconds ?? 0) : undefined;
    // Broken connections with no refusal after them are over at once: nothing stays active.
    if (seconds !== 0) this.#station.inject(fault);
    this.#changed();
    if (seconds !== undefined) await this.#server.drop(seconds);
    return { key: faultKey(fault) };
  }

  get #dropped(): boolean {
    return this.#station.faults.some((fault) => fault.fault === "drop");
  }

  #restored(): void {
    if (this.#dropped) this.#station.clear("drop");
    this.#changed();
  }

  #changed(): FaultList {
    this.#sensed = this.#station.sensed();
    const faults = this.#faults();
    this.#tell({ event: "faults", at: this.#deps.now(), active: Object.keys(faults.active) });
    return faults;
  }

  #write(unit: Unit, name: string, value: number | boolean): void {
    const refused = this.#command(unit.device, name, value);
    this.#sensed = this.#station.sensed();
    const event = { event: "command", at: this.#deps.now(), device: unit.device, name, value } as const;
    this.#tell(refused === undefined ? event : { ...event, refused });
  }

  /** Undefined when the write took effect, else why not. The map has checked names and limits. */
  #command(device: Unit["device"], name: string, value: number | boolean): string | undefined {
    if (device === "header") {
      if (name === "ValveCommand") this.#station.setHeader({ valveCommand: Number(value) });
      if (name === "TankLevelSetpoint") this.#station.setHeader({ tankLevelSetpoint: Number(value) });
      if (name === "MakeupEnabled") this.#station.setHeader({ makeupEnabled: value === true });
      return undefined;
    }
    const pump = device === "pump1" ? 1 : 2;
    if (name === "SpeedSetpoint") this.#station.setPump(pump, { speedSetpoint: Number(value) });
    if (name === "RampTime") this.#station.setPump(pump, { rampTime: Number(value) });
    if (typeof value === "number") return undefined;
    return value ? this.#station.command(pump, name.toLowerCase() as PumpCommand) : "ignored: coils command on 1";
  }

  #faults(): FaultList {
    return { active: Object.fromEntries(this.#station.faults.map((fault) => [faultKey(fault), fault])) };
  }

  #truth(): TruthRecord {
    return {
      at: this.#deps.now(),
      step: this.#station.steps,
      truth: this.#station.truth(),
      sensed: this.#sensed,
      faults: this.#station.faults.map(faultKey),
    };
  }

  #tell(event: PlantEvent): void {
    this.#record(event);
    this.#deps.emit(event);
  }

  #record(record: object): void {
    try {
      this.#truthFile?.write(record);
    } catch (error) {
      // A full disk must not stop the plant; the file stays as it is, and the event says since when.
      this.#truthFile = undefined;
      this.#trouble(`the truth file is no longer written: ${messageOf(error)}`);
    }
  }

  #trouble(message: string): void {
    this.#deps.emit({ event: "trouble", at: this.#deps.now(), message });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#server[Symbol.asyncDispose]();
  }
}
