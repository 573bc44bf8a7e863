import type { Device } from "@jx/contracts";
import type { Clock } from "@jx/kit";
import type { Logger } from "@jx/runtime";
import type { EventStore, SourceName } from "../store/event-store.ts";
import { defaultRule, ownRules, type RetentionSettings, type Rule } from "./rules.ts";

export interface PassDeps {
  readonly store: Pick<EventStore, "sources" | "countEvents" | "retain">;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Sources that are worked on at once: their deletions share commits, and appends still come in between. */
const AT_ONCE = 8;

/**
 * Deletes what the rules no longer keep: first by those of auto events, then by the default for every other source that
 * has events, exactly by name. EdgeX exempts in the second part what an auto event's name matches as a pattern anywhere,
 * so that R protects R1. Gives the number of deleted events.
 */
export async function retentionPass(
  devices: readonly Device[],
  settings: RetentionSettings,
  deps: PassDeps,
): Promise<number> {
  const { store, clock } = deps;
  const now = clock.now();
  const own = ownRules(devices, settings);
  for (const { deviceName, sourceName, problem } of own) {
    if (problem === undefined) continue;
    deps.log.warn({ deviceName, sourceName, problem }, "the retention of an auto event is no rule: its events stay");
  }
  let count = await eachOf(own, deps, (each) => (each.rule === undefined ? 0 : apply(each.rule, each, now, deps)));
  const rule = defaultRule(settings);
  if (rule === undefined) return count;
  const named = new Set(own.map(keyOf));
  const expired = await store.sources(rule.duration > 0n ? { end: now - rule.duration } : {});
  const others = expired.filter((each) => !named.has(keyOf(each)));
  count += await eachOf(others, deps, (each) => apply(rule, each, now, deps));
  return count;
}

async function apply({ maxCap, minCap, duration }: Rule, source: SourceName, now: bigint, deps: PassDeps) {
  const { deviceName, sourceName } = source;
  const names = { deviceName, sourceName };
  if (maxCap > 0 && (await deps.store.countEvents(names)) < maxCap) return 0;
  const keep = Math.max(0, minCap);
  return deps.store.retain({ ...names, keep, ...(duration > 0n ? { olderThan: now - duration } : {}) });
}

async function eachOf<T>(
  items: readonly T[],
  { signal }: PassDeps,
  work: (item: T) => Promise<number> | number,
): Promise<number> {
  let total = 0;
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined && !signal.aborted; item = items[next++]) {
      const count = await work(item);
      total += count;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return total;
}

function keyOf({ deviceName, sourceName }: SourceName): string {
  return JSON.stringify([deviceName, sourceName]);
}
