import { messageOf } from "@jx/kit";
import type { DriverLog } from "./driver.ts";
import type { BoundDevice } from "./registry/bind.ts";
import type { Registry } from "./registry/registry.ts";
import type { Settings } from "./settings.ts";

type State = "UP" | "DOWN";

export interface OperatingStatesDeps {
  readonly registry: Pick<Registry, "get">;
  readonly log: DriverLog;
  settings(): Pick<Settings, "allowedFails" | "downTimeoutMs" | "returnsFromDown">;
  /** Tells metadata. */
  mark(device: string, state: State): Promise<void>;
  /** Reads one resource; its outcome comes back as any other, by `outcome`. */
  probe(device: string, resource: string): Promise<unknown>;
  /** Calls back after so many milliseconds; returns the way to cancel. */
  setTimer(callback: () => void, ms: number): () => void;
}

/**
 * When metadata is told that a device is DOWN or UP (EdgeX: Device.AllowedFails and DeviceDownTimeout; device-sdk-go
 * internal/application/devicereturn.go). Health and breaker say how it is this moment and for this process; this is what
 * the whole system is told, after so many failed requests in a row. It only counts and tells: which polls go out while a
 * device fails stays the breaker's decision.
 *
 * With both settings DOWN ends by itself: commands and polls pass, one resource is read every DeviceDownTimeout, and the
 * first request that succeeds makes the device UP, whoever had called it DOWN.
 */
export class OperatingStates implements Disposable {
  readonly #deps: OperatingStatesDeps;
  /** Failures that are still allowed; a device that is not here has all of them. */
  readonly #left = new Map<string, number>();
  /** What metadata was told and has not confirmed yet. */
  readonly #told = new Map<string, State>();
  readonly #timers = new Map<string, () => void>();
  #ended = false;

  constructor(deps: OperatingStatesDeps) {
    this.#deps = deps;
  }

  /** Follows the registry. */
  update(name: string, bound: BoundDevice | undefined): void {
    this.#told.delete(name);
    if (bound === undefined) this.#left.delete(name);
    if (bound?.device.operatingState === "DOWN" && this.#deps.settings().returnsFromDown) this.#arm(name);
    else this.#disarm(name);
  }

  /** A request to the device gave something, or nothing at all. */
  outcome(name: string, ok: boolean): void {
    const { allowedFails } = this.#deps.settings();
    const state = this.#deps.registry.get(name)?.device.operatingState;
    if (allowedFails === 0 || state === undefined) return;
    if (ok) {
      this.#left.delete(name);
      if (state === "DOWN") this.#mark(name, "UP");
      return;
    }
    const left = Math.max(0, (this.#left.get(name) ?? allowedFails) - 1);
    this.#left.set(name, left);
    if (left === 0 && state !== "DOWN") this.#mark(name, "DOWN");
  }

  /** Once, until metadata has confirmed or refused it. */
  #mark(name: string, state: State): void {
    if (this.#told.get(name) === state) return;
    this.#told.set(name, state);
    this.#deps.mark(name, state).catch((error: unknown) => {
      this.#told.delete(name);
      this.#deps.log.warn(
        { device: name, reason: messageOf(error) },
        `metadata was not told that a device is ${state}`,
      );
    });
  }

  #arm(name: string): void {
    if (this.#ended || this.#timers.has(name)) return;
    const cancel = this.#deps.setTimer(() => {
      this.#timers.delete(name);
      void this.#probe(name);
    }, this.#deps.settings().downTimeoutMs);
    this.#timers.set(name, cancel);
  }

  #disarm(name: string): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
  }

  async #probe(name: string): Promise<void> {
    const bound = this.#deps.registry.get(name);
    if (bound?.device.operatingState !== "DOWN" || bound.profile === undefined) return;
    const readable = [...bound.resources.values()].find(({ resource }) => resource.properties.readWrite !== "W");
    if (readable === undefined) this.#mark(name, "UP");
    else {
      await this.#deps.probe(name, readable.name).catch((error: unknown) => {
        this.#deps.log.debug({ device: name, reason: messageOf(error) }, "the device is still DOWN");
      });
    }
    // Until metadata says that it is UP; that it was told so may not have arrived.
    if (this.#deps.registry.get(name)?.device.operatingState === "DOWN") this.#arm(name);
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }
}
