import type { ActionResult, Client, CommandOperations } from "@jx/contracts";
import { type Clock, isAppError, messageOf, sleep } from "@jx/kit";
import type { ResolvedAction } from "@jx/pangu";
import type { Logger } from "@jx/runtime";

export interface ActionDeps {
  readonly command: Client<CommandOperations>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly verifyTimeoutMs: () => number;
  /** A notification for people; the notification service takes it over later. */
  readonly notify: (text: string, level: string, channel: string | null) => void;
}

type SetAction = Extract<ResolvedAction, { type: "set" }>;
type Ending = Pick<ActionResult, "state" | "message">;

/** First look at a written value, then a little later each time. */
const VERIFY_STEPS_MS = [0, 50, 100, 200, 400, 800];

/**
 * Carries out one action and tells how it ended; never throws. One that the end of the edge kept from being done stays
 * pending: the next start finds it as it finds those of a crash.
 */
export async function runAction(action: ResolvedAction, rule: string, deps: ActionDeps): Promise<ActionResult> {
  const started = deps.clock.monotonic();
  const told = { kind: action.type, text: actionText(action) };
  const ended = (ending: Ending): ActionResult => ({
    ...told,
    ...ending,
    tookMs: Math.round((deps.clock.monotonic() - started) * 100) / 100,
  });
  try {
    switch (action.type) {
      case "set":
        return ended(await setAndVerify(action, deps));
      case "notify":
        deps.notify(action.text, action.level, action.channel);
        return ended({ state: "done" });
      case "log":
        deps.log.info({ rule }, action.text);
        return ended({ state: "done" });
    }
  } catch (error) {
    if (deps.signal.aborted) return { ...told, state: "pending" };
    deps.log.error({ rule, action: told.text, reason: messageOf(error) }, "an action failed");
    return ended({ state: "failed", message: messageOf(error) });
  }
}

/** The action as people read it: "CCW-Pump-1.Stop = true". */
export function actionText(action: ResolvedAction): string {
  if (action.type !== "set") return action.text;
  return `${action.device}.${action.resource} = ${action.value}${action.unit === "" ? "" : ` ${action.unit}`}`;
}

async function setAndVerify(action: SetAction, deps: ActionDeps): Promise<Ending> {
  const target = { name: action.device, command: action.resource };
  await deps.command.set({ ...target, body: { [action.resource]: String(action.value) } });
  try {
    return await verify(action, deps);
  } catch (error) {
    if (!deps.signal.aborted) throw error;
    return { state: "done", message: "written; the edge stopped before it was read back" };
  }
}

/** Reads back until the value shows or the time is over. A read that fails is tried again within it. */
async function verify({ device, resource, value, verifyMs }: SetAction, deps: ActionDeps): Promise<Ending> {
  const limit = verifyMs ?? deps.verifyTimeoutMs();
  const deadline = deps.clock.monotonic() + limit;
  for (let i = 0; ; i += 1) {
    await sleep(VERIFY_STEPS_MS[Math.min(i, VERIFY_STEPS_MS.length - 1)] ?? 0, deps.signal);
    let seen: string;
    try {
      const answer = await deps.command.get({ name: device, command: resource, "ds-regexcmd": "false" });
      const reading = answer?.event.readings[0];
      if (reading !== undefined && matches(reading.value, value)) return { state: "verified" };
      seen = `still reads ${reading === undefined ? "nothing" : String(reading.value)}`;
    } catch (error) {
      if (isAppError(error, "NotAllowed")) return { state: "done" }; // write-only: there is nothing to look at
      seen = `cannot be read: ${messageOf(error)}`;
    }
    if (deps.clock.monotonic() < deadline) continue;
    const message = `written ${value}, but ${device}.${resource} ${seen} after ${limit} ms`;
    deps.log.error({ device, resource, reason: message }, "an action did not take");
    return { state: "failed", message };
  }
}

function matches(seen: unknown, wanted: boolean | number | string): boolean {
  // A device keeps a set point in its own resolution; a part in 10,000 is the same value.
  if (typeof wanted === "number") return Math.abs(Number(seen) - wanted) <= Math.max(Math.abs(wanted) * 1e-4, 1e-9);
  return String(seen) === String(wanted);
}
