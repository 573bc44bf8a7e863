import { metadataOperations } from "@jx/contracts";
import { pagingSteps, wrongMethodStep } from "../common/steps.ts";
import { defineContract } from "../contract.ts";
import { bulkSteps } from "./bulk.ts";
import type { Metadata } from "./fixture.ts";
import { profilePartSteps } from "./profile-parts.ts";
import { readSteps } from "./reads.ts";
import { searchSteps } from "./searches.ts";
import { settingSteps } from "./settings.ts";
import { thingSteps } from "./things.ts";
import { uploadSteps } from "./uploads.ts";
import { validationSteps } from "./validation.ts";
import { watcherSteps } from "./watchers.ts";

export const metadataContract = defineContract({
  service: "core-metadata",
  table: metadataOperations,
  needs: ["core-keeper", "core-metadata", "device-virtual"],
  steps: [
    ...readSteps,
    ...pagingSteps<Metadata>("/device/all", 0),
    wrongMethodStep("/device"),
    ...bulkSteps,
    ...thingSteps,
    ...searchSteps,
    ...profilePartSteps,
    ...uploadSteps,
    ...watcherSteps,
    ...validationSteps,
    ...settingSteps,
  ],
  fromText: ["uploadProfile 413", "replaceProfileByUpload 413"],
});
