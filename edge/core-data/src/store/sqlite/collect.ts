import type { DatabaseSync } from "node:sqlite";
import { sqlToBytes, sqlToFloat, sqlToInt, sqlToInt64, sqlToText, Transfer } from "@jx/stores";
import { EventBuilder, MAX_PAGE_BYTES, ReadingBuilder, type ValueBuilder } from "../column-builder.ts";
import { buffersOf, type EventColumns, type ReadingColumns, type SeriesEntry, type SourceEntry } from "../columns.ts";

export interface EventPage {
  readonly total: number;
  readonly events: EventColumns;
  readonly sources: readonly SourceEntry[];
  readonly series: readonly SeriesEntry[];
}

export interface ReadingPage {
  readonly total: number;
  readonly readings: ReadingColumns;
  readonly series: readonly SeriesEntry[];
}

type RowValue = Record<string, unknown>;

/** Rows by number to columns for the main thread. */
export interface Collector {
  events(total: number, seqs: readonly bigint[]): Transfer<EventPage>;
  readings(total: number, seqs: readonly bigint[]): Transfer<ReadingPage>;
}

export function collector(db: DatabaseSync): Collector {
  const event = db.prepare("SELECT id, source, origin, readings FROM event WHERE seq = ?");
  const reading = db.prepare("SELECT series, origin, value FROM reading WHERE seq = ?");
  const readingsFrom = db.prepare("SELECT series, origin, value FROM reading WHERE seq >= ? AND seq < ? ORDER BY seq");
  const seriesRow = db.prepare("SELECT * FROM series WHERE id = ?");
  const sourceRow = db.prepare("SELECT * FROM source WHERE id = ?");

  const addReading = (row: RowValue, into: ReadingBuilder, series: Map<number, SeriesEntry>): void => {
    const id = sqlToInt(row.series);
    let entry = series.get(id);
    if (entry === undefined) {
      entry = seriesEntry(id, seriesRow.get(sqlToInt64(row.series)) ?? {});
      series.set(id, entry);
    }
    addValue(row.value, entry.valueType, into.values);
    into.add(id, sqlToInt64(row.origin));
  };

  return {
    events(total, seqs) {
      const into = new EventBuilder(MAX_PAGE_BYTES);
      const sources = new Map<number, SourceEntry>();
      const series = new Map<number, SeriesEntry>();
      for (const seq of seqs) {
        const row = event.get(seq) ?? {};
        const count = sqlToInt(row.readings);
        for (const each of readingsFrom.all(seq, seq + BigInt(count))) addReading(each, into.readings, series);
        const source = sqlToInt(row.source);
        if (!sources.has(source)) sources.set(source, sourceEntry(source, sourceRow.get(sqlToInt64(row.source)) ?? {}));
        const id = sqlToBytes(row.id);
        into.add((target, offset) => target.set(id, offset), source, sqlToInt64(row.origin), count);
      }
      const events = into.finish();
      const page = { total, events, sources: [...sources.values()], series: [...series.values()] };
      return new Transfer(page, buffersOf(events.readings, events));
    },
    readings(total, seqs) {
      const into = new ReadingBuilder(MAX_PAGE_BYTES);
      const series = new Map<number, SeriesEntry>();
      for (const seq of seqs) addReading(reading.get(seq) ?? {}, into, series);
      const readings = into.finish();
      return new Transfer({ total, readings, series: [...series.values()] }, buffersOf(readings));
    },
  };
}

function addValue(value: unknown, valueType: string, into: ValueBuilder): void {
  if (value === null) into.null();
  else if (typeof value === "bigint") {
    const narrow = Number(value);
    if (Number.isSafeInteger(narrow)) into.small(narrow);
    else into.wide(value);
  } else if (valueType === "Float32" || valueType === "Float64") into.real(sqlToFloat(value));
  else if (typeof value === "string") into.text(value);
  else into.bytes(sqlToBytes(value));
}

function seriesEntry(id: number, row: RowValue): SeriesEntry {
  return {
    id,
    deviceName: sqlToText(row.device),
    profileName: sqlToText(row.profile),
    resourceName: sqlToText(row.resource),
    valueType: sqlToText(row.value_type),
    units: sqlToText(row.units),
    mediaType: sqlToText(row.media_type),
    tags: sqlToText(row.tags),
  };
}

function sourceEntry(id: number, row: RowValue): SourceEntry {
  return {
    id,
    deviceName: sqlToText(row.device),
    profileName: sqlToText(row.profile),
    sourceName: sqlToText(row.name),
    tags: sqlToText(row.tags),
  };
}
