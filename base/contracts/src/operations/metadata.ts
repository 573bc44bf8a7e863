import { UnitsOfMeasure } from "../model/units.ts";
import { defineTable } from "../operation.ts";
import { Type } from "../schema.ts";
import { metadataDevices } from "./metadata-devices.ts";
import { metadataProfileChanges } from "./metadata-profile-changes.ts";
import { metadataProfiles } from "./metadata-profiles.ts";
import { metadataServices } from "./metadata-services.ts";

/** Core metadata. Source: openapi/core-metadata.yaml; what goes beyond it: edgex-behaviour.md §1. */
export const metadataOperations = defineTable({
  ...metadataDevices,
  ...metadataProfiles,
  ...metadataProfileChanges,
  ...metadataServices,
  unitsOfMeasure: {
    method: "GET",
    path: "/uom",
    summary: "The units of measure that profiles may use; as YAML where Accept says so",
    output: Type.Object({ uom: UnitsOfMeasure }),
    framing: "single",
    status: 200,
    wire: "units-answer",
    errors: [],
  },
});
export type MetadataOperations = typeof metadataOperations;
