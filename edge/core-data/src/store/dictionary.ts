import type { Event, Reading, Tags } from "@jx/contracts";
import type { SeriesEntry, SourceEntry } from "./columns.ts";

/** Entries that the writer has not seen yet. A new epoch voids all ids of the one before. */
export interface FreshEntries {
  readonly epoch: number;
  readonly sources: readonly SourceEntry[];
  readonly series: readonly SeriesEntry[];
}

/**
 * Gives what readings and events repeat (names, type, units, tags) small numbers, so that a batch carries numbers only.
 * The numbers hold for this process and epoch; the writer maps them to rows. Bounded: when full it starts afresh. Keys
 * begin with lengths, because no character is left that a name may not have.
 */
export class Dictionary {
  readonly #capacity: number;
  readonly #sourceIds = new Map<string, number>();
  readonly #seriesIds = new Map<string, number>();
  #epoch = 1;
  #freshSources: SourceEntry[] = [];
  #freshSeries: SeriesEntry[] = [];

  constructor(capacity = 100_000) {
    this.#capacity = capacity;
  }

  /** To be asked between batches only: a fresh start inside a batch would void its first half. */
  get full(): boolean {
    return this.#sourceIds.size + this.#seriesIds.size >= this.#capacity;
  }

  startAfresh(): void {
    this.#sourceIds.clear();
    this.#seriesIds.clear();
    this.#freshSources = [];
    this.#freshSeries = [];
    this.#epoch += 1;
  }

  source(event: Event): number {
    const { deviceName, profileName, sourceName } = event;
    const tags = tagsToText(event.tags);
    const key = `${deviceName.length} ${profileName.length} ${sourceName.length} ${deviceName}${profileName}${sourceName}${tags}`;
    const known = this.#sourceIds.get(key);
    if (known !== undefined) return known;
    const id = this.#sourceIds.size;
    this.#sourceIds.set(key, id);
    this.#freshSources.push({ id, deviceName, profileName, sourceName, tags });
    return id;
  }

  series(reading: Reading): number {
    const { deviceName, profileName, resourceName, valueType, units, mediaType } = reading;
    const tags = tagsToText(reading.tags);
    const lengths = `${deviceName.length} ${resourceName.length} ${profileName.length} ${units.length} ${mediaType.length}`;
    const key = `${lengths} ${valueType} ${deviceName}${resourceName}${profileName}${units}${mediaType}${tags}`;
    const known = this.#seriesIds.get(key);
    if (known !== undefined) return known;
    const id = this.#seriesIds.size;
    this.#seriesIds.set(key, id);
    this.#freshSeries.push({ id, deviceName, profileName, resourceName, valueType, units, mediaType, tags });
    return id;
  }

  takeFresh(): FreshEntries {
    const fresh = { epoch: this.#epoch, sources: this.#freshSources, series: this.#freshSeries };
    this.#freshSources = [];
    this.#freshSeries = [];
    return fresh;
  }
}

function tagsToText(tags: Tags | undefined): string {
  return tags === undefined ? "" : JSON.stringify(tags);
}
