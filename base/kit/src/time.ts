import { AppError } from "./errors.ts";

/** Wall time in nanoseconds since 1970 UTC, and a monotonic clock for durations and timers. */
export interface Clock {
  /** ns since 1970, strictly increasing within the process. */
  now(): bigint;
  /** Milliseconds from an arbitrary start, never backwards. */
  monotonic(): number;
}

const NS_PER: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/**
 * Parses a Go duration ("1h30m", "250ms", "-1.5s") to nanoseconds.
 * Source: Go time.ParseDuration; EdgeX writes every duration this way.
 */
export function parseDuration(text: string): bigint {
  const match = /^([+-]?)((?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.exec(text);
  if (match === null) {
    if (/^[+-]?0$/.test(text)) return 0n;
    throw new AppError("ContractInvalid", `"${text}" is not a duration; write it like 500ms, 10s or 1h30m`);
  }
  let total = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of text.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)) {
    const scale = NS_PER[unit] ?? 0n;
    total += BigInt(whole || "0") * scale;
    if (fraction !== "") total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
  }
  return match[1] === "-" ? -total : total;
}

/** Parses a Go duration to milliseconds. */
export function parseDurationMs(text: string): number {
  return Number(parseDuration(text)) / 1e6;
}

/** The shortest Go spelling people read easily: "1.5s", "250ms", "2m0s". Input in nanoseconds. */
export function formatDuration(ns: bigint): string {
  if (ns === 0n) return "0s";
  if (ns < 0n) return `-${formatDuration(-ns)}`;
  const decimal = (unit: bigint, suffix: string): string => {
    const fraction = (ns % unit)
      .toString()
      .padStart(unit.toString().length - 1, "0")
      .replace(/0+$/, "");
    return `${ns / unit}${fraction === "" ? "" : `.${fraction}`}${suffix}`;
  };
  if (ns < 1_000n) return `${ns}ns`;
  if (ns < 1_000_000n) return decimal(1_000n, "µs");
  if (ns < 1_000_000_000n) return decimal(1_000_000n, "ms");
  const hours = ns / 3_600_000_000_000n;
  const minutes = (ns / 60_000_000_000n) % 60n;
  ns %= 60_000_000_000n;
  const seconds = ns === 0n ? "0s" : decimal(1_000_000_000n, "s");
  return `${hours > 0n ? `${hours}h` : ""}${hours > 0n || minutes > 0n ? `${minutes}m` : ""}${seconds}`;
}
