import type { Firing } from "@jx/contracts";
import type { FiringLog, Memory } from "./store/firing-log.ts";

/**
 * Actions that an earlier run began and did not end: they are marked, and their rules forget that they fired, so that a
 * condition that still holds acts again on fresh readings and one that no longer holds does nothing.
 */
export async function closeInterrupted(memory: Memory, firings: FiringLog): Promise<void> {
  if (memory.interrupted.length === 0) return;
  await firings.record(
    memory.interrupted.map((firing) => ({ firing: marked(firing), pending: false, isNew: false })),
    new Map(memory.interrupted.map(({ rule }) => [rule, null])),
  );
}

function marked(firing: Firing): Firing {
  const actions = firing.actions.map((action) =>
    action.state === "pending"
      ? { ...action, state: "failed" as const, message: "interrupted: the edge stopped before it was done" }
      : action,
  );
  return { ...firing, actions };
}
