/** Parts that the SDK's own tests share: an in-memory metadata, a driver that does what the test says, a context. */
import type {
  Client,
  Device,
  DeviceProfile,
  DeviceService,
  Event,
  EventMessage,
  MetadataOperations,
  ProvisionWatcher,
  ReadingValue,
  SystemEvent,
  UpdateDevice,
} from "@jx/contracts";
import { topics } from "@jx/contracts";
import { AppError, type Deferred, deferred } from "@jx/kit";
import {
  type Bus,
  createBus,
  createMetrics,
  type Logger,
  type ServiceContext,
  type TelemetryMetric,
} from "@jx/runtime";
import { Type } from "typebox";
import type { DeviceServiceConfig } from "./config.ts";
import type { AnyDriver, AnySession, DriverWrite, PushedSample, RequestContext, Sample } from "./driver.ts";

export const silent: Logger = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

/** EdgeX's default of MaxResultCount: what −1 gives at once. */
const MAX_RESULTS = 1_024;

/** Core metadata's answers for one device service, from three maps. */
export class MemoryMetadata {
  readonly devices = new Map<string, Device>();
  readonly profiles = new Map<string, DeviceProfile>();
  readonly services = new Map<string, DeviceService>();
  readonly watchers = new Map<string, ProvisionWatcher>();
  readonly patches: unknown[] = [];
  /** Names that it does not take. */
  readonly refuse = new Set<string>();
  /** What it does with a change besides writing it down. */
  onUpdate: (patch: UpdateDevice) => void = () => undefined;
  pages = 0;
  /** Questions while it was not available. */
  refused = 0;
  available = true;
  readonly client: Client<MetadataOperations>;

  constructor() {
    const ok = [{ statusCode: 200 }];
    const operations: Partial<Client<MetadataOperations>> = {
      serviceByName: async ({ name }) => ({ service: this.#need(this.services, name) }),
      addServices: async ({ body }) => {
        for (const { service } of body ?? []) this.services.set(service.name, service);
        return [{ statusCode: 201, id: "1" }];
      },
      updateServices: async ({ body }) => {
        this.patches.push(...(body ?? []));
        return ok;
      },
      updateDevices: async ({ body }) => {
        this.patches.push(...(body ?? []));
        for (const { device } of body ?? []) this.onUpdate(device);
        return ok;
      },
      devicesByService: async ({ name, offset = 0 }) => {
        this.pages += 1;
        const all = [...this.devices.values()].filter(({ serviceName }) => serviceName === name);
        return { totalCount: all.length, devices: all.slice(offset, offset + MAX_RESULTS) };
      },
      watchersByService: async ({ name, offset = 0 }) => {
        const all = [...this.watchers.values()].filter(({ serviceName }) => serviceName === name);
        return { totalCount: all.length, provisionWatchers: all.slice(offset, offset + MAX_RESULTS) };
      },
      watcherByName: async ({ name }) => ({ provisionWatcher: this.#need(this.watchers, name) }),
      addWatchers: async ({ body }) => {
        for (const { provisionWatcher } of body ?? []) this.watchers.set(provisionWatcher.name, provisionWatcher);
        return (body ?? []).map(() => ({ statusCode: 201 }));
      },
      addDevices: async ({ body }) =>
        (body ?? []).map(({ device }) => {
          if (this.refuse.has(device.name)) return { statusCode: 400, message: `no ${device.name}` };
          this.devices.set(device.name, device);
          return { statusCode: 201 };
        }),
      addProfiles: async ({ body }) =>
        (body ?? []).map(({ profile }) => {
          if (this.refuse.has(profile.name)) return { statusCode: 400, message: `no ${profile.name}` };
          this.profiles.set(profile.name, profile);
          return { statusCode: 201 };
        }),
      replaceProfiles: async ({ body }) =>
        (body ?? []).map(({ profile }) => {
          this.profiles.set(profile.name, profile);
          return { statusCode: 200 };
        }),
      deviceByName: async ({ name }) => ({ device: this.#need(this.devices, name) }),
      profileByName: async ({ name }) => ({ profile: this.#need(this.profiles, name) }),
    };
    this.client = new Proxy(operations as Client<MetadataOperations>, {
      get: (target, key) => {
        if (!this.available) this.refused += 1;
        if (!this.available) throw new AppError("ServiceUnavailable", "core-metadata is not there");
        return Reflect.get(target, key);
      },
    });
  }

  #need<T>(map: ReadonlyMap<string, T>, name: string): T {
    const found = map.get(name);
    if (found === undefined) throw new AppError("NotFound", `fail to query ${name}`);
    return found;
  }
}

/** A driver whose device is a map of values. A value that is an AppError fails alone; `hang` never answers. */
export class ScriptedDriver {
  readonly values = new Map<string, ReadingValue | AppError>();
  /** Exchanges in the order they reached the device. */
  readonly exchanges: string[] = [];
  /** What came with each of them in its query. */
  readonly queries: (string | undefined)[] = [];
  readonly pushed: Deferred<(samples: readonly PushedSample<unknown>[]) => void> = deferred();
  opened = 0;
  inFlight = 0;
  mostInFlight = 0;
  maxInFlight = 1;
  /** How many resources one batch may hold. */
  batchSize = Number.POSITIVE_INFINITY;
  refuse: AppError | undefined;
  hang = false;
  /** Never answers for this resource. */
  hangOn: string | undefined;
  /** Each exchange waits for this. */
  gate: Promise<void> | undefined;
  current: Deferred<AppError | undefined> | undefined;

  readonly driver: AnyDriver = {
    protocol: "scripted",
    protocolSchema: Type.Object({ Line: Type.String(), Unit: Type.Integer({ minimum: 0, maximum: 255 }) }),
    attributeSchema: Type.Object({ address: Type.Optional(Type.Integer({ description: "Where it lies" })) }),
    sessionKey: (properties) => (properties as { Line: string }).Line,
    plan: (resources) => {
      const batches = [];
      for (let i = 0; i < resources.length; i += this.batchSize) {
        batches.push({ resources: resources.slice(i, i + this.batchSize) });
      }
      return batches;
    },
    open: async () => {
      this.opened += 1;
      if (this.refuse !== undefined) throw this.refuse;
      return this.#session();
    },
  };

  #session(): AnySession {
    const closed = deferred<AppError | undefined>();
    this.current = closed;
    return {
      maxInFlight: this.maxInFlight,
      closed: closed.promise,
      read: (batch, _, context) =>
        this.#exchange(`read ${batch.resources.map(({ name }) => name).join(",")}`, context, () =>
          batch.resources.map(({ name }): Sample => {
            const value = this.values.get(name);
            if (value instanceof AppError) return { error: value };
            return value === undefined ? { error: new AppError("NotFound", `no value of ${name}`) } : { value };
          }),
        ),
      write: (writes: readonly DriverWrite<unknown>[], _, context) =>
        this.#exchange(`write ${writes.map(({ resource }) => resource.name).join(",")}`, context, () => {
          for (const { resource, value } of writes) this.values.set(resource.name, value);
        }),
      async [Symbol.asyncDispose]() {
        closed.resolve(undefined);
      },
    };
  }

  async #exchange<T>(what: string, { signal, urlRawQuery }: RequestContext, work: () => T): Promise<T> {
    this.exchanges.push(what);
    this.queries.push(urlRawQuery);
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    try {
      await this.gate;
      if (this.hang || what.split(/[ ,]/).includes(this.hangOn ?? "")) {
        await new Promise<never>((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        });
      }
      return work();
    } finally {
      this.inFlight -= 1;
    }
  }
}

export interface Bench {
  readonly context: ServiceContext<typeof DeviceServiceConfig>;
  readonly metadata: MemoryMetadata;
  readonly bus: Bus;
  readonly events: Event[];
  /** Metrics under EdgeX's names. */
  readonly telemetry: ReadonlySet<TelemetryMetric>;
  configure(change: (config: DeviceServiceConfig) => void): void;
  /** Tells the bus what metadata would. */
  systemEvent(type: SystemEvent["type"], action: SystemEvent["action"], details: { name: string }): void;
  /** Metadata was away and says that it is back. */
  metadataBack(): void;
}

export const KEY = "device-test";

export function bench(): Bench {
  const metadata = new MemoryMetadata();
  const bus = createBus({ onError: (error) => assertNever(error), freeze: true });
  const events: Event[] = [];
  bus.subscribe("edgex/events/device/#", { name: "test", policy: "drop-oldest", capacity: 100_000 }, (message) => {
    events.push((message as EventMessage).event);
  });
  const current: DeviceServiceConfig = {
    Writable: { WritesEnabled: true, Reading: { ReadingUnits: true } },
    MaxEventSize: 0,
    MaxConcurrentCommands: 0,
    Device: {
      ProfilesDir: "",
      DevicesDir: "",
      ProvisionWatchersDir: "",
      OverwriteProfiles: false,
      OverwriteDevices: false,
      Labels: "",
      EnableAsyncReadings: true,
      AllowedFails: 0,
      DeviceDownTimeout: 0,
      Discovery: { Enabled: false, Interval: "0s" },
      DataTransform: true,
      MaxCmdOps: 100,
      AutoEvents: { SendChangedReadingsOnly: false },
      RequestTimeout: "50ms",
      OpenTimeout: "1s",
    },
  };
  const telemetry = new Set<TelemetryMetric>();
  const listeners = new Set<(config: DeviceServiceConfig) => void>();
  let last = 1_700_000_000_000_000_000n;
  let ids = 0;
  const context: ServiceContext<typeof DeviceServiceConfig> = {
    key: KEY,
    config: {
      current,
      onChange: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    log: silent,
    bus,
    clock: {
      now: () => {
        last += 1n;
        return last;
      },
      monotonic: () => performance.now(),
    },
    metrics: createMetrics(),
    telemetry: {
      add: (metric) => {
        telemetry.add(metric);
        return { [Symbol.dispose]: () => void telemetry.delete(metric) };
      },
    },
    clients: {
      of: () => metadata.client as never,
      at: () => {
        throw new Error("not used");
      },
    },
    dataDir: "",
    baseAddress: "http://127.0.0.1:59999",
    newId: () => {
      ids += 1;
      return `00000000-0000-4000-8000-${String(ids).padStart(12, "0")}`;
    },
    signal: new AbortController().signal,
  };
  return {
    context,
    metadata,
    bus,
    events,
    telemetry,
    configure: (change) => {
      change(current);
      for (const listener of listeners) listener(current);
    },
    metadataBack: () => {
      const topic = topics.metadataBack;
      void bus.publish({ kind: "json", topic, correlationId: "", from: "outside", payload: null });
    },
    systemEvent: (type, action, details) => {
      void bus.publish({
        kind: "json",
        topic: topics.systemEvent(type, action, KEY),
        correlationId: "",
        from: "inside",
        payload: {
          apiVersion: "v3",
          type,
          action,
          source: "core-metadata",
          owner: KEY,
          tags: null,
          details,
          timestamp: 0n,
        },
      });
    },
  };
}

function assertNever(error: unknown): void {
  throw error;
}

export function device(name: string, change: Partial<Device> = {}): Device {
  return {
    name,
    adminState: "UNLOCKED",
    operatingState: "UP",
    serviceName: KEY,
    profileName: "profile",
    protocols: { scripted: { Line: "line-1", Unit: "7" } },
    ...change,
  };
}

/** Resolves when `check` is true; fails after twenty seconds, which even a machine under many other tests does not need. */
export async function until(check: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 20_000;
  while (!check()) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
