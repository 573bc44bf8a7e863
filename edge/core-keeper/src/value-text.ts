/** JSON values → the text that keeper stores (edgex-configuration.md §3; edgex-go internal/core/keeper). */

/** Scalars as Go prints them, lists and objects as JSON with sorted keys. */
export function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return plainDecimal(value);
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  return JSON.stringify(value, sortKeys);
}

/**
 * An object spread over one key per scalar: { a: { b: 1 } } under "k" is k/a/b. Inner null and {} leave nothing. A list
 * is stored as JSON text, where EdgeX loses it (docs/differences-from-edgex.md).
 */
export function flatten(key: string, value: unknown): [key: string, text: string][] {
  if (value === null || value === undefined) return [];
  if (typeof value !== "object" || Array.isArray(value)) return [[key, valueText(value)]];
  return Object.entries(value).flatMap(([name, inner]) => flatten(`${key}/${name}`, inner));
}

/** strconv.FormatFloat(x, 'f', -1, 64): shortest digits, never an exponent. */
function plainDecimal(value: number): string {
  const [, sign = "", whole = "", fraction = "", exponent] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  if (exponent === undefined) return String(value);
  const shift = Number(exponent);
  if (shift > 0) return `${sign}${whole}${fraction.padEnd(shift, "0")}`;
  return `${sign}0.${"0".repeat(-shift - whole.length)}${whole}${fraction}`;
}

function sortKeys(_key: string, value: unknown): unknown {
  // Inside objects 64-bit integers lose digits, as in Go.
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
