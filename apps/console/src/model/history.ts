import { call, path } from "./api.ts";
import { toNumber } from "./format.ts";
import type { TrendPoint } from "./trend-data.ts";

const PAGE = 1_024; // what core data gives at most at once
const MAX_PAGES = 4;

interface Answer {
  readonly readings: readonly {
    readonly origin: string | number;
    readonly valueType: string;
    readonly value?: unknown;
  }[];
}

/** Stored readings of one series, newest pages first, at most 4,096; `from` and `to` in ms since 1970. */
export async function loadHistory(
  device: string,
  resource: string,
  range: { readonly from: number; readonly to: number },
  signal: AbortSignal,
): Promise<TrendPoint[]> {
  const ns = (ms: number): string => (BigInt(Math.floor(ms)) * 1_000_000n).toString();
  const base = path(
    "/core-data/api/v3/reading/device/name",
    device,
    "resourceName",
    resource,
    "start",
    ns(range.from),
    "end",
    ns(range.to),
  );
  const points: TrendPoint[] = [];
  for (let page = 0; page < MAX_PAGES; page++) {
    // Offset −1 asks for no count; the first page has none to skip.
    const offset = page === 0 ? -1 : page * PAGE;
    const { readings } = await call<Answer>(`${base}?limit=${PAGE}&offset=${offset}&numeric=true`, { signal });
    for (const { origin, valueType, value } of readings) {
      const number = toNumber(value, valueType);
      if (number !== undefined) points.push({ at: Number(BigInt(origin) / 1_000n) / 1_000, value: number });
    }
    if (readings.length < PAGE) break;
  }
  return points.reverse();
}
