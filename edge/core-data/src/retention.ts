import { type Clock, isAppError, parseDuration, sleep } from "@jx/kit";
import type { Logger } from "@jx/runtime";
import type { EventStore } from "./store/event-store.ts";

export interface RetentionDeps {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly settings: () => { readonly Interval: string; readonly DefaultDuration: string };
}

/** Deletes old events every Retention.Interval, first after one interval, until the signal; 0s switches it off. */
export async function runRetention(deps: RetentionDeps): Promise<void> {
  while (!deps.signal.aborted) {
    try {
      const { Interval, DefaultDuration } = deps.settings();
      const interval = parseDuration(Interval);
      if (interval <= 0n) return;
      await sleep(Number(interval / 1_000_000n), deps.signal);
      const count = await deps.store.retain({ olderThan: deps.clock.now() - parseDuration(DefaultDuration) });
      if (count > 0) deps.log.info({ count, olderThan: DefaultDuration }, "old events deleted");
    } catch (error) {
      if (isAppError(error, "Aborted")) return;
      deps.log.error({ error }, "old events could not be deleted; the next interval tries again");
      await sleep(60_000, deps.signal).catch(() => undefined);
    }
  }
}
