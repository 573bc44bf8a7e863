import {
  type Event,
  elementType,
  type Reading,
  type ReadingValue,
  requireValueType,
  type Tags,
  type ValueType,
} from "@jx/contracts";
import { sqlToUint64 } from "@jx/stores";
import { bytesToArray } from "./array-blob.ts";
import {
  type EventColumns,
  KIND,
  type ReadingColumns,
  type SeriesEntry,
  type SourceEntry,
  type ValueColumns,
} from "./columns.ts";
import { readUuid } from "./uuid.ts";

/** All of a series but what changes from reading to reading. */
type SeriesFacts = Omit<Reading, "value" | "origin">;

export function decodeReadings(columns: ReadingColumns, series: readonly SeriesEntry[]): Reading[] {
  const facts = new Map(series.map((entry) => [entry.id, factsOf(entry)]));
  const values = new ValueReader(columns.values);
  const readings: Reading[] = [];
  for (let i = 0; i < columns.series.length; i += 1) {
    const known = facts.get(columns.series[i] ?? -1);
    if (known === undefined) throw new Error(`reading ${i} names a series that was not sent`);
    const { deviceName, profileName, resourceName, valueType, units, mediaType, tags } = known;
    const origin = columns.origins[i] ?? 0n;
    const value = values.next(valueType);
    readings.push({ deviceName, profileName, resourceName, valueType, value, origin, units, mediaType, tags });
  }
  return readings;
}

export function decodeEvents(
  columns: EventColumns,
  sources: readonly SourceEntry[],
  series: readonly SeriesEntry[],
): Event[] {
  const facts = new Map(sources.map((entry) => [entry.id, { ...entry, tags: textToTags(entry.tags) }]));
  const readings = decodeReadings(columns.readings, series);
  const events: Event[] = [];
  let at = 0;
  for (let i = 0; i < columns.sources.length; i += 1) {
    const known = facts.get(columns.sources[i] ?? -1);
    if (known === undefined) throw new Error(`event ${i} names a source that was not sent`);
    const { deviceName, profileName, sourceName, tags } = known;
    const end = at + (columns.counts[i] ?? 0);
    const id = readUuid(columns.ids, i * 16);
    const origin = columns.origins[i] ?? 0n;
    events.push({ id, deviceName, profileName, sourceName, origin, readings: readings.slice(at, end), tags });
    at = end;
  }
  return events;
}

function factsOf(entry: SeriesEntry): SeriesFacts {
  const { deviceName, profileName, resourceName, units, mediaType } = entry;
  const valueType = requireValueType(entry.valueType, `series ${deviceName}/${resourceName}`);
  return { deviceName, profileName, resourceName, valueType, units, mediaType, tags: textToTags(entry.tags) };
}

function textToTags(text: string): Tags | undefined {
  return text === "" ? undefined : (JSON.parse(text) as Tags);
}

/** Reads values in order, for texts and blobs lie in their own columns. */
class ValueReader {
  readonly #columns: ValueColumns;
  readonly #wide: BigInt64Array;
  #at = 0;
  #text = 0;
  #blob = 0;

  constructor(columns: ValueColumns) {
    this.#columns = columns;
    this.#wide = new BigInt64Array(columns.slots.buffer);
  }

  next(type: ValueType): ReadingValue {
    const at = this.#at;
    this.#at += 1;
    switch (this.#columns.kinds[at]) {
      case KIND.small:
        return fromInteger(type, this.#columns.slots[at] ?? 0);
      case KIND.wide:
        return fromInteger(type, this.#wide[at] ?? 0n);
      case KIND.real:
        return this.#columns.slots[at] ?? 0;
      case KIND.text:
        return fromText(type, this.#columns.texts[this.#text++] ?? "");
      case KIND.bytes:
        return fromBytes(type, this.#nextBytes());
      default:
        return null;
    }
  }

  #nextBytes(): Uint8Array {
    const { bytes, byteEnds } = this.#columns;
    const start = byteEnds[this.#blob - 1] ?? 0;
    const end = byteEnds[this.#blob] ?? start;
    this.#blob += 1;
    return bytes.slice(start, end);
  }
}

function fromInteger(type: ValueType, value: number | bigint): ReadingValue {
  if (type === "Bool") return Number(value) === 1;
  if (type === "Int64") return BigInt(value);
  if (type === "Uint64") return sqlToUint64(BigInt(value));
  return Number(value);
}

function fromText(type: ValueType, text: string): ReadingValue {
  return type === "String" ? text : (JSON.parse(text) as ReadingValue);
}

function fromBytes(type: ValueType, bytes: Uint8Array): ReadingValue {
  const element = elementType(type);
  return element === undefined || element === "String" ? bytes : (bytesToArray(element, bytes) as ReadingValue);
}
