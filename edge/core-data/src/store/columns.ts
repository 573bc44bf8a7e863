/** Events as columns: what crosses between the main thread and the database threads, in both directions. */

/** All that readings of one kind share; kept once. `tags` is JSON text, "" when there are none. */
export interface SeriesEntry {
  readonly id: number;
  readonly deviceName: string;
  readonly profileName: string;
  readonly resourceName: string;
  readonly valueType: string;
  readonly units: string;
  readonly mediaType: string;
  readonly tags: string;
}

/** All that events of one source share; kept once. */
export interface SourceEntry {
  readonly id: number;
  readonly deviceName: string;
  readonly profileName: string;
  readonly sourceName: string;
  readonly tags: string;
}

/** How a value stands in its slot. */
export const KIND = {
  null: 0,
  /** A whole number within ±2^53, in the slot as a double; SQL INTEGER. */
  small: 1,
  /** int64 bits in the slot; SQL INTEGER. */
  wide: 2,
  /** A double in the slot. */
  real: 3,
  /** The next of `texts`. */
  text: 4,
  /** The next run of `bytes`, up to the next of `byteEnds`. */
  bytes: 5,
} as const;

export interface ValueColumns {
  readonly kinds: Uint8Array<ArrayBuffer>;
  readonly slots: Float64Array<ArrayBuffer>;
  readonly texts: readonly string[];
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly byteEnds: readonly number[];
}

export interface ReadingColumns {
  readonly series: Uint32Array<ArrayBuffer>;
  readonly origins: BigInt64Array<ArrayBuffer>;
  readonly values: ValueColumns;
}

export interface EventColumns {
  /** 16 bytes an event. */
  readonly ids: Uint8Array<ArrayBuffer>;
  readonly sources: Uint32Array<ArrayBuffer>;
  readonly origins: BigInt64Array<ArrayBuffer>;
  /** Readings of each event; they follow one another in `readings`. */
  readonly counts: Uint32Array<ArrayBuffer>;
  readonly readings: ReadingColumns;
}

/** The buffers of a batch, to be moved instead of copied. */
export function buffersOf(readings: ReadingColumns, events?: EventColumns): ArrayBuffer[] {
  const { series, origins, values } = readings;
  const columns = [series, origins, values.kinds, values.slots, values.bytes];
  if (events !== undefined) columns.push(events.ids, events.sources, events.origins, events.counts);
  return columns.map((column) => column.buffer);
}
