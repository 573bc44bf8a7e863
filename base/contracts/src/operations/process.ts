import { defineTable } from "../operation.ts";
import { Type } from "../schema.ts";
import { DROPS, type DropKind, QUEUES, type QueueKind } from "../system-words.ts";
import { Counted } from "./system.ts";

/** What one process has waiting and has dropped, whichever of its services was asked. */
export const ProcessCounts = Type.Object({
  /** New with each start: services that tell the same run in the same process. */
  process: Type.String(),
  services: Type.Array(Type.String()),
  /** Those of them whose database server does not answer. */
  storeAway: Type.Array(Type.String()),
  queues: Type.Array(Counted<QueueKind>(QUEUES)),
  /** Only what was dropped. */
  drops: Type.Array(Counted<DropKind>(DROPS)),
});
export type ProcessCounts = Type.Static<typeof ProcessCounts>;

/** Every service of ours answers these besides EdgeX's common ones. JX's own interface. */
export const processOperations = defineTable({
  counts: {
    method: "GET",
    path: "/process/counts",
    summary: "What waits in the queues of this process and what was dropped since its start",
    output: ProcessCounts,
    framing: "single",
    status: 200,
    errors: [],
  },
});
