import { useEffect, useRef, useState } from "react";
import { nsToMs, toNumber } from "../model/format.ts";
import { loadHistory } from "../model/history.ts";
import { mergePoints, type TrendPoint } from "../model/trend-data.ts";
import { reasonOf } from "./directory.ts";
import { useLive } from "./live.tsx";
import type { Selection } from "./selection.ts";

export interface Trend {
  readonly points: readonly TrendPoint[];
  readonly loading: boolean;
  readonly error: string | undefined;
}

const NONE: Trend = { points: [], loading: true, error: undefined };

/** History from core data, continued from the stream; loaded again after the stream was lost, so that no hole stays. */
export function useTrend({ device, resource }: Selection, windowMs: number): Trend {
  const reading = useLive((state) => state.values.get(device)?.get(resource));
  const sessions = useLive((state) => state.sessions);
  const offset = useLive((state) => state.clockOffset);
  const latestOffset = useRef(offset);
  latestOffset.current = offset;
  const key = `${device}\n${resource}\n${windowMs}`;
  const [trend, setTrend] = useState<Trend & { readonly key: string }>({ ...NONE, key });

  useEffect(() => {
    if (sessions === 0) return undefined;
    const abort = new AbortController();
    setTrend((old) => (old.key === key ? old : { ...NONE, key }));
    const to = Date.now() + latestOffset.current;
    loadHistory(device, resource, { from: to - windowMs, to: to + 60_000 }, abort.signal).then(
      (points) =>
        setTrend((old) => ({
          key,
          points: mergePoints(points, old.key === key ? old.points : [], to - windowMs),
          loading: false,
          error: undefined,
        })),
      (error: unknown) => {
        if (!abort.signal.aborted) setTrend((old) => ({ ...old, key, loading: false, error: reasonOf(error) }));
      },
    );
    return () => abort.abort();
  }, [device, resource, windowMs, key, sessions]);

  useEffect(() => {
    if (reading === undefined) return;
    const value = toNumber(reading.value, reading.valueType);
    if (value === undefined) return;
    const point = { at: nsToMs(reading.origin), value };
    setTrend((old) => {
      const points = old.key === key ? old.points : [];
      return {
        ...(old.key === key ? old : { ...NONE, key }),
        points: mergePoints(points, [point], point.at - windowMs),
      };
    });
  }, [reading, key, windowMs]);

  return trend.key === key ? trend : NONE;
}
