import { dataOperations } from "@jx/contracts";
import { defineContract } from "../contract.ts";
import { ageSteps } from "./age.ts";
import { aggregateSteps } from "./aggregates.ts";
import { readSteps } from "./reads.ts";
import { writeSteps } from "./writes.ts";

export const dataContract = defineContract({
  service: "core-data",
  table: dataOperations,
  needs: ["core-keeper", "core-data"],
  steps: [...readSteps, ...writeSteps, ...aggregateSteps, ...ageSteps],
  unreached: { "addEvent 413": "a body's size is judged before it is one: test/conformance/contract/http.test.ts" },
  fromText: ["deleteEventsByAge 400"],
});
