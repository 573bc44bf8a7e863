import type { ActionResult, Client, CommandOperations, Reading } from "@jx/contracts";
import { AppError, type Clock, messageOf, sleep } from "@jx/kit";
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

/** First look at a written value, then a little later each time. */
const VERIFY_STEPS_MS = [0, 50, 100, 200, 400, 800];

/** Carries out one action and tells how it ended; never throws. */
export async function runAction(action: ResolvedAction, rule: string, deps: ActionDeps): Promise<ActionResult> {
  const started = deps.clock.monotonic();
  const text = actionText(action);
  const ended = (state: ActionResult["state"], message?: string): ActionResult => ({
    kind: action.type,
    text,
    state,
    tookMs: Math.round((deps.clock.monotonic() - started) * 100) / 100,
    ...(message === undefined ? {} : { message }),
  });
  try {
    switch (action.type) {
      case "set":
        return ended((await setAndVerify(action, deps)) ? "verified" : "done");
      case "notify":
        deps.notify(action.text, action.level, action.channel);
        return ended("done");
      case "log":
        deps.log.info({ rule }, action.text);
        return ended("done");
    }
  } catch (error) {
    deps.log.error({ rule, action: text, reason: messageOf(error) }, "an action failed");
    return ended("failed", messageOf(error));
  }
}

/** The action as people read it: "CCW-Pump-1.Stop = true". */
export function actionText(action: ResolvedAction): string {
  if (action.type !== "set") return action.text;
  return `${action.device}.${action.resource} = ${action.value}${action.unit === "" ? "" : ` ${action.unit}`}`;
}

/** True when the value was read back, false when the resource cannot be read. Throws when it did not take. */
async function setAndVerify(action: SetAction, deps: ActionDeps): Promise<boolean> {
  const target = { name: action.device, command: action.resource };
  await deps.command.set({ ...target, body: { [action.resource]: String(action.value) } });
  const limit = action.verifyMs ?? deps.verifyTimeoutMs();
  const deadline = deps.clock.monotonic() + limit;
  let seen: unknown;
  for (let i = 0; ; i += 1) {
    await sleep(VERIFY_STEPS_MS[Math.min(i, VERIFY_STEPS_MS.length - 1)] ?? 800, deps.signal);
    const answer = await readBack(target, deps.command);
    if (answer === "unreadable") return false;
    seen = answer?.value;
    if (answer !== undefined && matches(answer, action.value)) return true;
    if (deps.clock.monotonic() >= deadline) break;
  }
  throw new AppError(
    "StatusConflict",
    `written ${action.value}, but ${action.device}.${action.resource} still reads ${String(seen)} after ${limit} ms`,
  );
}

async function readBack(
  target: { name: string; command: string },
  command: Client<CommandOperations>,
): Promise<Reading | "unreadable" | undefined> {
  try {
    const answer = await command.get({ ...target, "ds-regexcmd": "false" });
    return answer?.event.readings[0];
  } catch (error) {
    if (error instanceof AppError && error.kind === "NotAllowed") return "unreadable";
    throw error;
  }
}

function matches(reading: Reading, wanted: boolean | number | string): boolean {
  const { value } = reading;
  if (typeof wanted === "number") {
    const seen = Number(value);
    // A device keeps a set point in its own resolution; a part in 10,000 is the same value.
    return Math.abs(seen - wanted) <= Math.max(Math.abs(wanted) * 1e-4, 1e-9);
  }
  return value === wanted || String(value) === String(wanted);
}
