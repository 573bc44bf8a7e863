import { filters, type SystemEvent } from "@jx/contracts";
import { messageOf, sleep } from "@jx/kit";
import type { ServiceContext } from "@jx/runtime";
import type { TObject } from "typebox";
import type { MetadataSync } from "./metadata.ts";

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

/**
 * Loads from metadata and then follows its system events. `ready` resolves after the first attempt, good or bad: a
 * metadata that is not there yet must not hold up the start of the process that may contain it. `afterFirstLoad` has
 * what the service brings along and begins with; it is tried again like all else when it rejects. `refresh` loads again,
 * for when events may have been missed.
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
  /** An event during a load waits for its end; after a failed one it is dropped, because the next load sees it all. */
  let loading = attempt();
  let retrying = false;

  async function attempt(): Promise<boolean> {
    try {
      // Once only: registering unlocks, and an administrator may have locked the service since.
      if (!registered) await sync.register();
      registered = true;
      await sync.load();
      if (!provided) await afterFirstLoad();
      provided = true;
      return true;
    } catch (error) {
      log[retrying ? "debug" : "warn"]({ reason: messageOf(error) }, "core-metadata cannot be asked; trying again");
      return false;
    }
  }
  async function retry(): Promise<void> {
    if (retrying) return;
    retrying = true;
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(LAST_RETRY_MS, wait * 2)) {
      await sleep(wait, ended).catch(() => undefined);
      if (ended.aborted) return;
      loading = attempt();
      if (await loading) break;
    }
    retrying = false;
  }

  const options = { name: `${key} metadata`, policy: "block", capacity: 10_000 } as const;
  const handle = bus.subscribe(filters.systemEvents, options, async (message) => {
    if (message.kind !== "json" || !(await loading)) return;
    try {
      await sync.onSystemEvent(message.payload as SystemEvent);
    } catch (error) {
      log.warn({ topic: message.topic, reason: messageOf(error) }, "a change in metadata is read again later");
      void retry();
    }
  });
  return {
    ready: loading.then((loaded) => {
      if (!loaded) void retry();
    }),
    refresh: () => void retry(),
    [Symbol.dispose]() {
      stop.abort();
      handle[Symbol.dispose]();
    },
  };
}
