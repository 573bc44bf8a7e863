import { AppError } from "@jx/kit";
import type { ReadingValue } from "../model/event.ts";
import { elementType, integerRange, type ScalarType, type ValueType } from "../model/value-type.ts";
import { formatFloat32, formatFloat64, parseFloat32, parseFloat64 } from "./float-text.ts";

/**
 * A reading's value as the text EdgeX puts on the wire (go-mod-core-contracts dtos/reading.go): integers decimal, floats
 * in Go's shortest exponent form, arrays "[1, 2]", StringArray as JSON text. Binary, Object and ObjectArray have no text.
 */
export function valueToText(type: ValueType, value: ReadingValue): string {
  if (type === "Float64") return formatFloat64(value as number);
  if (type === "Float32") return formatFloat32(value as number);
  const element = elementType(type);
  if (element === undefined) return String(value);
  if (element === "String") return JSON.stringify(value);
  const items = value as readonly (boolean | number | bigint)[];
  return `[${items.map((item) => valueToText(element, item)).join(", ")}]`;
}

/**
 * The other way. Throws ContractInvalid with EdgeX's words, "The value does not match the Int8 valueType", when the text
 * is malformed or out of the type's range.
 */
export function valueFromText(type: ValueType, text: string): ReadingValue {
  const element = elementType(type);
  const value = element === undefined ? scalarFromText(type, text) : arrayFromText(element, text);
  if (value === undefined) throw mismatch(type);
  return value;
}

export function mismatch(type: ValueType): AppError {
  return new AppError("ContractInvalid", `The value does not match the ${type} valueType`, { code: "value-mismatch" });
}

/** Go's strconv.ParseBool. */
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "TRUE", "true", "True"].map((text) => [text, true] as const),
  ...["0", "f", "F", "FALSE", "false", "False"].map((text) => [text, false] as const),
]);

function scalarFromText(type: ValueType, text: string): boolean | string | number | bigint | undefined {
  switch (type) {
    case "String":
      return text;
    case "Bool":
      return BOOLEANS.get(text);
    case "Float32":
      return parseFloat32(text);
    case "Float64":
      return parseFloat64(text);
    default:
      return integerFromText(type, text);
  }
}

/** Go's strconv.ParseInt and ParseUint with base 10: only the signed one takes a sign. */
function integerFromText(type: ValueType, text: string): number | bigint | undefined {
  const range = integerRange(type);
  if (range === undefined || !(range.signed ? /^[+-]?\d+$/ : /^\d+$/).test(text)) return undefined;
  if (range.bits < 64) {
    const value = Number(text);
    if (value < Number(range.min) || value > Number(range.max)) return undefined;
    return value === 0 ? 0 : value;
  }
  // More digits than 64 bits can have are refused before BigInt spends time on them; leading zeros are rare enough.
  if (text.length > 100) return undefined;
  const value = BigInt(text);
  return value < range.min || value > range.max ? undefined : value;
}

function arrayFromText(type: ScalarType, text: string): readonly (boolean | string | number | bigint)[] | undefined {
  const body = text.trim();
  if (!body.startsWith("[") || !body.endsWith("]") || body.length < 2) return undefined;
  if (type === "String") return stringsFromText(body);
  const inner = body.slice(1, -1).trim();
  if (inner === "") return [];
  const out: (boolean | string | number | bigint)[] = [];
  for (const part of inner.split(",")) {
    const value = scalarFromText(type, part.trim());
    if (value === undefined) return undefined;
    out.push(value);
  }
  return out;
}

/** JSON text; older device services write "[a, b]" without quotes, which EdgeX does not refuse. */
function stringsFromText(body: string): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(body);
    if (Array.isArray(parsed) && parsed.every((item) => typeof item === "string")) return parsed;
  } catch {
    // not JSON: the older form
  }
  const inner = body.slice(1, -1);
  return inner.trim() === "" ? [] : inner.split(",").map((part) => part.trim());
}
