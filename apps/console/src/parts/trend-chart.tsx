import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Threshold } from "../model/thresholds.ts";
import { axisRange, type TrendData } from "../model/trend-data.ts";

export interface TrendChartProps {
  readonly data: TrendData;
  /** Seconds since 1970 on the time axis. */
  readonly from: number;
  readonly to: number;
  readonly thresholds: readonly Threshold[];
  /** Said beside each threshold; "" when there is nothing to say. */
  readonly thresholdNote: string;
  readonly stepped: boolean;
  readonly label: string;
  /** The point under the pointer, undefined when it has left. */
  readonly onPoint: (point: { readonly time: number; readonly value: number } | undefined) => void;
}

const HEIGHT = 240;
const LINE = "#0b5fae";
const LIMIT = "#b42318";
const GRID = { stroke: "#e3e8ed", width: 1 };
const AXIS = { stroke: "#55636f", font: "12px system-ui, sans-serif", grid: GRID, ticks: GRID };

/** uPlot draws; React only hands over new data, so that four updates a second cost little. */
export function TrendChart(props: TrendChartProps) {
  const { data, from, to, thresholds, stepped, label } = props;
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const made = new uPlot(
      options(element.clientWidth, stepped, () => latest.current),
      [[], []],
      element,
    );
    chart.current = made;
    const resize = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      made.destroy();
      chart.current = undefined;
    };
  }, [stepped]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the ranges and thresholds are read from `latest` while drawing
  useEffect(() => {
    chart.current?.setData([data.times as number[], data.values as (number | null)[]]);
  }, [data, from, to, thresholds, stepped]);

  return <div ref={place} className="trend-chart" role="img" aria-label={label} style={{ height: HEIGHT }} />;
}

function options(width: number, stepped: boolean, latest: () => TrendChartProps): uPlot.Options {
  const steps = uPlot.paths.stepped?.({ align: 1 });
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: {
      x: { time: true, range: () => [latest().from, latest().to] },
      y: {
        range: (_chart, min, max) => {
          const limits = latest().thresholds.map(({ value }) => value);
          if (stepped) return [-0.1, 1.1];
          return min === null || max === null ? axisRange(0, 1, limits) : axisRange(min, max, limits);
        },
      },
    },
    axes: [
      { ...AXIS, values: (_chart, ticks) => ticks.map(clock), space: 80 },
      { ...AXIS, size: 56, ...(stepped ? { splits: () => [0, 1] } : {}) },
    ],
    series: [
      {},
      {
        stroke: LINE,
        width: 2,
        points: { show: false },
        spanGaps: false,
        ...(stepped && steps !== undefined ? { paths: steps } : {}),
      },
    ],
    hooks: {
      draw: [(chart) => drawThresholds(chart, latest())],
      setCursor: [(chart) => latest().onPoint(pointAt(chart))],
    },
  };
}

function pointAt({ cursor, data }: uPlot): { time: number; value: number } | undefined {
  const index = cursor.idx;
  if (index === null || index === undefined || (cursor.left ?? -1) < 0) return undefined;
  const time = data[0][index];
  const value = data[1]?.[index];
  return time === undefined || value === null || value === undefined ? undefined : { time, value };
}

function drawThresholds(chart: uPlot, { thresholds, thresholdNote }: TrendChartProps): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.strokeStyle = LIMIT;
  ctx.fillStyle = LIMIT;
  ctx.lineWidth = devicePixelRatio * 1.5;
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = "left";
  ctx.textBaseline = "bottom";
  for (const { value } of thresholds) {
    const y = chart.valToPos(value, "y", true);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.fillText(`${value}  ${thresholdNote}`, bbox.left + 6 * devicePixelRatio, y - 3 * devicePixelRatio);
  }
  ctx.restore();
}

function clock(seconds: number): string {
  const date = new Date(seconds * 1_000);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}
