/**
 * The station on Modbus TCP. The stack is modbus-serial's server, and not the codec of our own Modbus driver: the driver
 * is thus proved against a foreign peer whenever it reads the plant.
 */
import type { AddressInfo } from "node:net";
import { AppError, messageOf } from "@jx/kit";
import ServerTCP from "modbus-serial/servers/servertcp.js";
import type { Fault } from "../station/faults.ts";
import { decodeWrite, EXCEPTION, ModbusException, readCells, type Values } from "./image.ts";
import type { Table, Unit } from "./points.ts";

export interface ServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface ServerDeps {
  readonly units: readonly Unit[];
  /** What the instruments of a device show now. */
  values(device: Unit["device"]): Values;
  /** One written value; it has passed the map's limits. */
  write(unit: Unit, name: string, value: number | boolean): void;
  /** The active faults; "slow" and "exception" act here. */
  faults(): readonly Fault[];
  /** A drop is over: the port is served again. */
  onRestored(): void;
  /** The port could not be taken back after a drop; it is tried again. */
  onListenFailed(error: AppError): void;
}

/** Largest read of registers in one request; Modbus Application Protocol V1.1b3, §6.3. */
const MAX_REGISTERS = 125;
const MAX_CONNECTIONS = 64;
/** Between two attempts to take the port back after a drop, ms. */
const RETRY_MS = 500;
/** Answers held back by the fault "slow"; beyond it the unit is busy (exception 6). */
const MAX_HELD = 1_000;

export class PlantServer implements AsyncDisposable {
  readonly #options: ServerOptions;
  readonly #deps: ServerDeps;
  readonly #held = new Set<NodeJS.Timeout>();
  #server: ServerTCP | undefined;
  #port: number;
  #closed = false;
  #returning: NodeJS.Timeout | undefined;

  constructor(options: ServerOptions, deps: ServerDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#port = options.port;
  }

  /** The port that is served. */
  get port(): number {
    return this.#port;
  }

  /** Throws StatusConflict, naming the port, when it is taken. */
  async listen(): Promise<void> {
    const { host } = this.#options;
    const server = new ServerTCP(this.#vector(), { host, port: String(this.#port) });
    server._server.maxConnections = MAX_CONNECTIONS;
    await new Promise<void>((resolve, reject) => {
      server.once("initialized", resolve);
      server.on("serverError", (error) => reject(this.#listenError(error)));
    });
    this.#server = server;
    this.#port = (server._server.address() as AddressInfo).port;
    // Closed, or dropped once more, while the port was being opened.
    if (this.#closed || this.#returning !== undefined) await this.#close();
  }

  #listenError(error: unknown): AppError {
    const where = `port ${this.#port} on ${this.#options.host}`;
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") {
      return new AppError(
        "StatusConflict",
        `${where} is already in use; choose another with --port, or --port 0 for a free one`,
      );
    }
    return new AppError("ServiceUnavailable", `cannot listen on ${where}: ${messageOf(error)}`, { cause: error });
  }

  /** Breaks every connection; new ones are refused for `seconds`. */
  async drop(seconds: number): Promise<void> {
    if (seconds <= 0) {
      for (const socket of this.#server?.socks.keys() ?? []) socket.destroy();
      return;
    }
    this.#returnIn(seconds * 1000);
    await this.#close();
  }

  /** Ends a drop before its time. Throws as listen() does, and goes on trying. */
  async restore(): Promise<void> {
    if (this.#returning === undefined) return;
    clearTimeout(this.#returning);
    this.#returning = undefined;
    try {
      await this.listen();
    } catch (error) {
      this.#returnIn(RETRY_MS);
      throw error;
    }
  }

  #returnIn(ms: number): void {
    clearTimeout(this.#returning);
    if (this.#closed) return;
    this.#returning = setTimeout(() => {
      this.restore().then(this.#deps.onRestored, this.#deps.onListenFailed);
    }, ms);
  }

  async #close(): Promise<void> {
    for (const timer of this.#held) clearTimeout(timer);
    this.#held.clear();
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#returning);
    this.#returning = undefined;
    await this.#close();
  }

  /** modbus-serial tells callback from promise by the number of parameters: each function must name all of them. */
  #vector(): ConstructorParameters<typeof ServerTCP>[0] {
    const cell = (table: Table, address: number, unit: number) => this.#read(table, address, 1, unit)[0] ?? 0;
    return {
      getCoil: (address, unit, done) => this.#answer(unit, done, false, () => cell("COILS", address, unit) === 1),
      getDiscreteInput: (address, unit, done) =>
        this.#answer(unit, done, false, () => cell("DISCRETES_INPUT", address, unit) === 1),
      getInputRegister: (address, unit, done) =>
        this.#answer(unit, done, 0, () => cell("INPUT_REGISTERS", address, unit)),
      getHoldingRegister: (address, unit, done) =>
        this.#answer(unit, done, 0, () => cell("HOLDING_REGISTERS", address, unit)),
      getMultipleInputRegisters: (address, length, unit, done) =>
        this.#answer(unit, done, [], () => this.#read("INPUT_REGISTERS", address, length, unit)),
      getMultipleHoldingRegisters: (address, length, unit, done) =>
        this.#answer(unit, done, [], () => this.#read("HOLDING_REGISTERS", address, length, unit)),
      setCoil: (address, value, unit, done) =>
        this.#answer(unit, done, undefined, () => this.#write("COILS", address, [value ? 1 : 0], unit)),
      setRegister: (address, value, unit, done) =>
        this.#answer(unit, done, undefined, () => this.#write("HOLDING_REGISTERS", address, [value], unit)),
      setRegisterArray: (address, values, unit, done) => {
        // The library has answered an empty write already; a second answer would be out of step with the requests.
        if (values.length === 0) return;
        this.#answer(unit, done, undefined, () => this.#write("HOLDING_REGISTERS", address, values, unit));
      },
    };
  }

  #unit(id: number): Unit {
    const unit = this.#deps.units.find((candidate) => candidate.unit === id);
    if (unit === undefined) throw new ModbusException(EXCEPTION.gatewayTarget, `unit ${id} does not answer`);
    return unit;
  }

  #read(table: Table, address: number, length: number, id: number): number[] {
    const unit = this.#unit(id);
    if (length > MAX_REGISTERS) throw new ModbusException(EXCEPTION.illegalValue, `${length} registers are too many`);
    return readCells(unit.points, this.#deps.values(unit.device), table, address, length);
  }

  #write(table: Table, address: number, cells: readonly number[], id: number): undefined {
    const unit = this.#unit(id);
    for (const [name, value] of decodeWrite(unit.points, table, address, cells)) this.#deps.write(unit, name, value);
  }

  /** `nothing` goes with an error, where the library still looks at the value's length. */
  #answer<T>(unit: number, done: (error: Error | null, value: T) => void, nothing: T, work: () => T): void {
    const faults = this.#deps.faults().filter((fault) => !("unit" in fault) || fault.unit === unit);
    const delay = faults.find((fault) => fault.fault === "slow")?.ms ?? 0;
    const code = faults.find((fault) => fault.fault === "exception")?.code;
    let error: Error | null = null;
    let value = nothing;
    try {
      if (code !== undefined) throw new ModbusException(code, "injected fault");
      if (delay > 0 && this.#held.size >= MAX_HELD)
        throw new ModbusException(EXCEPTION.busy, "too many answers are held back");
      value = work();
    } catch (caught) {
      error = caught instanceof Error ? caught : new Error(String(caught));
    }
    if (delay === 0) {
      done(error, value);
      return;
    }
    const timer = setTimeout(() => {
      this.#held.delete(timer);
      done(error, value);
    }, delay);
    this.#held.add(timer);
  }
}
