import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

/** The first value that `look` gives; fails with `what` when none comes in time. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline) assert.fail(`${what}: not within ${limitMs / 1000} s`);
    await sleep(50);
  }
}
