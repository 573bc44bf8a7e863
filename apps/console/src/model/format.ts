import type { LiveReading, ResourceProperties } from "@jx/contracts";
import type { Language } from "../i18n/text.ts";

/** "中文 / English" (demo profiles and our own tools write descriptions so) in one language; other text as it is. */
export function inLanguage(text: string | undefined, language: Language): string {
  if (text === undefined) return "";
  const at = text.indexOf(" / ");
  if (at < 0) return text;
  return language === "zh" ? text.slice(0, at) : text.slice(at + 3);
}

/** ns since 1970, decimal, to ms. */
export function nsToMs(ns: string): number {
  return Number(BigInt(ns) / 1_000n) / 1_000;
}

const AGE_UNITS: Readonly<Record<Language, readonly [string, string, string, string]>> = {
  zh: ["秒", "分钟", "小时", "天"],
  en: ["s", "min", "h", "d"],
};

/** "0.4 s", "12 s", "5 min", "3 h", "4 d". A clock that stands back a little gives 0, not a negative age. */
export function formatAge(ms: number, language: Language): string {
  const [second, minute, hour, day] = AGE_UNITS[language];
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} ${second}`;
  if (seconds < 60) return `${Math.floor(seconds)} ${second}`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} ${minute}`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} ${hour}`;
  return `${Math.floor(seconds / 86_400)} ${day}`;
}

/** Local time of day, "15:04:05.123" with `parts` 3, "15:04:05" with 0. */
export function formatTime(ms: number, parts: 0 | 3 = 0): string {
  const date = new Date(ms);
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return parts === 0 ? clock : `${clock}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** Time of day when it is of `now`'s day, else with its date in front: "2026-11-24 15:04:05". */
export function formatMoment(ms: number, now: number): string {
  const date = new Date(ms);
  const clock = formatTime(ms);
  if (new Date(now).toDateString() === date.toDateString()) return clock;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock}`;
}

/** "UTC+08:00", of this browser at that moment. */
export function formatOffset(ms: number): string {
  const minutes = -new Date(ms).getTimezoneOffset();
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? "−" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** "342 MB", in units of 10⁶ as memory and disks are sold. */
export function formatBytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** "m3/h" → "m³/h", as a person writes it. */
export function formatUnits(units: string): string {
  return units.replace(
    /\b(m|cm|mm|km)([23])\b/g,
    (_, base: string, power: string) => base + (power === "2" ? "²" : "³"),
  );
}

type Scaling = Pick<ResourceProperties, "scale"> | undefined;

/**
 * A number as people read it. A scaled register shows its own tenths (scale 0.1 → one decimal); other floats show five
 * significant digits, at most four decimals, so that figures do not jump about while they change.
 */
export function formatNumber(value: number, valueType: string, properties?: Scaling): string {
  if (!Number.isFinite(value)) return String(value);
  if (!valueType.startsWith("Float")) return grouped(value, 0);
  const size = Math.abs(value);
  const scale = properties?.scale;
  if (scale !== undefined && scale !== 1) {
    const decimals = decimalsOf(scale);
    if (decimals <= 6) return grouped(value, decimals);
  }
  if (size === 0) return "0";
  if (size >= 1e9 || size < 1e-4) return value.toExponential(4);
  return grouped(value, Math.min(4, Math.max(0, 4 - Math.floor(Math.log10(size)))));
}

export interface ValueWords {
  readonly yes: string;
  readonly no: string;
  readonly none: string;
  readonly bytes: (count: number) => string;
}

const MAX_TEXT = 120;

/** A reading's value as text, without its unit. */
export function formatValue(
  { value, valueType }: Pick<LiveReading, "value" | "valueType">,
  words: ValueWords,
  properties?: Scaling,
): string {
  if (value === null) return words.none;
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (valueType === "Binary") return words.bytes(Number(value));
  if (typeof value === "number") return formatNumber(value, valueType, properties);
  if (typeof value === "string") return shortened(valueType.endsWith("64") ? groupedText(value) : value);
  if (Array.isArray(value) && !valueType.startsWith("Object")) {
    const element = valueType.replace(/Array$/, "");
    return shortened(
      value
        .map((item) => (typeof item === "number" ? formatNumber(item, element, properties) : String(item)))
        .join(", "),
    );
  }
  return shortened(JSON.stringify(value));
}

/** A value as a point of a trend; undefined when it is no number. Bool counts as 0 and 1. */
export function toNumber(value: unknown, valueType: string): number | undefined {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (valueType === "Bool") return value === "true" ? 1 : value === "false" ? 0 : undefined;
  if (!/^(U?[Ii]nt|Float)(8|16|32|64)$/.test(valueType)) return undefined;
  const number = typeof value === "string" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function decimalsOf(scale: number): number {
  const [, decimals = "", exponent = "0"] = /^[\d]*\.?(\d*)(?:e([-+]?\d+))?$/.exec(String(Math.abs(scale))) ?? [];
  return Math.max(0, decimals.length - Number(exponent));
}

const formats = new Map<number, Intl.NumberFormat>();

function grouped(value: number, decimals: number): string {
  let format = formats.get(decimals);
  if (format === undefined) {
    format = new Intl.NumberFormat("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    formats.set(decimals, format);
  }
  const text = format.format(value);
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}

function groupedText(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

function shortened(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** A firing's operand, of which only the JSON value is known: floats lose the tail that 32 bits gave them. */
export function operandText(value: unknown): string {
  if (typeof value === "number" && !Number.isInteger(value)) return String(Number(value.toPrecision(7)));
  return typeof value === "string" ? shortened(value) : shortened(JSON.stringify(value) ?? "—");
}
