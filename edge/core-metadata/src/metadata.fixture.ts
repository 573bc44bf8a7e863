/** Core metadata over a memory store, called as any other service calls it. */
import { test } from "node:test";
import {
  type Client,
  type Handlers,
  inProcessClient,
  type JsonMessage,
  type MetadataOperations,
  metadataOperations,
  STATUS_OF,
} from "@jx/contracts";
import { isAppError } from "@jx/kit";
import {
  addRoutes,
  createBus,
  createMetrics,
  createServer,
  httpClient,
  type Logger,
  listen,
  type SubscriptionHandle,
} from "@jx/runtime";
import { Catalog } from "./catalog.ts";
import type { MetadataConfig } from "./config.ts";
import { metadataHandlers } from "./handlers.ts";
import type { DocumentStore } from "./store/document-store.ts";
import { memoryStore } from "./store/memory.fixture.ts";
import { SystemEvents } from "./system-events.ts";
import { DEFAULT_UNITS_FILE, readUnits } from "./units.ts";
import { DeviceValidator } from "./validator.ts";

export const silent: Logger = {
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silent,
};

export interface Harness {
  readonly client: Client<MetadataOperations>;
  readonly config: MetadataConfig;
  /** For what the typed client cannot say: "http://127.0.0.1:1234/api/v3"; undefined in process. */
  readonly url: string | undefined;
  /** System events in order, as the bus delivered them. */
  events(): Promise<readonly { topic: string; action: string; details: Record<string, unknown> }[]>;
  /** A device service on the bus that answers each validation. */
  answerValidation(service: string, answer: (device: unknown) => Partial<JsonMessage> | undefined): SubscriptionHandle;
}

export type Transport = "in process" | "HTTP";

/** What a contract test starts from; `seeded` has one service, one profile and nothing else, its first events taken. */
export interface Start {
  harness(store?: DocumentStore): Promise<Harness>;
  seeded(): Promise<Harness>;
}

/** One test over both transports: what holds for a direct call holds for a request, to the letter. */
export function contract(name: string, run: (start: Start) => Promise<void>): void {
  for (const transport of ["in process", "HTTP"] as const) {
    test(`${name} (${transport})`, async () => {
      await using opened = new AsyncDisposableStack();
      const make = (store = memoryStore()): Promise<Harness> => harness(store, transport, opened);
      await run({ harness: make, seeded: async () => seed(await make()) });
    });
  }
}

async function harness(store: DocumentStore, transport: Transport, opened: AsyncDisposableStack): Promise<Harness> {
  const bus = createBus({
    onError: (error) => {
      throw error;
    },
    freeze: true,
  });
  const config: MetadataConfig = {
    Writable: {
      MaxDevices: 0,
      MaxResources: 0,
      ProfileChange: { StrictDeviceProfileChanges: false, StrictDeviceProfileDeletes: false },
      UoM: { Validation: false },
    },
    UoM: { UoMFile: "" },
    Service: { MaxResultCount: 1024, RequestTimeout: "5s" },
  };
  let time = 1_795_472_304_000_000_000n;
  const clock = {
    now() {
      time += 1_000_000n;
      return time;
    },
    monotonic: () => 0,
  };
  let ids = 0;
  const newId = (): string => {
    ids += 1;
    return `00000000-0000-4000-8000-${String(ids).padStart(12, "0")}`;
  };
  const handlers = metadataHandlers({
    catalog: await Catalog.load(store),
    events: new SystemEvents({ bus, clock, log: silent, metrics: createMetrics() }),
    validator: new DeviceValidator({ bus, newId }),
    units: await readUnits(DEFAULT_UNITS_FILE),
    config: { current: config, onChange: () => () => {} },
    clock,
    newId,
  });
  const seen: JsonMessage[] = [];
  const watcher = bus.subscribe(
    "edgex/system-events/#",
    { name: "watch", policy: "block", capacity: 1000 },
    (message) => void seen.push(message as JsonMessage),
  );
  const url = transport === "HTTP" ? await serve(handlers, newId, opened) : undefined;
  return {
    client:
      url === undefined
        ? inProcessClient(metadataOperations, () => handlers, newId)
        : httpClient(metadataOperations, { baseUrl: url, timeoutMs: 10_000, newId }),
    config,
    url,
    async events() {
      await watcher.drained();
      return seen.splice(0).map(({ topic, payload }) => {
        const { action, details } = payload as { action: string; details: Record<string, unknown> };
        return { topic: topic.replace("edgex/system-events/core-metadata/", ""), action, details };
      });
    },
    answerValidation: (service, answer) =>
      bus.subscribe(`edgex/${service}/validate/device`, { name: service, policy: "block", capacity: 10 }, (message) => {
        const { requestId = "", correlationId, payload } = message as JsonMessage;
        const reply = answer((payload as { device: unknown }).device);
        if (reply === undefined) return;
        const topic = `edgex/response/${service}/${requestId}`;
        void bus.publish({ kind: "json", topic, correlationId, requestId, payload: null, from: "inside", ...reply });
      }),
  };
}

export const SERVICE = { name: "svc", baseAddress: "http://localhost:59900", adminState: "UNLOCKED" } as const;
export const PROFILE = {
  name: "prof",
  deviceResources: [
    { name: "R1", properties: { valueType: "int16", readWrite: "RW" } },
    { name: "R2", properties: { valueType: "Bool", readWrite: "R" } },
  ],
  deviceCommands: [
    { name: "both", readWrite: "R", resourceOperations: [{ deviceResource: "R1" }, { deviceResource: "R2" }] },
  ],
} as const;
export const DEVICE = {
  name: "d1",
  serviceName: "svc",
  profileName: "prof",
  adminState: "UNLOCKED",
  operatingState: "UP",
  protocols: { modbus: { Address: "1" } },
} as const;

/** Mutable copies: the operation types are those of JSON. */
export function copy<T>(value: T): Mutable<T> {
  return structuredClone(value) as Mutable<T>;
}
type Mutable<T> = { -readonly [K in keyof T]: T[K] extends object ? Mutable<T[K]> : T[K] };

async function serve(
  handlers: Handlers<MetadataOperations>,
  newId: () => string,
  opened: AsyncDisposableStack,
): Promise<string> {
  const options = { host: "127.0.0.1", port: 0, name: "core-metadata", allowedHosts: [], maxBodyBytes: 25_000_000 };
  const app = createServer(options);
  opened.defer(() => app.close());
  addRoutes(app, "/api/v3", metadataOperations, handlers, { log: silent, newId });
  const port = await listen(app, options, { whoHolds: () => undefined });
  return `http://127.0.0.1:${port}/api/v3`;
}

async function seed(h: Harness): Promise<Harness> {
  await h.client.addServices({ body: [{ service: copy(SERVICE) }] });
  await h.client.addProfiles({ body: [{ profile: copy(PROFILE) }] });
  await h.events();
  return h;
}

/** Adds or changes one device without asking its service; returns the item. */
export async function addOne(h: Harness, fields: object = {}, flags: object = { bypassValidation: "true" }) {
  const device = { ...copy(DEVICE), ...fields };
  return (await h.client.addDevices({ body: [{ device }], ...flags }))[0];
}
export async function patchOne(h: Harness, fields: object, flags: object = { bypassValidation: "true" }) {
  return (await h.client.updateDevices({ body: [{ device: { name: "d1", ...fields } }], ...flags }))[0];
}

/** "400 text" of what a call rejects with, for tables of cases. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "accepted";
  } catch (error) {
    if (!isAppError(error)) throw error;
    return `${STATUS_OF[error.kind]} ${error.message}`;
  }
}
