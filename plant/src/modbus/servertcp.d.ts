/**
 * modbus-serial ships types for its entry point only, and that entry point loads the serial ports. This is the one
 * module that serving TCP needs, with the members of it that we use.
 */
declare module "modbus-serial/servers/servertcp.js" {
  import type { EventEmitter } from "node:events";
  import type { Server, Socket } from "node:net";

  type Done<T> = (error: Error | null, value: T) => void;

  interface ServiceVector {
    getCoil(address: number, unit: number, done: Done<boolean>): void;
    getDiscreteInput(address: number, unit: number, done: Done<boolean>): void;
    getInputRegister(address: number, unit: number, done: Done<number>): void;
    getHoldingRegister(address: number, unit: number, done: Done<number>): void;
    getMultipleInputRegisters(address: number, length: number, unit: number, done: Done<number[]>): void;
    getMultipleHoldingRegisters(address: number, length: number, unit: number, done: Done<number[]>): void;
    setCoil(address: number, value: boolean, unit: number, done: (error: Error | null) => void): void;
    setRegister(address: number, value: number, unit: number, done: (error: Error | null) => void): void;
    setRegisterArray(address: number, values: number[], unit: number, done: (error: Error | null) => void): void;
  }

  /** Listens from the moment it is made; "initialized" or "serverError" tells the outcome. */
  class ServerTCP extends EventEmitter {
    readonly _server: Server;
    readonly socks: Map<Socket, unknown>;
    /** A port of 0 would become 502; the string "0" passes. */
    constructor(vector: ServiceVector, options: { host: string; port: string });
    close(done: () => void): void;
  }

  export = ServerTCP;
}
