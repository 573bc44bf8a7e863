import { metadataOperations } from "@jx/contracts";
import { pagingSteps, wrongMethodStep } from "../common/steps.ts";
import { defineContract } from "../contract.ts";
import type { Metadata } from "./fixture.ts";
import { readSteps } from "./reads.ts";
import { settingSteps } from "./settings.ts";
import { thingSteps } from "./things.ts";
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
    ...thingSteps,
    ...watcherSteps,
    ...validationSteps,
    ...settingSteps,
  ],
});
