import type { Demo } from "@jx/demo";
import { abortReason, messageOf } from "@jx/kit";
import type { Logger } from "@jx/runtime";

/**
 * Starts the demo station if it ran before the last end; gives the reason when it cannot. Without its demo an edge is an
 * edge: what keeps the plant from running is told, and is no reason to end.
 */
export async function resumeDemo(
  demo: Demo,
  log: Logger,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const stop = (): void => void demo[Symbol.asyncDispose]();
  signal?.addEventListener("abort", stop, { once: true });
  let problem: string | undefined;
  try {
    await demo.resume();
  } catch (error) {
    log.error({ error }, "the demo station did not start");
    problem = messageOf(error);
  }
  signal?.removeEventListener("abort", stop);
  if (signal?.aborted === true) throw abortReason(signal);
  return problem;
}
