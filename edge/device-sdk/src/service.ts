import {
  type CallContext,
  type DeviceOperations,
  deviceOperations,
  type HandlerInput,
  type Handlers,
  metadataOperations,
} from "@jx/contracts";
import { messageOf } from "@jx/kit";
import type { RunningService, ServiceContext, ServiceDefinition } from "@jx/runtime";
import { answerBusCommands } from "./command/bus-commands.ts";
import { DeviceServiceConfig } from "./config.ts";
import { Devices } from "./devices.ts";
import { Discovery } from "./discovery/discovery.ts";
import { ProfileScans } from "./discovery/scan.ts";
import { Watchers } from "./discovery/watchers.ts";
import type { AnyDriver } from "./driver.ts";
import type { DeviceHealth } from "./health.ts";
import { Connections } from "./link/connections.ts";
import { measure } from "./metrics.ts";
import { OperatingStates } from "./operating-states.ts";
import { AutoEvents } from "./poll/auto-events.ts";
import { Pushes } from "./poll/pushes.ts";
import { Scheduler } from "./poll/scheduler.ts";
import { provision } from "./provision/provision.ts";
import { Publisher } from "./publisher.ts";
import { type CommandDeps, get, readCommand } from "./read.ts";
import { followMetadata } from "./registry/follow.ts";
import { MetadataSync } from "./registry/metadata.ts";
import { Registry } from "./registry/registry.ts";
import { readSettings } from "./settings.ts";
import { DeviceTelemetry } from "./telemetry.ts";
import { answerValidations } from "./validation.ts";
import { set } from "./write.ts";

export interface DeviceServiceOptions {
  /** EdgeX's service key: "device-modbus". */
  readonly key: string;
  readonly port: number;
  readonly description: string;
  /** A device belongs to the first driver whose protocol it names. */
  readonly drivers: readonly AnyDriver[];
}

export interface RunningDeviceService extends RunningService<DeviceOperations> {
  health(): readonly DeviceHealth[];
  [Symbol.asyncDispose](): Promise<void>;
}

export interface DeviceServiceDefinition extends ServiceDefinition<DeviceOperations, typeof DeviceServiceConfig> {
  start(context: ServiceContext<typeof DeviceServiceConfig>): Promise<RunningDeviceService>;
  /** Of the devices of every running instance of this service. */
  health(): readonly DeviceHealth[];
}

/** A device service from its drivers: everything but the protocol is here. */
export function defineDeviceService(options: DeviceServiceOptions): DeviceServiceDefinition {
  const running = new Set<RunningDeviceService>();
  return {
    key: options.key,
    port: options.port,
    kind: "device-services",
    operations: deviceOperations,
    config: DeviceServiceConfig,
    async start(context) {
      const service = await start(options, context);
      running.add(service);
      return {
        ...service,
        async [Symbol.asyncDispose]() {
          running.delete(service);
          await service[Symbol.asyncDispose]();
        },
      };
    },
    health: () => [...running].flatMap((service) => service.health()),
  };
}

/**
 * A second, third, … of a service, with its own name, settings and devices and the provision watchers that all share
 * (device-sdk-go pkg/service/service.go setServiceName).
 */
export function instanceOf(definition: DeviceServiceDefinition, instance: string): DeviceServiceDefinition {
  return { ...definition, key: `${definition.key}_${instance}` };
}

async function start(
  { key: watchersOf, description, drivers }: DeviceServiceOptions,
  context: ServiceContext<typeof DeviceServiceConfig>,
): Promise<RunningDeviceService> {
  const { key, bus, clock, log, newId, config } = context;
  const monotonic = (): number => clock.monotonic();
  const random = Math.random;
  let current = readSettings(config.current);
  const settings = (): typeof current => current;
  const now = (): bigint => clock.now();
  const stops: (() => void)[] = [config.onChange((changed) => (current = readSettings(changed)))];

  const registry: Registry = new Registry(drivers, (name, bound) => {
    devices.update(name, bound);
    states.update(name, bound);
    telemetry.update(name, bound);
    autoEvents.update(name, bound);
    pushes.update(name, bound);
  });
  const connections: Connections = new Connections({
    log,
    monotonic,
    random,
    openTimeoutMs: () => current.openTimeoutMs,
    onSession: (connection, session) => pushes.onSession(connection, session),
  });
  const devices = new Devices({
    service: key,
    connections,
    settings,
    now,
    monotonic,
    onState: (device, state, reason) =>
      log[state === "ok" ? "info" : "warn"]({ device, state, reason }, "device state"),
    onOutcome: (device, ok) => states.outcome(device, ok),
  });
  const publisher = new Publisher({ service: key, bus, log, maxEventBytes: () => current.maxEventBytes });
  const telemetry = new DeviceTelemetry({ telemetry: context.telemetry, devices, publisher });
  const metadata = context.clients.of("core-metadata", metadataOperations);
  const watchers = new Watchers();
  const sync = new MetadataSync(
    { service: key, watchersOf, description, baseAddress: context.baseAddress, labels: current.labels },
    { metadata, registry, watchers, log },
  );
  const deps: CommandDeps = {
    registry,
    devices,
    publisher,
    settings,
    newId,
    now,
    onAssertion: (device) => {
      sync.mark(device, "DOWN").catch((error: unknown) => {
        log.warn({ device, reason: messageOf(error) }, "the device could not be marked DOWN");
      });
    },
  };
  const states: OperatingStates = new OperatingStates({
    registry,
    log,
    settings,
    setTimer,
    mark: (device, state) => sync.mark(device, state),
    probe: (device, resource) => readCommand({ device, command: resource, regex: false, urlRawQuery: "" }, deps),
  });
  const scheduler = new Scheduler({ monotonic, setTimer });
  const autoEvents = new AutoEvents({ ...deps, scheduler, log, monotonic, random });
  const pushes = new Pushes({ ...deps, connections, log });

  const health = (): readonly DeviceHealth[] => devices.health();
  stops.push(measure(context.metrics, { service: key, health, connections: () => connections.stats(), publisher }));
  const validations = answerValidations({ service: key, drivers, bus, metadata, registry, newId });
  const commands = answerBusCommands({ ...deps, service: key, bus, log });
  const finding = { ...deps, service: key, drivers, watchers, metadata, bus, log, setTimer };
  const discovery = new Discovery(finding);
  const scans = new ProfileScans(finding);
  const follower = followMetadata(
    sync,
    async () => {
      await provision(config.current.Device, { service: key, metadata, registry, watchers, log });
      discovery.startTimer();
    },
    context,
  );
  await follower.ready;

  const scanProfile: Handlers<DeviceOperations>["scanProfile"] = Object.assign(
    ({ body }: HandlerInput<DeviceOperations["scanProfile"]>, { correlationId }: CallContext) =>
      scans.trigger(body, correlationId),
    { admit: () => scans.admit() },
  );
  return {
    handlers: {
      get: (input, call) => get(input, call, deps),
      set: (input, call) => set(input, call, key, deps),
      discover: (_, { correlationId }) => discovery.trigger(correlationId),
      stopDiscovery: (_, { rawQuery }) => {
        discovery.stop(undefined, optionsOf(rawQuery));
        return {};
      },
      stopDiscoveryById: ({ requestId }, { rawQuery }) => {
        discovery.stop(requestId, optionsOf(rawQuery));
        return { requestId };
      },
      scanProfile,
      stopScan: ({ name }, { rawQuery }) => {
        scans.stop(name, optionsOf(rawQuery));
        return {};
      },
    } satisfies Handlers<DeviceOperations>,
    health,
    refresh: () => follower.refresh(),
    async [Symbol.asyncDispose]() {
      follower[Symbol.dispose]();
      registry[Symbol.dispose]();
      validations[Symbol.dispose]();
      commands[Symbol.dispose]();
      discovery[Symbol.dispose]();
      scans[Symbol.dispose]();
      states[Symbol.dispose]();
      telemetry[Symbol.dispose]();
      autoEvents[Symbol.dispose]();
      pushes[Symbol.dispose]();
      scheduler[Symbol.dispose]();
      for (const stop of stops) stop();
      await connections[Symbol.asyncDispose]();
    },
  };
}

/** EdgeX hands a driver the query of a request to stop: key → its values. */
function optionsOf(rawQuery: string | undefined): Readonly<Record<string, readonly string[]>> {
  const query = new URLSearchParams(rawQuery);
  return Object.fromEntries([...new Set(query.keys())].map((key) => [key, query.getAll(key)]));
}

function setTimer(callback: () => void, ms: number): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}
