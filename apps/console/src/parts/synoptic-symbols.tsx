import type { PumpState } from "../model/station.ts";
import type { Point } from "./synoptic-layout.ts";

interface Placed {
  readonly at: Point;
}

/**
 * Running is filled, stopped is hollow, tripped is red with a cross, and words stand beside it: plants do not agree
 * whether green or red means "running", so colour alone says nothing here.
 */
export function PumpSymbol({ at, state, turning }: Placed & { readonly state: PumpState; readonly turning: boolean }) {
  return (
    <g transform={`translate(${at.x} ${at.y})`} className={`pump pump-${state}`}>
      <circle r="34" className="pump-body" />
      <g className={turning ? "impeller impeller-turning" : "impeller"}>
        <path d="M0 -24Q17 -15 0 0Q-17 15 0 24M-24 0Q-15 -17 0 0Q15 17 24 0" />
        <circle r="5" />
      </g>
      {state === "tripped" ? <path className="pump-cross" d="M-24 -24L24 24M24 -24L-24 24" /> : null}
    </g>
  );
}

/** `level` 0…1 */
export function Tank({
  at,
  level,
  low,
  filling,
}: Placed & { readonly level: number; readonly low: boolean; readonly filling: boolean }) {
  const height = 90;
  const full = Math.max(0, Math.min(1, level)) * height;
  return (
    <g transform={`translate(${at.x} ${at.y})`} className={low ? "tank tank-low" : "tank"}>
      <rect width="72" height={height + 10} rx="10" className="tank-body" />
      <rect x="4" y={5 + height - full} width="64" height={full} rx="6" className="tank-water" />
      {filling ? <path className="tank-filling" d="M36 -16V0M30 -6L36 2L42 -6" /> : null}
    </g>
  );
}

export function Exchanger({ at }: Placed) {
  return (
    <g transform={`translate(${at.x} ${at.y})`} className="equipment">
      <circle r="24" />
      <path d="M-24 0H-12L-5 -13L5 13L12 0H24" />
    </g>
  );
}

export function Valve({ at, upright }: Placed & { readonly upright: boolean }) {
  return (
    <g transform={`translate(${at.x} ${at.y}) rotate(${upright ? 90 : 0})`} className="equipment">
      <path d="M-20 -13V13L20 -13V13z" />
      <path d="M0 0V-22M-12 -22A12 12 0 0 1 12 -22z" />
    </g>
  );
}

export function Consumers({ at, label }: Placed & { readonly label: string }) {
  return (
    <g transform={`translate(${at.x} ${at.y})`} className="equipment">
      <rect x="-68" y="-44" width="136" height="88" rx="8" />
      <text className="syn-name" y="-14" textAnchor="middle">
        {label}
      </text>
    </g>
  );
}
