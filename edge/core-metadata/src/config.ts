import { type Infer, Type } from "@jx/contracts";
import { DEFAULT_UNITS_FILE } from "./units.ts";

/** Private leaves of core metadata with EdgeX's names and defaults (edgex-configuration.md §2). */
export const MetadataConfig = Type.Object({
  Writable: Type.Object({
    MaxDevices: Type.Integer({ minimum: 0, default: 0, description: "Devices at most; 0 = no limit" }),
    MaxResources: Type.Integer({
      minimum: 0,
      default: 0,
      description: "Resources in use at most, summed over devices; 0 = no limit",
    }),
    ProfileChange: Type.Object({
      StrictDeviceProfileChanges: Type.Boolean({ default: false, description: "Refuse to replace profiles" }),
      StrictDeviceProfileDeletes: Type.Boolean({ default: false, description: "Refuse to delete profiles" }),
    }),
    UoM: Type.Object({
      Validation: Type.Boolean({
        default: false,
        description: "Refuse units of resources that GET /uom does not list",
      }),
    }),
  }),
  UoM: Type.Object({
    UoMFile: Type.String({
      default: DEFAULT_UNITS_FILE,
      description: "Units of measure; where the default is no file, EdgeX's own units; empty: none. Read at start",
    }),
  }),
  Service: Type.Object({
    MaxResultCount: Type.Integer({ minimum: 1, default: 1024, description: "Rows of one answer at most" }),
    RequestTimeout: Type.String({
      default: "5s",
      description: "How long a device service may take to validate a device",
    }),
  }),
});
export type MetadataConfig = Infer<typeof MetadataConfig>;
