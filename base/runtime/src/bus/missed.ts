import { topics } from "@jx/contracts";
import type { Bus } from "./bus.ts";

export interface MissedOptions {
  /** The subscriber's name in metrics. */
  readonly name: string;
  /**
   * ms within which metadata is looked at after something was missed, at a random moment: many services miss the same at
   * once. Notices up to then are one.
   */
  readonly withinMs: number;
}

/** How often metadata is looked at without any reason to: a broker may drop a message and tell nobody. */
const SELDOM_MS = 600_000;

export interface Missed extends Disposable {
  /** The own bus was away. */
  readonly notice: () => void;
}

/**
 * Calls `look` when changes of metadata may have been missed: system events are QoS 0, and EdgeX's services never hear of
 * what was told while they, the broker or metadata itself were away.
 */
export function onMissed(bus: Bus, { name, withinMs }: MissedOptions, look: () => void): Missed {
  let due = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const within = (ms: number): void => {
    const at = performance.now() + ms;
    if (at >= due) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(() => {
      due = Number.POSITIVE_INFINITY;
      within(seldom());
      look();
    }, ms);
  };
  within(seldom());
  const notice = (): void => {
    // One that is to come within this time anyhow is one for this notice too.
    if (due - performance.now() > withinMs) within(withinMs * Math.random());
  };
  const handle = bus.subscribe(topics.metadataBack, { name, policy: "latest", capacity: 1 }, notice);
  return {
    notice,
    [Symbol.dispose]() {
      handle[Symbol.dispose]();
      clearTimeout(timer);
    },
  };
}

function seldom(): number {
  return SELDOM_MS * (0.75 + 0.5 * Math.random());
}
