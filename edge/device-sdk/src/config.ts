import { type Static, Type } from "@jx/contracts";

/** The device service's own settings, with EdgeX's names and defaults (edgex-device-sdk.md §6) and three of our own. */
export const DeviceServiceConfig = Type.Object({
  Writable: Type.Object({
    WritesEnabled: Type.Boolean({ default: true, description: "JX: false refuses every write with 423" }),
    Reading: Type.Object({ ReadingUnits: Type.Boolean({ default: true }) }),
  }),
  Device: Type.Object({
    DataTransform: Type.Boolean({ default: true }),
    MaxCmdOps: Type.Integer({ default: 12800, minimum: 0 }),
    AutoEvents: Type.Object({ SendChangedReadingsOnly: Type.Boolean({ default: false }) }),
    RequestTimeout: Type.String({ default: "2s", description: "JX: how long one exchange with a device may take" }),
    OpenTimeout: Type.String({ default: "5s", description: "JX: how long opening a connection may take" }),
  }),
});
export type DeviceServiceConfig = Static<typeof DeviceServiceConfig>;
