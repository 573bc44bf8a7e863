import { filters, type SystemEvent } from "@jx/contracts";
import { messageOf } from "@jx/kit";
import { onMissed, type ServiceContext } from "@jx/runtime";
import type { TObject } from "typebox";
import type { MetadataSync } from "./metadata.ts";

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
/** Twenty services that miss the same ask metadata within this time, not at once. */
const SPREAD_MS = 2_000;

/**
 * Loads from metadata and then follows its system events; loads again after a failure, and when some may have been
 * missed. `ready` resolves after the first attempt, good or bad: a metadata that is not there yet must not hold up the
 * start of the process that may contain it. `afterFirstLoad` has what the service brings along and begins with; it is
 * tried again like all else when it rejects.
 */
export function followMetadata(
  sync: MetadataSync,
  afterFirstLoad: () => Promise<void>,
  { key, bus, log, signal }: Pick<ServiceContext<TObject>, "key" | "bus" | "log" | "signal">,
): Disposable & { readonly ready: Promise<void>; refresh(): void } {
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  let registered = false;
  let provided = false;
  /** Whether a load has ever succeeded. An event before that is dropped, because the load will see it all. */
  let loaded = false;
  let retryMs = FIRST_RETRY_MS;
  let retryTimer: NodeJS.Timeout | undefined;
  /** Loads and events, one at a time: what was read earlier is never put over what was read later. */
  let last: Promise<void> = Promise.resolve();

  function inTurn(work: () => Promise<void>): Promise<void> {
    last = last.then(work);
    return last;
  }
  async function load(): Promise<void> {
    if (ended.aborted) return;
    clearTimeout(retryTimer);
    retryTimer = undefined;
    try {
      // Once only: registering unlocks, and an administrator may have locked the service since.
      if (!registered) await sync.register();
      registered = true;
      await sync.load();
      if (!provided) await afterFirstLoad();
      provided = true;
      loaded = true;
      retryMs = FIRST_RETRY_MS;
    } catch (error) {
      log[retryMs > FIRST_RETRY_MS ? "debug" : "warn"](
        { reason: messageOf(error) },
        "core-metadata cannot be asked; trying again",
      );
      loadLater();
    }
  }
  function loadLater(): void {
    if (ended.aborted || retryTimer !== undefined) return;
    retryTimer = setTimeout(() => void inTurn(load), retryMs * (0.5 + 0.5 * Math.random()));
    retryMs = Math.min(LAST_RETRY_MS, retryMs * 2);
  }
  async function follow(event: SystemEvent, topic: string): Promise<void> {
    if (!loaded) return;
    try {
      await sync.onSystemEvent(event);
    } catch (error) {
      log.warn({ topic, reason: messageOf(error) }, "a change in metadata is read again later");
      loadLater();
    }
  }

  const ready = inTurn(load);
  const options = { name: `${key} metadata`, policy: "block", capacity: 10_000 } as const;
  const handle = bus.subscribe(filters.systemEvents, options, (message) => {
    if (message.kind !== "json") return undefined;
    return inTurn(() => follow(message.payload as SystemEvent, message.topic));
  });
  const missed = onMissed(bus, { name: `${key} missed`, withinMs: SPREAD_MS }, () => void inTurn(load));
  return {
    ready,
    refresh: missed.notice,
    [Symbol.dispose]() {
      stop.abort();
      clearTimeout(retryTimer);
      missed[Symbol.dispose]();
      handle[Symbol.dispose]();
    },
  };
}
