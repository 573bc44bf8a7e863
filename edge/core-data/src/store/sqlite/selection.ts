import type { DatabaseSync } from "node:sqlite";
import { sqlToInt64 } from "@jx/stores";
import type { EventFilter, ReadingFilter } from "../event-store.ts";
import { spanOf } from "../time-range.ts";
import type { Selection } from "./newest.ts";

/** Turns filters by name into selections by row id. */
export interface Selector {
  events(filter: EventFilter): Selection;
  readings(filter: ReadingFilter): Selection;
}

export function selector(db: DatabaseSync): Selector {
  const ids = (where: string): ((...names: string[]) => bigint[]) => {
    const statement = db.prepare(`SELECT id FROM ${where}`);
    return (...names) => statement.all(...names).map((row) => sqlToInt64(row.id));
  };
  const sourcesOfDevice = ids("source WHERE device = ?");
  const sourcesOfName = ids("source WHERE name = ?");
  const sourcesOfBoth = ids("source WHERE device = ? AND name = ?");
  const seriesOfDevice = ids("series WHERE device = ?");
  const seriesOfResource = ids("series WHERE resource = ?");
  const seriesOfBoth = ids("series WHERE device = ? AND resource = ?");

  const sources = ({ deviceName, sourceName }: EventFilter): bigint[] | undefined => {
    if (deviceName === undefined) return sourceName === undefined ? undefined : sourcesOfName(sourceName);
    return sourceName === undefined ? sourcesOfDevice(deviceName) : sourcesOfBoth(deviceName, sourceName);
  };
  const series = ({ deviceName, resourceNames }: ReadingFilter): bigint[] | undefined => {
    if (resourceNames === undefined) return deviceName === undefined ? undefined : seriesOfDevice(deviceName);
    return [...new Set(resourceNames)].flatMap((name) =>
      deviceName === undefined ? seriesOfResource(name) : seriesOfBoth(deviceName, name),
    );
  };
  return {
    events: (filter) => ({ keys: sources(filter), ...spanOf(filter) }),
    readings: (filter) => ({ keys: series(filter), ...spanOf(filter) }),
  };
}
