import { defineTable } from "../operation.ts";
import { Int64, Type } from "../schema.ts";
import { SystemOverview } from "./system.ts";

export const DeviceHealth = Type.Object({
  deviceName: Type.String(),
  serviceName: Type.String(),
  /** down: nothing answers; degraded: some resources fail; idle: nothing was asked yet. */
  state: Type.Union([Type.Literal("ok"), Type.Literal("degraded"), Type.Literal("down"), Type.Literal("idle")]),
  /** ns since 1970 of the last good answer. */
  lastOk: Type.Optional(Int64),
  lastError: Type.Optional(Type.String()),
  /** ms, the last exchange. */
  rttMs: Type.Optional(Type.Number()),
  /** Polls left out because the one before had not ended or the bus was full. */
  skippedPolls: Type.Integer(),
  failures: Type.Integer(),
});
export type DeviceHealth = Type.Static<typeof DeviceHealth>;

export const SystemStatus = Type.Object({
  version: Type.String(),
  pid: Type.Integer(),
  node: Type.String(),
  /** ms since 1970. */
  startedAt: Type.Integer(),
  rssBytes: Type.Integer(),
  /** p99 since the last look, ms. */
  loopDelayMs: Type.Number(),
  eventsStored: Type.Integer(),
  paths: Type.Object({ data: Type.String(), config: Type.String(), rules: Type.String(), logs: Type.String() }),
  disk: Type.Object({ freeBytes: Type.Integer(), totalBytes: Type.Integer() }),
  services: Type.Array(Type.Object({ key: Type.String(), port: Type.Integer(), baseAddress: Type.String() })),
  /** What keeps the tables of the services that run here, if one has any; `address` is without the password. */
  store: Type.Optional(
    Type.Object({
      kind: Type.Union([Type.Literal("sqlite"), Type.Literal("postgres")]),
      version: Type.String(),
      address: Type.Optional(Type.String()),
    }),
  ),
  broker: Type.Optional(Type.Object({ host: Type.String(), port: Type.Integer() })),
});
export type SystemStatus = Type.Static<typeof SystemStatus>;

const ConfigValue = Type.Object({
  service: Type.String(),
  key: Type.String(),
  value: Type.String(),
  origin: Type.String(),
});

export const DemoStatus = Type.Object({
  /** The demo devices and rules are installed. */
  on: Type.Boolean(),
  plant: Type.Object({
    running: Type.Boolean(),
    pid: Type.Optional(Type.Integer()),
    port: Type.Optional(Type.Integer()),
  }),
  /** Keys of the faults at work now: "overheat:pump1". */
  activeFaults: Type.Array(Type.String()),
});
export type DemoStatus = Type.Static<typeof DemoStatus>;

const plain = { framing: "single", status: 200 } as const;

/** The gateway's own operations: the system as a whole, and the demo. JX's own interface. */
export const gatewayOperations = defineTable({
  status: {
    method: "GET",
    path: "/status",
    summary: "The edge as a whole",
    output: SystemStatus,
    errors: [],
    ...plain,
  },
  system: {
    method: "GET",
    path: "/system",
    summary: "Every service with its version and health, what waits in queues, what was dropped",
    output: SystemOverview,
    errors: [],
    ...plain,
  },
  health: {
    method: "GET",
    path: "/health",
    summary: "How each device is doing",
    output: Type.Object({ devices: Type.Array(DeviceHealth) }),
    errors: [],
    ...plain,
  },
  configOrigins: {
    method: "GET",
    path: "/config/origin",
    summary: "Every configuration value and where it came from; secrets masked",
    output: Type.Object({ values: Type.Array(ConfigValue) }),
    errors: [],
    ...plain,
  },
  demo: { method: "GET", path: "/demo", summary: "The demo station", output: DemoStatus, errors: [], ...plain },
  demoOn: {
    method: "POST",
    path: "/demo/on",
    summary: "Installs the demo devices and rules and starts the plant",
    output: DemoStatus,
    errors: ["StatusConflict", "ServiceUnavailable"],
    ...plain,
  },
  demoOff: {
    method: "POST",
    path: "/demo/off",
    summary: "Removes every demo device and rule, and nothing else",
    output: DemoStatus,
    errors: ["StatusConflict"],
    ...plain,
  },
  demoFault: {
    method: "POST",
    path: "/demo/fault",
    summary: "Injects a fault into the plant, as its control protocol names it",
    body: Type.Record(Type.String(), Type.Unknown()),
    output: DemoStatus,
    errors: ["ContractInvalid", "ServiceUnavailable"],
    ...plain,
  },
  demoClear: {
    method: "POST",
    path: "/demo/clear",
    summary: "Ends all faults",
    output: DemoStatus,
    errors: ["ServiceUnavailable"],
    ...plain,
  },
  demoReset: {
    method: "POST",
    path: "/demo/reset",
    summary: "Puts the plant back to its first state",
    output: DemoStatus,
    errors: ["ServiceUnavailable"],
    ...plain,
  },
});
export type GatewayOperations = typeof gatewayOperations;
