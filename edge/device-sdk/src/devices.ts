import { AppError } from "@jx/kit";
import type { Line } from "./exchange.ts";
import { type DeviceHealth, DeviceMonitor, type DeviceState } from "./health.ts";
import { Breaker } from "./link/breaker.ts";
import type { Connections } from "./link/connections.ts";
import type { BoundDevice } from "./registry/bind.ts";
import type { Registry } from "./registry/registry.ts";
import type { Settings } from "./settings.ts";

export interface DevicesDeps {
  readonly service: string;
  readonly connections: Connections;
  settings(): Settings;
  now(): bigint;
  monotonic(): number;
  onState(device: string, state: DeviceState, reason: string | undefined): void;
  /** Told of every request to a device: whether it gave or took anything. */
  onOutcome(device: string, ok: boolean): void;
}

/** What outlives a change of a device in metadata: its health, and whether it is left alone for the moment. */
interface Lasting {
  readonly monitor: DeviceMonitor;
  readonly breaker: Breaker;
}

/** The devices at work. */
export class Devices {
  readonly #deps: DevicesDeps;
  readonly #lasting = new Map<string, Lasting>();

  constructor(deps: DevicesDeps) {
    this.#deps = deps;
  }

  /** Follows the registry. */
  update(name: string, bound: BoundDevice | undefined): void {
    if (bound === undefined) {
      this.#lasting.delete(name);
      this.#deps.connections.release(name);
      return;
    }
    const lasting = this.lasting(name);
    this.#lasting.set(name, lasting);
    this.#deps.connections.assign(name, bound.binding);
    if (bound.binding instanceof AppError) lasting.monitor.failed(bound.binding);
  }

  /** What is asked for after the device has gone is kept nowhere. */
  lasting(name: string): Lasting {
    const found = this.#lasting.get(name);
    if (found !== undefined) return found;
    const { service, now, onState } = this.#deps;
    const monitor = new DeviceMonitor(service, name, now, (state, reason) => onState(name, state, reason));
    return { monitor, breaker: new Breaker() };
  }

  /** Throws when the device's protocol properties lead nowhere. */
  line(bound: BoundDevice): Line {
    if (bound.binding instanceof AppError) throw bound.binding;
    const connection = this.#deps.connections.of(bound.device.name);
    if (connection === undefined) throw new AppError("Aborted", `device ${bound.device.name} was removed`);
    const { monitor, breaker } = this.lasting(bound.device.name);
    const { settings, monotonic, onOutcome } = this.#deps;
    const { name } = bound.device;
    const { driver, properties } = bound.binding;
    const timeoutMs = driver.timeoutMs?.(properties) ?? settings().requestTimeoutMs;
    return { connection, monitor, breaker, monotonic, timeoutMs, onOutcome: (ok) => onOutcome(name, ok) };
  }

  health(): readonly DeviceHealth[] {
    return [...this.#lasting.values()].map(({ monitor }) => monitor.snapshot());
  }
}

/** EdgeX's order of refusals before any command (device-sdk-go internal/application/command.go). */
export function commandDevice(
  registry: Registry,
  name: string,
  { returnsFromDown }: Pick<Settings, "returnsFromDown">,
): BoundDevice {
  if (registry.locked) throw new AppError("ServiceLocked", "service locked");
  const bound = registry.get(name);
  if (bound === undefined) throw new AppError("NotFound", `device ${name} not found`);
  if (bound.device.adminState === "LOCKED") throw new AppError("ServiceLocked", `device ${name} locked`);
  if (bound.device.operatingState === "DOWN" && !returnsFromDown) {
    throw new AppError("ServiceLocked", `device ${name} OperatingState is DOWN`);
  }
  if (bound.profile === undefined) throw new AppError("ServiceLocked", "no associated device profile");
  return bound;
}
