import type { Telemetry } from "@jx/runtime";
import type { Devices } from "./devices.ts";
import type { PublisherStats } from "./publisher.ts";
import type { BoundDevice } from "./registry/bind.ts";

export interface DeviceTelemetryDeps {
  readonly telemetry: Telemetry;
  readonly devices: Pick<Devices, "lasting">;
  readonly publisher: { readonly stats: PublisherStats };
}

/** EdgeX's three metrics of a device service: EventsSent, ReadingsSent, and LastConnected of each device, ns since 1970. */
export class DeviceTelemetry implements Disposable {
  readonly #deps: DeviceTelemetryDeps;
  readonly #sent: readonly Disposable[];
  readonly #perDevice = new Map<string, Disposable>();

  constructor(deps: DeviceTelemetryDeps) {
    const { telemetry, publisher } = deps;
    this.#deps = deps;
    this.#sent = [
      telemetry.add({ name: "EventsSent", kind: "counter", read: () => publisher.stats.sent }),
      telemetry.add({ name: "ReadingsSent", kind: "counter", read: () => publisher.stats.readings }),
    ];
  }

  /** Follows the registry. */
  update(device: string, bound: BoundDevice | undefined): void {
    if (bound === undefined) {
      this.#perDevice.get(device)?.[Symbol.dispose]();
      this.#perDevice.delete(device);
    } else if (!this.#perDevice.has(device)) {
      const { telemetry, devices } = this.#deps;
      const read = (): bigint => devices.lasting(device).monitor.lastOk ?? 0n;
      const metric = { name: `LastConnected-${device}`, kind: "gauge", read, tags: { device } } as const;
      this.#perDevice.set(device, telemetry.add(metric));
    }
  }

  [Symbol.dispose](): void {
    for (const metric of [...this.#sent, ...this.#perDevice.values()]) metric[Symbol.dispose]();
    this.#perDevice.clear();
  }
}
