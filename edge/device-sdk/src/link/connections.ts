import type { AppError } from "@jx/kit";
import type { AnySession, DriverLog } from "../driver.ts";
import type { Binding } from "../registry/bind.ts";
import { Connection, type ConnectionStats } from "./connection.ts";

export interface ConnectionsDeps {
  readonly log: DriverLog;
  monotonic(): number;
  random(): number;
  openTimeoutMs(): number;
  /** A session that sends by itself has opened: its devices want to hear it. */
  onSession?(key: string, session: AnySession): void;
}

interface Shared {
  readonly connection: Connection;
  readonly devices: Set<string>;
}

/** Which device uses which connection. A connection ends when its last device leaves it. */
export class Connections implements AsyncDisposable {
  readonly #deps: ConnectionsDeps;
  readonly #byKey = new Map<string, Shared>();
  readonly #keyOf = new Map<string, string>();

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
  }

  /** Moves a device to the connection that its properties name. */
  assign(device: string, binding: Binding | AppError): void {
    const key = "driver" in binding ? binding.connectionKey : undefined;
    const before = this.#keyOf.get(device);
    if (before !== key && before !== undefined) this.release(device);
    if (key === undefined || !("driver" in binding)) return;
    let shared = this.#byKey.get(key);
    if (shared === undefined) {
      shared = { connection: this.#create(key, binding), devices: new Set() };
      this.#byKey.set(key, shared);
    }
    shared.devices.add(device);
    this.#keyOf.set(device, key);
    if (binding.driver.pushes === true) shared.connection.keepOpen();
  }

  release(device: string): void {
    const key = this.#keyOf.get(device);
    const shared = key === undefined ? undefined : this.#byKey.get(key);
    this.#keyOf.delete(device);
    if (key === undefined || shared === undefined) return;
    shared.devices.delete(device);
    if (shared.devices.size > 0) return;
    this.#byKey.delete(key);
    shared.connection[Symbol.asyncDispose]().catch((error: unknown) => {
      this.#deps.log.warn({ connection: key, error }, "a connection did not close cleanly");
    });
  }

  of(device: string): Connection | undefined {
    return this.#byKey.get(this.#keyOf.get(device) ?? "")?.connection;
  }

  devicesOf(key: string): Iterable<string> {
    return this.#byKey.get(key)?.devices ?? [];
  }

  stats(): readonly ConnectionStats[] {
    return [...this.#byKey.values()].map(({ connection }) => connection.stats);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#byKey.values()];
    this.#byKey.clear();
    this.#keyOf.clear();
    await Promise.allSettled(all.map(({ connection }) => connection[Symbol.asyncDispose]()));
  }

  /** Opened with the properties of the device that came first: what the key covers is the same for all. */
  #create(key: string, { driver, properties }: Binding): Connection {
    const { log } = this.#deps;
    return new Connection(
      { key, openTimeoutMs: this.#deps.openTimeoutMs() },
      {
        open: (signal) => driver.open(properties, { signal, log }),
        monotonic: this.#deps.monotonic,
        random: this.#deps.random,
        onState: (session, error) => {
          if (session !== undefined) {
            log.debug({ connection: key }, "connected");
            this.#deps.onSession?.(key, session);
          } else log.debug({ connection: key, reason: error?.message }, "not connected");
        },
      },
    );
  }
}
