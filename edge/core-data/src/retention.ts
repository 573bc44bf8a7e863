import { type Clock, isAppError, parseDuration, parseDurationMs, sleep } from "@jx/kit";
import type { Logger } from "@jx/runtime";
import type { EventStore } from "./store/event-store.ts";

export interface RetentionDeps {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly settings: () => { readonly Interval: string; readonly DefaultDuration: string };
}

/** setTimeout takes no more; without the bound a longer interval would be none at all. */
const MAX_SLEEP_MS = 2_147_483_647;

/**
 * Deletes old events every Retention.Interval, first after one interval, until the signal. An interval of 0s switches it
 * off, and a duration of 0s keeps everything: nobody loses all history to a zero.
 */
export async function runRetention(deps: RetentionDeps): Promise<void> {
  while (!deps.signal.aborted) {
    try {
      const { Interval, DefaultDuration } = deps.settings();
      const interval = parseDurationMs(Interval);
      const duration = parseDuration(DefaultDuration);
      if (interval <= 0 || duration <= 0n) return;
      await sleep(Math.min(interval, MAX_SLEEP_MS), deps.signal);
      const count = await deps.store.retain({ olderThan: deps.clock.now() - duration });
      if (count > 0) deps.log.info({ count, olderThan: DefaultDuration }, "old events deleted");
    } catch (error) {
      if (isAppError(error, "Aborted")) return;
      deps.log.error({ error }, "old events could not be deleted; the next interval tries again");
      await sleep(60_000, deps.signal).catch(() => undefined);
    }
  }
}
