/** Points of one series, oldest first: seconds since 1970 and values, as uPlot takes them. */
export interface TrendData {
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}

export interface TrendPoint {
  /** ms since 1970 */
  readonly at: number;
  readonly value: number;
}

/** More points than a chart has pixels; older ones go first. */
export const MAX_POINTS = 8_192;

/** Puts points in order of time, once each, keeps those after `from` (ms), and the newest MAX_POINTS. */
export function mergePoints(known: readonly TrendPoint[], more: readonly TrendPoint[], from: number): TrendPoint[] {
  const last = known.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  const appends = more.every(({ at }, index) => at > (more[index - 1]?.at ?? last));
  let all = [...known, ...more];
  if (!appends) {
    all.sort((a, b) => a.at - b.at);
    all = all.filter(({ at }, index) => at !== all[index - 1]?.at);
  }
  const start = all.findIndex(({ at }) => at >= from);
  return start < 0 ? [] : all.slice(Math.max(start, all.length - MAX_POINTS));
}

/** For the chart: a gap longer than `gapMs` breaks the line instead of inventing values. */
export function toTrendData(points: readonly TrendPoint[], gapMs: number): TrendData {
  const times: number[] = [];
  const values: (number | null)[] = [];
  let before: number | undefined;
  for (const { at, value } of points) {
    if (before !== undefined && at - before > gapMs) {
      times.push((before + at) / 2_000);
      values.push(null);
    }
    times.push(at / 1_000);
    values.push(value);
    before = at;
  }
  return { times, values };
}

/** Smallest and largest value; undefined without points. */
export function extent(points: readonly TrendPoint[]): { min: number; max: number } | undefined {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const { value } of points) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return points.length === 0 ? undefined : { min, max };
}

/** Range of the value axis: some room around what is shown, never flat, so that noise does not fill the chart. */
export function axisRange(min: number, max: number, thresholds: readonly number[]): [number, number] {
  const low = Math.min(min, ...thresholds);
  const high = Math.max(max, ...thresholds);
  const least = Math.max(Math.abs(high), Math.abs(low)) * 0.02 || 1;
  const span = Math.max(high - low, least);
  const middle = (high + low) / 2;
  return [middle - span * 0.6, middle + span * 0.6];
}
