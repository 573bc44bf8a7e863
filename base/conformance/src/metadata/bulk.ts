/** Bulk requests that are none, for every operation that takes a list: edgex-behaviour.md §0. */
import { metadataOperations } from "@jx/contracts";
import { badBodyStep, NOT_JSON } from "../common/bodies.ts";
import type { Step } from "../contract.ts";
import { bad } from "../raw.ts";
import type { Metadata } from "./fixture.ts";

/** null and [] are Go's nil slice, and so is the answer. */
export const bulkSteps: readonly Step<Metadata>[] = Object.values(metadataOperations)
  .filter(({ framing }) => framing === "multi")
  .map((operation) => {
    const { method, path, dto } = operation as { method: "POST" | "PUT" | "PATCH"; path: string; dto: string };
    return badBodyStep<Metadata>({
      method,
      path: () => path,
      answers: {
        null: "207 null",
        "[]": "207 null",
        "{}": bad(`json: cannot unmarshal object into Go value of type []requests.${dto}`),
        "": bad("EOF"),
        x: bad(NOT_JSON),
        '[{"apiVersion":"v3"': bad("unexpected EOF"),
        "[1]": bad("Failed to unmarshal request body as JSON."),
      },
    });
  });
