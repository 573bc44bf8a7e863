/** What a bench tells: lines for people, and the figures in them for the closing table and dist/bench.json. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** "ms", "MB", "events/s", "×"; "" for a count. */
  readonly unit: string;
  /** The figure the project wants to reach. Printed beside the measured one, never asserted. */
  readonly atMost?: number;
  readonly atLeast?: number;
}

export type Print = (line: string, ...figures: readonly Figure[]) => void;

export interface BenchOptions {
  /** A smoke run: it shows that the bench works; its figures mean nothing. */
  readonly quick: boolean;
  /** How long the edge runs before its memory is read. */
  readonly minutes: number;
}

export interface Bench {
  readonly name: string;
  /** Flags of the Node process that this bench runs in. */
  readonly nodeFlags?: readonly string[];
  run(print: Print, options: BenchOptions): Promise<void>;
}

export function figure(
  name: string,
  value: number,
  unit: string,
  target: { readonly atMost?: number; readonly atLeast?: number } = {},
): Figure {
  return { name, value, unit, ...target };
}

/** The value below which a part `q` of them lies; NaN of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Three significant digits at least, thousands apart: 0.123, 4.56, 12,345. */
export function shown(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** "p50 0.31 ms, p99 1.90 ms, worst 4.02 ms of 2,000" */
export function spread(milliseconds: readonly number[]): string {
  const [p50, p99, worst] = [0.5, 0.99, 1].map((q) => shown(quantile(milliseconds, q)));
  return `p50 ${p50} ms, p99 ${p99} ms, worst ${worst} ms of ${milliseconds.length.toLocaleString("en")}`;
}
