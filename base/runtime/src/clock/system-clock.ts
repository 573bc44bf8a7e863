import type { Clock } from "@jx/kit";

export interface SystemClockDeps {
  /** Wall time in ms; Date.now by default. */
  readonly wall?: () => number;
  /** ms from any start, never backwards; performance.now by default. */
  readonly monotonic?: () => number;
  /** The wall clock stepped by so many ms (negative: back). */
  readonly onStep?: (ms: number) => void;
}

/** A wall step beyond this is told; smaller ones are slewing. */
const STEP_MS = 1_000;

function toNs(ms: number): bigint {
  const whole = Math.floor(ms);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6));
}

/**
 * Wall time in ns, strictly increasing within the process: after a backward step time runs on at half speed until the
 * wall clock has caught up, so that order and shape of what is collected stay (DESIGN §8.4). Below the wall clock's
 * millisecond the monotonic clock fills in.
 */
export function createSystemClock(deps: SystemClockDeps = {}): Clock {
  const wall = deps.wall ?? (() => Date.now());
  const monotonic = deps.monotonic ?? (() => performance.now());
  let anchorWall = wall();
  let anchorMonotonic = monotonic();
  let last = 0n;
  let lastMonotonic = anchorMonotonic;

  return {
    now() {
      const steady = monotonic();
      const step = wall() - (anchorWall + steady - anchorMonotonic);
      if (Math.abs(step) > STEP_MS) deps.onStep?.(Math.round(step));
      if (Math.abs(step) > 1) {
        anchorWall = wall();
        anchorMonotonic = steady;
      }
      const ns = toNs(anchorWall) + toNs(steady - anchorMonotonic);
      const slow = last + toNs((steady - lastMonotonic) / 2) + 1n;
      last = ns > last ? ns : slow;
      lastMonotonic = steady;
      return last;
    },
    monotonic,
  };
}
