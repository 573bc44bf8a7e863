/**
 * Floats as Go's strconv writes and reads them: FormatFloat(v, 'e', -1, bits), the shortest digits that read back the
 * same, and ParseFloat with its hexadecimal, underscore, Inf and NaN forms. Proved by vectors that Go printed
 * (float-vectors.json).
 */
export function formatFloat64(value: number): string {
  return Number.isFinite(value) ? goExponent(value, value.toExponential()) : special(value);
}

export function formatFloat32(value: number): string {
  return Number.isFinite(value) ? goExponent(value, shortest32(value)) : special(value);
}

const MIN_NORMAL_FLOAT32 = 1.1754943508222875e-38;

/**
 * The shortest decimal that rounds to this float32. Six digits never crowd a float32's interval, so if six are enough,
 * dropping their zeros gives the shortest; subnormals have fewer bits and start from one digit.
 * Where two decimals of that length are equally near, ours ends in the larger digit; Go's choice differs by version.
 */
function shortest32(value: number): string {
  const single = Math.fround(value);
  for (let digits = Math.abs(single) < MIN_NORMAL_FLOAT32 ? 1 : 6; digits < 9; digits += 1) {
    const nearest = single.toExponential(digits - 1);
    if (Math.fround(Number(nearest)) === single) return Number(nearest).toExponential();
    // Above a power of two the interval is twice as wide as below: the next decimal up may fit where the nearest does not.
    const unit = Number(nearest.replace(/^.*e/, "1e")) * 10 ** (1 - digits);
    const next = (Number(nearest) + Math.sign(single) * unit).toExponential(digits - 1);
    if (Math.fround(Number(next)) === single) return Number(next).toExponential();
  }
  return single.toExponential(8);
}

/** "1.23e+1" → "1.23e+01"; JavaScript also drops the sign of −0. */
function goExponent(value: number, text: string): string {
  const at = text.length - 2;
  const padded = text[at] === "+" || text[at] === "-" ? `${text.slice(0, at + 1)}0${text.slice(at + 1)}` : text;
  return Object.is(value, -0) ? `-${padded}` : padded;
}

function special(value: number): string {
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

/** undefined when the text is no number or too large for a float64. */
export function parseFloat64(text: string): number | undefined {
  if (PLAIN.test(text)) return finite(Number(text));
  if (/^nan$/i.test(text)) return Number.NaN;
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (infinite !== null) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (text.includes("_")) return underscoresOk(text) ? parseFloat64(text.replaceAll("_", "")) : undefined;
  const hex = HEX.exec(text);
  return hex === null ? undefined : finite(fromHex(hex));
}

/** Rounded to the nearest float32; undefined when it does not fit. */
export function parseFloat32(text: string): number | undefined {
  const value = parseFloat64(text);
  if (value === undefined || !Number.isFinite(value)) return value;
  return finite(Math.fround(value));
}

const PLAIN = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const HEX = /^([+-]?)0[xX]([\da-fA-F]*)\.?([\da-fA-F]*)[pP]([+-]?\d{1,6})$/;

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** Go's literals: an underscore stands between two digits; the prefix "0x" counts as one. */
function underscoresOk(text: string): boolean {
  const digits = text.replace(/^[+-]/, "").replace(/^0[xX]/, "0");
  return digits === text.replace(/^[+-]/, "")
    ? !/(^|\D)_|_(\D|$)/.test(digits)
    : !/(^|[^\da-fA-F])_|_([^\da-fA-F]|$)/.test(digits);
}

/** mantissa · 2^exponent, in two steps so that 2^exponent itself neither overflows nor vanishes. */
function fromHex([, sign, whole = "", fraction = "", power = "0"]: readonly string[]): number {
  const digits = `${whole}${fraction}`;
  if (digits === "") return Number.NaN;
  const exponent = Math.max(-2400, Math.min(2400, Number(power) - 4 * fraction.length));
  const half = Math.trunc(exponent / 2);
  const value = Number(BigInt(`0x${digits}`)) * 2 ** half * 2 ** (exponent - half);
  return sign === "-" ? -value : value;
}
