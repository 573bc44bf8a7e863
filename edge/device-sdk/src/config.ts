import { type Static, Type } from "@jx/contracts";

const Discovery = Type.Object({
  Enabled: Type.Boolean({ default: false }),
  Interval: Type.String({ "x-go": "duration", default: "0s", description: "0s: only when asked for" }),
});

/**
 * The device service's own settings, with EdgeX's names and defaults (edgex-device-sdk.md §6), and some of our own (JX).
 * The folders have no default: our services bring no files.
 */
export const DeviceServiceConfig = Type.Object({
  Writable: Type.Object({
    WritesEnabled: Type.Boolean({ default: true, description: "JX: false refuses every write with 423" }),
    Reading: Type.Object({ ReadingUnits: Type.Boolean({ default: true }) }),
  }),
  MaxEventSize: Type.Integer({ default: 0, minimum: 0, description: "kB; a larger event is dropped. 0: any size" }),
  MaxConcurrentCommands: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 10_000,
    description: "Commands over the bus at the same time; more are refused. 0: 32",
  }),
  Device: Type.Object({
    DataTransform: Type.Boolean({ default: true }),
    MaxCmdOps: Type.Integer({ default: 12800, minimum: 0 }),
    ProfilesDir: Type.String({
      default: "",
      description: "Profiles added at the start, from a folder or an index URL",
    }),
    DevicesDir: Type.String({ default: "", description: "Devices added at the start, from a folder or an index URL" }),
    ProvisionWatchersDir: Type.String({ default: "", description: "Watchers added at the start, likewise" }),
    OverwriteProfiles: Type.Boolean({ default: false, description: "JX: EdgeX's flag -op" }),
    OverwriteDevices: Type.Boolean({ default: false, description: "JX: EdgeX's flag -od" }),
    Labels: Type.String({ default: "", description: "Labels of the service in metadata, comma-separated" }),
    EnableAsyncReadings: Type.Boolean({ default: true, description: "Take values that devices send by themselves" }),
    AllowedFails: Type.Integer({ default: 0, minimum: 0, description: "Failures until a device is DOWN. 0: never" }),
    DeviceDownTimeout: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: 2_000_000,
      description: "Seconds between attempts to find a device that is DOWN. 0: none",
    }),
    Discovery,
    AutoEvents: Type.Object({ SendChangedReadingsOnly: Type.Boolean({ default: false }) }),
    RequestTimeout: Type.String({ default: "2s", description: "JX: how long one exchange with a device may take" }),
    OpenTimeout: Type.String({ default: "5s", description: "JX: how long opening a connection may take" }),
  }),
});
export type DeviceServiceConfig = Static<typeof DeviceServiceConfig>;
