import type { ReadingValue, ValueType } from "@jx/contracts";

/**
 * A value as Go's fmt prints it with %v. EdgeX compares assertions and looks mappings up by this text
 * (device-sdk-go internal/transformer/transformresult.go).
 */
export function goText(value: ReadingValue, type: ValueType): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value) && type !== "ObjectArray") {
    const element = type.startsWith("Float32") ? "Float32" : "Float64";
    return `[${value.map((item: ReadingValue) => (typeof item === "number" ? goNumber(item, element) : String(item))).join(" ")}]`;
  }
  if (typeof value === "number") return goNumber(value, type);
  if (value instanceof Uint8Array) return `[${value.join(" ")}]`;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function goNumber(value: number, type: ValueType): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (type !== "Float32" && type !== "Float64") return String(value);
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa = "", exponentText = "0"] = shortest(value, type).split("e");
  const exponent = Number(exponentText);
  const sign = mantissa.startsWith("-") ? "-" : "";
  const digits = mantissa.replace(/[-.]/g, "");
  // Go strconv/ftoa.go, 'g' with the shortest precision: exponent form below 1e-4 and from 1e6 ("1e+06").
  if (exponent < -4 || exponent >= 6) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    const power = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${digits.charAt(0)}${fraction}e${exponent < 0 ? "-" : "+"}${power}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = digits.slice(exponent + 1);
  return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** The fewest digits that give the same float back, in exponent form. */
function shortest(value: number, type: "Float32" | "Float64"): string {
  if (type === "Float64") return value.toExponential();
  for (let digits = 0; digits < 9; digits += 1) {
    const text = value.toExponential(digits);
    if (Math.fround(Number(text)) === Math.fround(value)) return text;
  }
  return value.toExponential();
}
