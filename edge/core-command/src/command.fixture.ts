/** Core command between metadata and one device service, over direct calls or over sockets. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type CallContext,
  type Client,
  type CommandOperations,
  commandOperations,
  type Device,
  type DeviceOperations,
  type DeviceProfile,
  deviceOperations,
  type Event,
  filters,
  type Handlers,
  inProcessClient,
  type JsonMessage,
  type MetadataOperations,
  metadataOperations,
  STATUS_OF,
  type Table,
  topics,
} from "@jx/contracts";
import { AppError, isAppError } from "@jx/kit";
import { addRoutes, type Bus, type Clients, createServer, httpClient, type Logger, listen } from "@jx/runtime";
import { commandHandlers } from "./handlers.ts";

const PROFILE: DeviceProfile = {
  name: "mp-prof",
  deviceResources: [
    { name: "R1", properties: { valueType: "Int16", readWrite: "RW" } },
    { name: "R2", properties: { valueType: "Bool", readWrite: "R" } },
    { name: "hidden", isHidden: true, properties: { valueType: "Bool", readWrite: "R" } },
    { name: "shadowed", properties: { valueType: "Bool", readWrite: "W" } },
  ],
  deviceCommands: [
    { name: "both", readWrite: "R", resourceOperations: [{ deviceResource: "R2" }, { deviceResource: "R1" }] },
    { name: "shadowed", isHidden: true, readWrite: "R", resourceOperations: [{ deviceResource: "R1" }] },
    { name: "R2", readWrite: "R", resourceOperations: [{ deviceResource: "R2" }] },
  ],
};
const device = (name: string, fields: Partial<Device> = {}): Device => ({
  name,
  serviceName: "svc",
  profileName: "mp-prof",
  adminState: "UNLOCKED",
  operatingState: "UP",
  protocols: {},
  ...fields,
});
/** The service of "dead" is registered at a port on which nobody listens. */
const DEVICES = [
  device("mp-d1"),
  device("bare", { profileName: "" }),
  device("a/b é"),
  device("orphan", { serviceName: "gone" }),
  device("dead", { serviceName: "dead" }),
];

/** Metadata; only what core command asks for. */
const metadata = (addresses: Readonly<Record<string, string>>) =>
  ({
    allDevices({ offset, limit }) {
      if (offset > DEVICES.length) {
        throw new AppError("RangeNotSatisfiable", `query objects bounds out of range. length:5 offset:${offset}`);
      }
      return { totalCount: DEVICES.length, devices: DEVICES.slice(offset, offset + limit) };
    },
    deviceByName({ name }) {
      const found = DEVICES.find((each) => each.name === name);
      if (found === undefined) throw new AppError("NotFound", `no device with name '${name}' found`);
      return { device: found };
    },
    profileByName: () => ({ profile: PROFILE }),
    serviceByName({ name }) {
      const baseAddress = addresses[name];
      if (baseAddress === undefined) throw new AppError("NotFound", `no device service with name '${name}' found`);
      return { service: { name, baseAddress, adminState: "UNLOCKED" } };
    },
  }) as Partial<Handlers<MetadataOperations>> as Handlers<MetadataOperations>;

export const EVENT: Event = {
  id: "3e7a0000-0000-4000-8000-000000000000",
  deviceName: "mp-d1",
  profileName: "mp-prof",
  sourceName: "R1",
  origin: 1795472580937858331n,
  readings: [
    {
      deviceName: "mp-d1",
      profileName: "mp-prof",
      resourceName: "R1",
      valueType: "Int16",
      value: 5,
      origin: 1795472580937858331n,
      units: "",
      mediaType: "",
      tags: undefined,
    },
  ],
  tags: undefined,
};

export interface Harness {
  readonly client: Client<CommandOperations>;
  /** What reached the device service. */
  readonly calls: readonly { readonly input: object; readonly context: CallContext }[];
}

/** Starts the three services; `handlers` are the device service's. */
export type Start = (handlers?: Partial<Handlers<DeviceOperations>>) => Promise<Harness>;

/** One test over both transports: direct calls, and HTTP at every hop. */
export function contract(name: string, run: (start: Start) => Promise<void>): void {
  test(`${name} (in process)`, () => run(async (handlers) => inProcess(handlers)));
  test(`${name} (HTTP)`, async () => {
    await using opened = new AsyncDisposableStack();
    await run((handlers) => overHttp(opened, handlers));
  });
}

const CORE = "http://localhost:59882";

function inProcess(handlers: Partial<Handlers<DeviceOperations>> = {}): Harness {
  const { calls, core } = bareCommand(handlers);
  return { calls, client: inProcessClient(commandOperations, () => core, newId) };
}

/** Core command's handlers and what they were made of. */
export function bareCommand(handlers: Partial<Handlers<DeviceOperations>> = {}) {
  const { calls, service } = recording(handlers);
  const clients = {
    at(key: string) {
      if (key === "svc") return inProcessClient(deviceOperations, () => service, newId);
      return inProcessClient(
        deviceOperations,
        () => {
          throw new AppError("ServiceUnavailable", `${key} is not running; see jx status`, { code: "not-running" });
        },
        newId,
      );
    },
  } as Pick<Clients, "at">;
  const known = metadata({ svc: "http://localhost:59900", dead: "http://localhost:59901" });
  const deps = {
    metadata: inProcessClient(metadataOperations, () => known, newId),
    clients,
    baseAddress: CORE,
    maxResults: () => 1_024,
  };
  return { calls, deps, core: commandHandlers(deps) };
}

async function overHttp(
  opened: AsyncDisposableStack,
  handlers: Partial<Handlers<DeviceOperations>> = {},
): Promise<Harness> {
  const { calls, service } = recording(handlers);
  const svc = await serve(deviceOperations, service, opened);
  await using closed = new AsyncDisposableStack();
  const dead = await serve(deviceOperations, service, closed);
  await closed.disposeAsync();
  const known = await serve(metadataOperations, metadata({ svc, dead }), opened);
  const clients = {
    at: <T extends Table>(_key: string, address: string, table: T) => clientOf(table, address),
  };
  const core = commandHandlers({
    metadata: clientOf(metadataOperations, known),
    clients,
    baseAddress: CORE,
    maxResults: () => 1_024,
  });
  return { calls, client: clientOf(commandOperations, await serve(commandOperations, core, opened)) };
}

/** Returns the base address. */
async function serve<T extends Table>(table: T, handlers: Handlers<T>, opened: AsyncDisposableStack): Promise<string> {
  const options = { host: "127.0.0.1", port: 0, name: "test", allowedHosts: [], maxBodyBytes: 1_000_000 };
  const app = createServer(options);
  opened.defer(() => app.close());
  addRoutes(app, "/api/v3", table, handlers, { log: silent, newId });
  return `http://127.0.0.1:${await listen(app, options, { whoHolds: () => undefined })}`;
}

function clientOf<T extends Table>(table: T, address: string): Client<T> {
  return httpClient(table, { baseUrl: `${address}/api/v3`, timeoutMs: 10_000, newId });
}

/** A device service on the bus: what it answers to a command; undefined: nothing. */
export type BusService = (request: JsonMessage) => Pick<JsonMessage, "payload" | "errorCode" | "cbor"> | undefined;

/** Puts the device service "svc" on a bus; gives what it is asked. */
export function serviceOnBus(bus: Bus, service: BusService): readonly JsonMessage[] {
  const asked: JsonMessage[] = [];
  const options = { name: "svc", policy: "block", capacity: 100 } as const;
  bus.subscribe(filters.deviceCommands("svc"), options, (message) => {
    asked.push(message as JsonMessage);
    const outcome = service(message as JsonMessage);
    if (outcome === undefined) return;
    const topic = topics.response("svc", message.requestId ?? "");
    void bus.publish({ ...(message as JsonMessage), topic, ...outcome });
  });
  return asked;
}

const newId = (): string => "id";

export const silent: Logger = {
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silent,
};

function recording(handlers: Partial<Handlers<DeviceOperations>>) {
  const calls: { input: object; context: CallContext }[] = [];
  const given = { get: () => ({ event: EVENT }), set: () => ({}), ...handlers } as Handlers<DeviceOperations>;
  const service = {
    ...given,
    get(input, context) {
      calls.push({ input, context });
      return given.get(input, context);
    },
    set(input, context) {
      calls.push({ input, context });
      return given.set(input, context);
    },
  } satisfies Handlers<DeviceOperations>;
  return { calls, service };
}

/** "400 text" of what a call rejects with, for tables of cases. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "accepted";
  } catch (error) {
    assert.ok(isAppError(error));
    return `${STATUS_OF[error.kind]} ${error.message}`;
  }
}
