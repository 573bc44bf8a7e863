import { dataOperations } from "@jx/contracts";
import { pagingSteps, wrongMethodStep } from "../common/steps.ts";
import { defineContract } from "../contract.ts";
import { ageSteps } from "./age.ts";
import { aggregateSteps } from "./aggregates.ts";
import type { Data } from "./fixture.ts";
import { readSteps } from "./reads.ts";
import { writeSteps } from "./writes.ts";

export const dataContract = defineContract({
  service: "core-data",
  table: dataOperations,
  needs: ["core-keeper", "core-data"],
  steps: [
    ...pagingSteps<Data>("/event/all", -1),
    ...pagingSteps<Data>("/reading/all", -1),
    wrongMethodStep("/event/age/1"),
    ...readSteps,
    ...writeSteps,
    ...aggregateSteps,
    ...ageSteps,
  ],
  unreached: { "addEvent 413": "a body's size is judged before it is one: test/conformance/contract/http.test.ts" },
  fromText: ["deleteEventsByAge 400"],
});
