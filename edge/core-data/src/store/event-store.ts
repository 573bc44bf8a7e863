import type { Event, Reading } from "@jx/contracts";
import type { OpenReport, PostgresReport } from "@jx/stores";
import type { AggregateFunction } from "./aggregate.ts";

/** Where core data keeps events. Typed values, never EdgeX strings, so that rows or columns or PostgreSQL may do it. */
export interface EventStore extends AsyncDisposable {
  /** What opening found and did (recovery after a crash, migration), for the log. */
  readonly report: OpenReport | PostgresReport;
  /**
   * Keeps a batch; resolves, once it is synced to the disk, with the sequence number of its last event. Numbers only
   * grow and are never used twice. Ids are not unique, as in EdgeX. Half a surrogate pair becomes U+FFFD.
   * @throws AppError ContractInvalid when a value does not fit its type (nothing of the batch is kept);
   * ServiceUnavailable when the store is behind; Storage when the disk refuses.
   */
  append(batch: readonly Event[], options?: AppendOptions): Promise<bigint>;
  /** Newest first by event origin, later appended first among equals; readings inside an event as appended. */
  events(filter: EventFilter, page: Page): Promise<List<Event>>;
  /** Newest first by reading origin, later appended first among equals. */
  readings(filter: ReadingFilter, page: Page): Promise<List<Reading>>;
  /**
   * One reading for each group of device, profile, resource and value type in which the filter selects any reading,
   * whatever their units and tags: made and ordered as `aggregated` and `compareGroups` say (aggregate.ts), with origin 0.
   * Null readings count for nothing; readings of other than number types have no result. Sums are exact: a Float32 or
   * Float64 counts as the decimal that EdgeX writes it as, and NaN is greater than all and makes a sum NaN, as in
   * PostgreSQL's NUMERIC. The page is one of groups.
   * @throws AppError ServerError when an exact sum does not fit Int64, Uint64 or Float64; LimitExceeded when the page's
   * groups have more readings than the store goes through for one answer.
   */
  aggregate(filter: ReadingFilter, func: AggregateFunction, page: Page): Promise<readonly Reading[]>;
  countEvents(filter: EventFilter): Promise<number>;
  countReadings(filter: ReadingFilter): Promise<number>;
  /** Each pair of device and source of which an event with an origin in the range is stored, once, in any order. */
  sources(range: TimeRange): Promise<readonly SourceName[]>;
  /** The event appended last under this id. */
  eventById(id: string): Promise<Event | undefined>;
  /** Deletes every event of this id with its readings; gives their number. */
  deleteById(id: string): Promise<number>;
  /** Deletes every event of a device with its readings, in small steps beside the appends; gives their number. */
  deleteByDevice(deviceName: string): Promise<number>;
  /** Deletes what a retention policy selects, in small steps beside the appends; gives the number of events. */
  retain(policy: RetainPolicy): Promise<number>;
  stats(): EventStoreStats;
}

export interface AppendOptions {
  /** Nobody waits for this batch: it may wait up to a group commit (≤ 10 ms) for company, which spares the disk. */
  readonly patient?: boolean;
}

/** Both ends inclusive, ns since 1970. */
export interface TimeRange {
  readonly start?: bigint;
  readonly end?: bigint;
}

export interface EventFilter extends TimeRange {
  readonly deviceName?: string;
  readonly sourceName?: string;
}

export interface SourceName {
  readonly deviceName: string;
  readonly sourceName: string;
}

export interface ReadingFilter extends TimeRange {
  readonly deviceName?: string;
  /** Any of these; an empty list selects nothing. */
  readonly resourceNames?: readonly string[];
}

export interface Page {
  /** Rows to skip; −1 skips none and counts nothing (EdgeX), which is faster. */
  readonly offset: number;
  readonly limit: number;
}

export interface List<T> {
  readonly items: readonly T[];
  /** Rows that the filter selects, whatever the page; 0 with offset −1. */
  readonly totalCount: number;
}

/** Selects the events of `deviceName` and `sourceName` (all when absent) with origin ≤ `olderThan` (all when absent). */
export interface RetainPolicy {
  readonly deviceName?: string;
  readonly sourceName?: string;
  /** ns since 1970. */
  readonly olderThan?: bigint;
  /** The newest so many of the selected events stay; default 0. */
  readonly keep?: number;
}

export interface EventStoreStats {
  /** Readings handed over and not yet acknowledged. */
  readonly pendingReadings: number;
  /** Appends refused because the store was behind, since it was opened. */
  readonly refusedAppends: number;
  /** Queries refused because too many waited, since it was opened. */
  readonly refusedQueries: number;
}
