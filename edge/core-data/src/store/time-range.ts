import type { TimeRange } from "./event-store.ts";

export const MIN_INT64 = -(1n << 63n);
export const MAX_INT64 = (1n << 63n) - 1n;

/** Both ends inclusive, ns since 1970. */
export interface Span {
  readonly start: bigint;
  readonly end: bigint;
}

/** Beyond int64 nothing is stored, and databases take no such number. */
export function spanOf({ start = MIN_INT64, end = MAX_INT64 }: TimeRange): Span {
  return { start: clamped(start), end: clamped(end) };
}

function clamped(value: bigint): bigint {
  return value < MIN_INT64 ? MIN_INT64 : value > MAX_INT64 ? MAX_INT64 : value;
}
