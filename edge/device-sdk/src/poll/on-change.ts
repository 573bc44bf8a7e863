import { isDeepStrictEqual } from "node:util";
import { qualityOf, type Reading, type ReadingValue } from "@jx/contracts";

/**
 * Which readings differ from those last sent. Numbers by more than the threshold from the last *sent* value; everything
 * else, Object included, by content (EdgeX compares Object values as empty text and never sees them change). A change
 * of quality is a change.
 */
export class OnChange {
  readonly #threshold: number;
  /** As many entries as the source has resources. */
  readonly #sent = new Map<string, Reading>();

  constructor(threshold: number) {
    this.#threshold = threshold;
  }

  /** The readings that changed; they count as sent from now on. */
  changed(readings: readonly Reading[]): readonly Reading[] {
    const changed = readings.filter((reading) => this.#differs(this.#sent.get(reading.resourceName), reading));
    for (const reading of changed) this.#sent.set(reading.resourceName, reading);
    return changed;
  }

  #differs(before: Reading | undefined, now: Reading): boolean {
    if (before === undefined || before.valueType !== now.valueType) return true;
    return qualityOf(before) !== qualityOf(now) || this.#valueDiffers(before.value, now.value);
  }

  #valueDiffers(before: ReadingValue, now: ReadingValue): boolean {
    if (typeof before === "number" && typeof now === "number") {
      return Number.isNaN(before) || Number.isNaN(now)
        ? !Object.is(before, now)
        : Math.abs(now - before) > this.#threshold;
    }
    if (typeof before === "bigint" && typeof now === "bigint") {
      const distance = now > before ? now - before : before - now;
      return distance > this.#threshold;
    }
    return !isDeepStrictEqual(before, now);
  }
}
