/** Local time with its offset, as people read it: "2026-11-24 15:04:05.123 +08:00". Input in ms since 1970. */
export function formatTime(ms: number): string {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const east = -date.getTimezoneOffset();
  const offset = `${east < 0 ? "-" : "+"}${two(Math.floor(Math.abs(east) / 60))}:${two(Math.abs(east) % 60)}`;
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, "0")} ${offset}`;
}

/** ns since 1970 → ms. Over HTTP a 64-bit integer may come as a number, whatever the type says. */
export function msOf(ns: bigint | number): number {
  return Number(BigInt(ns) / 1_000_000n);
}

/** ns since 1970 → local time. */
export function formatOrigin(ns: bigint | number): string {
  return formatTime(msOf(ns));
}

/** "3 s", "5 min", "2 h", "4 d"; input in ms. */
export function formatSpan(ms: number): string {
  const s = Math.max(0, ms) / 1000;
  if (s < 10) return `${s.toFixed(1)} s`;
  if (s < 120) return `${Math.round(s)} s`;
  if (s < 7_200) return `${Math.round(s / 60)} min`;
  return s < 172_800 ? `${Math.round(s / 3_600)} h` : `${Math.round(s / 86_400)} d`;
}

export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`;
}

/** A reading's value on one line: at most `max` characters. */
export function formatValue(value: unknown, max = 80): string {
  const text = value instanceof Uint8Array ? `${value.length} bytes` : scalar(value);
  return text.length > max ? `${text.slice(0, max - 1)}…` : text;
}

function scalar(value: unknown): string {
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(7)));
  if (typeof value !== "object" || value === null) return String(value);
  return JSON.stringify(value, (_key, inner) => (typeof inner === "bigint" ? String(inner) : inner));
}
