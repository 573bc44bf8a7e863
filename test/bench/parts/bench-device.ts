import type { Device, DeviceProfile } from "@jx/contracts";
import { type AnyResource, type AnySession, defineDeviceService, type PushedSample, type Sample } from "@jx/device-sdk";
import { deferred } from "@jx/kit";
import { Type } from "typebox";

export const BENCH_SERVICE = "device-bench";
const PROTOCOL = "bench";

/**
 * Devices of the bench itself, behind the SDK like any other: a value is handed over when the bench says so and a write
 * tells when it arrived. So what lies between is measured, and no wire.
 */
export class BenchDevices {
  readonly service = defineDeviceService({
    key: BENCH_SERVICE,
    port: 0,
    description: "Devices of a benchmark",
    drivers: [
      {
        protocol: PROTOCOL,
        protocolSchema: Type.Object({ Device: Type.String() }),
        attributeSchema: Type.Object({}),
        pushes: true,
        sessionKey: () => "bench",
        plan: (resources) => [{ resources }],
        open: async () => this.#session(),
      },
    ],
  });
  readonly #onWrite: (device: string) => void;
  readonly #feeds = new Map<string, (value: number) => void>();
  #reads = 0;

  constructor(onWrite: (device: string) => void) {
    this.#onWrite = onWrite;
  }

  /** True once the SDK listens to this device. */
  listens(device: string): boolean {
    return this.#feeds.has(device);
  }

  /** The device's resource "In" has a new value, now. */
  push(device: string, value: number): void {
    this.#feeds.get(device)?.(value);
  }

  #session(): AnySession {
    const closed = deferred<undefined>();
    const written = new Map<unknown, boolean>();
    return {
      maxInFlight: 64,
      closed: closed.promise,
      read: async ({ resources }, properties) =>
        resources.map(({ valueType }): Sample => {
          if (valueType === "Bool") return { value: written.get(deviceOf(properties)) ?? false };
          this.#reads += 1;
          return { value: 40 + (this.#reads % 100) / 10 };
        }),
      write: async (writes, properties) => {
        const device = deviceOf(properties);
        this.#onWrite(device);
        for (const { value } of writes) written.set(device, value === true);
      },
      subscribe: (resources, properties, { signal }) => this.#feed(deviceOf(properties), resources, signal),
      async [Symbol.asyncDispose]() {
        closed.resolve(undefined);
      },
    };
  }

  async *#feed(
    device: string,
    resources: readonly AnyResource[],
    signal: AbortSignal,
  ): AsyncGenerator<readonly PushedSample<unknown>[]> {
    const resource = resources.find(({ name }) => name === "In");
    let next = deferred<number | undefined>();
    signal.addEventListener("abort", () => next.resolve(undefined), { once: true });
    this.#feeds.set(device, (value) => next.resolve(value));
    for (;;) {
      const value = await next.promise;
      if (value === undefined || signal.aborted || resource === undefined) return;
      next = deferred();
      yield [{ resource, sample: { value } }];
    }
  }
}

function deviceOf(properties: unknown): string {
  return (properties as { Device: string }).Device;
}

const number = (name: string) => ({
  name,
  attributes: {},
  properties: { valueType: "Float64" as const, readWrite: "R" as const, units: "℃" },
});
const LOAD = ["A", "B", "C", "D", "E"];

/** One profile for devices of the same kind: In is handed over, Out is written, A to E are polled as "All". */
export function benchProfile(name: string): DeviceProfile {
  return {
    name,
    deviceResources: [
      ...["In", ...LOAD].map(number),
      { name: "Out", attributes: {}, properties: { valueType: "Bool", readWrite: "RW" } },
    ],
    deviceCommands: [
      { name: "All", readWrite: "R", resourceOperations: LOAD.map((deviceResource) => ({ deviceResource })) },
    ],
  };
}

export function benchDevice(name: string, profileName: string, interval?: string): Device {
  return {
    name,
    profileName,
    serviceName: BENCH_SERVICE,
    adminState: "UNLOCKED",
    operatingState: "UP",
    protocols: { [PROTOCOL]: { Device: name } },
    ...(interval === undefined ? {} : { autoEvents: [{ sourceName: "All", interval }] }),
  };
}
