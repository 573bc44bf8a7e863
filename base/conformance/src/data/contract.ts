import { dataOperations } from "@jx/contracts";
import { badBodyStep, NOT_JSON } from "../common/bodies.ts";
import { pagingSteps, wrongMethodStep } from "../common/steps.ts";
import { defineContract } from "../contract.ts";
import { bad } from "../raw.ts";
import { ageSteps } from "./age.ts";
import { aggregateSteps } from "./aggregates.ts";
import type { Data } from "./fixture.ts";
import { readSteps } from "./reads.ts";
import { writeSteps } from "./writes.ts";

const NO_EVENT = /^400 .*AddEventRequest\.BaseRequest\.Versionable\.ApiVersion field is required; /;

const lists = Object.entries(dataOperations).filter(
  ([, { errors, method }]) => method === "GET" && (errors as readonly string[]).includes("LimitExceeded"),
);
const TOO_LARGE =
  "it takes 64 MiB, or ten million readings: edge/core-data/src/store/contract-tests.ts, aggregate-tests.ts";

export const dataContract = defineContract({
  service: "core-data",
  table: dataOperations,
  needs: ["core-keeper", "core-data"],
  steps: [
    ...pagingSteps<Data>("/event/all", -1),
    ...pagingSteps<Data>("/reading/all", -1),
    wrongMethodStep("/event/age/1"),
    badBodyStep<Data>({
      method: "POST",
      path: (name) => `/event/svc/p/${name("d")}/s`,
      answers: {
        null: NO_EVENT,
        "{}": NO_EVENT,
        "[]": bad("Failed to unmarshal the byte array."),
        "": bad("EOF"),
        x: bad(NOT_JSON),
      },
    }),
    ...readSteps,
    ...writeSteps,
    ...aggregateSteps,
    ...ageSteps,
  ],
  unreached: {
    "addEvent 413": "a body's size is judged before it is one: test/conformance/contract/http.test.ts",
    ...Object.fromEntries(lists.map(([name]) => [`${name} 413`, TOO_LARGE])),
  },
  fromText: ["deleteEventsByAge 400"],
});
