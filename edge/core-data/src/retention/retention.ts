import type { Device } from "@jx/contracts";
import { isAppError, messageOf, parseDurationMs, sleep } from "@jx/kit";
import { type PassDeps, retentionPass } from "./pass.ts";
import type { RetentionSettings } from "./rules.ts";

export interface RetentionDeps extends PassDeps {
  readonly settings: () => RetentionSettings;
  /** All devices of core metadata, whose auto events may have rules of their own. */
  readonly devices: () => Promise<readonly Device[]>;
}

/** setTimeout takes no more; without the bound a longer interval would be none at all. */
const MAX_SLEEP_MS = 2_147_483_647;

/**
 * Deletes old events every Retention.Interval, first after one interval, until the signal; an interval of 0s switches it
 * off. What core metadata last told about auto events holds while it does not answer; before it ever has, nothing is
 * deleted: an auto event may want to keep longer than the default.
 */
export async function runRetention(deps: RetentionDeps): Promise<void> {
  const { log, signal } = deps;
  let known: readonly Device[] | undefined;
  const devices = async (): Promise<readonly Device[] | undefined> => {
    try {
      known = await deps.devices();
    } catch (error) {
      const outcome = known === undefined ? "no old events are deleted before it has" : "its last answer holds";
      log.warn({ reason: messageOf(error) }, `core metadata does not tell the retention of auto events: ${outcome}`);
    }
    return known;
  };
  while (!signal.aborted) {
    try {
      const interval = parseDurationMs(deps.settings().Interval);
      if (interval <= 0) return;
      await sleep(Math.min(interval, MAX_SLEEP_MS), signal);
      const all = await devices();
      const count = all === undefined ? 0 : await retentionPass(all, deps.settings(), deps);
      if (count > 0) log.info({ count }, "old events deleted");
    } catch (error) {
      if (isAppError(error, "Aborted")) return;
      log.error({ error }, "old events could not be deleted; the next interval tries again");
      await sleep(60_000, signal).catch(() => undefined);
    }
  }
}
