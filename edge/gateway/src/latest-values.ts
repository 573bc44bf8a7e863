import type { Event, LiveReading, Reading } from "@jx/contracts";
import { qualityOf } from "@jx/contracts";

interface Entry {
  reading: Reading;
  eventId: string;
}

/** More series than a page can use; later ones are counted, not kept. */
const MAX_SERIES = 50_000;

/** The newest reading of each series, and which changed since somebody last took them. */
export class LatestValues {
  readonly #entries = new Map<string, Entry>();
  readonly #changed = new Set<string>();
  #ignored = 0;

  /** Readings of series beyond the bound. */
  get ignored(): number {
    return this.#ignored;
  }

  get waiting(): number {
    return this.#changed.size;
  }

  add(event: Event): void {
    for (const reading of event.readings) {
      const key = `${reading.deviceName}\0${reading.resourceName}`;
      const entry = this.#entries.get(key);
      if (entry !== undefined) {
        entry.reading = reading;
        entry.eventId = event.id;
      } else if (this.#entries.size < MAX_SERIES) {
        this.#entries.set(key, { reading, eventId: event.id });
      } else {
        this.#ignored += 1;
        continue;
      }
      this.#changed.add(key);
    }
  }

  /** At most `limit` series that changed; the rest waits for the next call. */
  takeChanged(limit: number): LiveReading[] {
    const out: LiveReading[] = [];
    for (const key of this.#changed) {
      if (out.length >= limit) break;
      this.#changed.delete(key);
      const entry = this.#entries.get(key);
      if (entry !== undefined) out.push(toLive(entry));
    }
    return out;
  }

  /** Nobody needs to be told what changed so far. */
  forgetChanges(): void {
    this.#changed.clear();
  }

  /** Every series, in pieces of at most `limit`; what changes between two pieces is told as it is by then. */
  *all(limit: number): Generator<LiveReading[]> {
    let piece: LiveReading[] = [];
    for (const entry of this.#entries.values()) {
      piece.push(toLive(entry));
      if (piece.length >= limit) {
        yield piece;
        piece = [];
      }
    }
    if (piece.length > 0) yield piece;
  }

  /** Forgets a device that was removed. */
  remove(deviceName: string): void {
    for (const key of this.#entries.keys()) {
      if (key.startsWith(`${deviceName}\0`)) {
        this.#entries.delete(key);
        this.#changed.delete(key);
      }
    }
  }
}

function toLive({ reading, eventId }: Entry): LiveReading {
  return {
    device: reading.deviceName,
    resource: reading.resourceName,
    valueType: reading.valueType,
    value: jsonValue(reading.value),
    units: reading.units,
    quality: qualityOf(reading),
    origin: String(reading.origin),
    eventId,
  };
}

function jsonValue(value: Reading["value"]): LiveReading["value"] {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return value.length;
  if (Array.isArray(value))
    return value.map((item: unknown) => (typeof item === "bigint" ? item.toString() : item)) as never;
  return value as LiveReading["value"];
}
