import type { Client, Device, MetadataOperations, ProvisionWatcher } from "@jx/contracts";
import { AppError, abortReason, messageOf } from "@jx/kit";
import type { Bus, Logger } from "@jx/runtime";
import type { AnyDriver, DiscoveredDevice } from "../driver.ts";
import { requireSuccess } from "../registry/metadata.ts";
import type { Registry } from "../registry/registry.ts";
import type { Settings } from "../settings.ts";
import { step, tellProgress } from "./progress.ts";
import type { Watchers } from "./watchers.ts";

export interface DiscoveryDeps {
  readonly service: string;
  readonly drivers: readonly AnyDriver[];
  readonly registry: Registry;
  readonly watchers: Watchers;
  readonly metadata: Client<MetadataOperations>;
  readonly bus: Bus;
  readonly log: Logger;
  settings(): Pick<Settings, "discovery">;
  now(): bigint;
  newId(): string;
  setTimer(callback: () => void, ms: number): () => void;
}

interface Running {
  readonly requestId: string;
  readonly controller: AbortController;
}

/**
 * Looks for devices through the drivers and adds those that a provision watcher wants (edgex-device-sdk.md §7). One
 * discovery at a time: a request during it is answered as usual and does nothing more.
 */
export class Discovery implements Disposable {
  readonly #deps: DiscoveryDeps;
  readonly #drivers: readonly AnyDriver[];
  #running: Running | undefined;
  #cancelTimer: (() => void) | undefined;
  #ended = false;

  constructor(deps: DiscoveryDeps) {
    this.#deps = deps;
    this.#drivers = deps.drivers.filter(({ discover }) => discover !== undefined);
  }

  /** POST /discovery. */
  trigger(correlationId: string): { readonly requestId: string; readonly message: string } {
    if (this.#deps.registry.locked) throw new AppError("ServiceLocked", "service locked");
    if (!this.#deps.settings().discovery.enabled) {
      throw new AppError("ServiceUnavailable", "device discovery disabled");
    }
    if (this.#drivers.length === 0) throw new AppError("NotImplemented", "Device discovery is not implemented");
    void this.#run(correlationId);
    return { requestId: correlationId, message: "Device Discovery is triggered." };
  }

  /** DELETE /discovery, with the id of the request or whichever runs. `options`: the query, for the driver. */
  stop(requestId: string | undefined, options: Readonly<Record<string, unknown>>): void {
    if (this.#drivers.length === 0) throw new AppError("NotImplemented", "Stop device discovery is not implemented");
    const running = this.#running;
    if (running === undefined) return;
    if (requestId !== undefined && requestId !== running.requestId) {
      throw new AppError("NotFound", "There is no auto discovery process running with the requestId");
    }
    running.controller.abort(new AppError("Aborted", "stopped by request", { details: options }));
  }

  /** The first discovery now, the next an interval after the end of each. */
  startTimer(): void {
    const { enabled, intervalMs } = this.#deps.settings().discovery;
    if (!enabled || intervalMs <= 0 || this.#drivers.length === 0 || this.#ended) return;
    void this.#run(this.#deps.newId()).then(() => {
      if (!this.#ended) this.#cancelTimer = this.#deps.setTimer(() => this.startTimer(), intervalMs);
    });
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    this.#cancelTimer?.();
    this.#running?.controller.abort(new AppError("Aborted", "the service ends"));
  }

  /** Never rejects. */
  async #run(requestId: string): Promise<void> {
    const { log } = this.#deps;
    if (this.#running !== undefined) return log.info({ requestId }, "a discovery runs already");
    const controller = new AbortController();
    this.#running = { requestId, controller };
    let found = 0;
    const tell = (progress: number, message?: string): void => {
      const count = found === 0 ? {} : { discoveredDeviceCount: found };
      tellProgress(this.#deps, "discovery", {
        requestId,
        progress,
        ...(message === undefined ? {} : { message }),
        ...count,
      });
    };
    tell(0);
    try {
      for (const [i, driver] of this.#drivers.entries()) {
        const progress = (percent: number): void => tell(step((100 * i + step(percent)) / this.#drivers.length));
        for await (const device of driver.discover?.({ signal: controller.signal, log, progress }) ?? []) {
          if (controller.signal.aborted) break;
          found += 1;
          await this.#take(device);
        }
        if (controller.signal.aborted) throw abortReason(controller.signal);
      }
      tell(100);
    } catch (error) {
      const reason = `failed to trigger protocol discovery with correlation id: ${requestId}, err: ${messageOf(error)}`;
      log.warn({ requestId, reason: messageOf(error) }, "a discovery did not come to its end");
      tell(-1, reason);
    } finally {
      this.#running = undefined;
    }
  }

  /** Adds it as the first watcher that wants it says; when metadata refuses, as the next says. */
  async #take(found: DiscoveredDevice): Promise<void> {
    const { registry, watchers, metadata, log, service } = this.#deps;
    const { name } = found;
    const skipped = (watcher: string, error: unknown): void =>
      log.warn({ device: name, watcher, reason: messageOf(error) }, "a provision watcher was passed over");
    for (const watcher of watchers.matching(found, skipped)) {
      if (registry.get(name) !== undefined) return;
      try {
        const body = [{ device: deviceOf(found, watcher, service) }];
        requireSuccess(await metadata.addDevices({ body, bypassValidation: "true" }));
        return log.info({ device: name, watcher: watcher.name }, "a discovered device was added");
      } catch (error) {
        const reason = messageOf(error);
        log.warn({ device: name, watcher: watcher.name, reason }, "a discovered device was not added");
      }
    }
  }
}

function deviceOf(found: DiscoveredDevice, { discoveredDevice }: ProvisionWatcher, serviceName: string): Device {
  const { name, description, labels, protocols } = found;
  const { profileName, adminState, autoEvents, properties } = discoveredDevice;
  return {
    name,
    serviceName,
    adminState,
    operatingState: "UP",
    protocols: Object.fromEntries(Object.entries(protocols).map(([key, value]) => [key, { ...value }])),
    ...(description === undefined ? {} : { description }),
    ...(labels === undefined ? {} : { labels: [...labels] }),
    ...(profileName === undefined ? {} : { profileName }),
    ...(autoEvents === undefined ? {} : { autoEvents }),
    ...(properties === undefined ? {} : { properties }),
  };
}
