import {
  elementType,
  integerRange,
  type JsonObject,
  type ReadingValue,
  type ScalarType,
  stringifyJson,
  type ValueType,
} from "@jx/contracts";
import { AppError } from "@jx/kit";

/**
 * The value of a PUT body → what the resource's type holds, with EdgeX's rules and texts (edgex-device-sdk.md §2 "PUT
 * values"; device-sdk-go internal/application/command.go). Numbers are not printed the Go way first, so 1000000 stays
 * an integer and arrays may be JSON arrays. Throws ContractInvalid.
 */
export function parseValue(given: unknown, type: ValueType): ReadingValue {
  if (given === null || given === undefined) throw unfit("<nil>", type, "a value is needed");
  const text = plainText(given, type);
  if (type === "String") return text;
  if (type === "Binary") throw new AppError("ContractInvalid", "Binary resources cannot be written");
  if (type === "Object" || type === "ObjectArray") return parseObject(given, text, type);
  if (text.trim() === "") throw unfit(text, type, "empty");
  const element = elementType(type);
  return element === undefined ? parseScalar(text, type as ScalarType, type) : parseArray(given, text, element, type);
}

/** JSON's own text; integers without exponent. One that has lost digits on its way is another value, and refused. */
function plainText(given: unknown, type: ValueType): string {
  if (typeof given === "string") return given;
  if (typeof given !== "number" || !Number.isInteger(given)) {
    return typeof given === "object" ? stringifyJson(given) : String(given);
  }
  const text = BigInt(given).toString();
  if (Number.isSafeInteger(given) || type.startsWith("Float")) return text;
  throw unfit(text, type, "a JSON number of this size loses digits; send it as text");
}

function parseObject(given: unknown, text: string, type: "Object" | "ObjectArray"): ReadingValue {
  let value = given;
  if (typeof given === "string") {
    try {
      value = JSON.parse(given);
    } catch (error) {
      throw unfit(text, type, (error as Error).message);
    }
  }
  const isObject = (item: unknown): item is JsonObject =>
    typeof item === "object" && item !== null && !Array.isArray(item);
  if (type === "Object" && isObject(value)) return value;
  if (type === "ObjectArray" && Array.isArray(value) && value.every(isObject)) return value;
  throw unfit(text, type, type === "Object" ? "not a JSON object" : "not an array of JSON objects");
}

type Scalar = string | number | bigint | boolean;

function parseArray(given: unknown, text: string, element: ScalarType, type: ValueType): ReadingValue {
  if (element === "String") {
    let items: unknown = given;
    try {
      if (typeof given === "string") items = JSON.parse(given);
    } catch (error) {
      throw unfit(text, type, (error as Error).message);
    }
    if (!Array.isArray(items)) throw unfit(text, type, "not a JSON array");
    return items.map((item) => plainText(item, type));
  }
  if (Array.isArray(given)) return given.map((item) => parseScalar(plainText(item, type), element, type));
  // Split as text, not by JSON.parse: that would round 64-bit integers. "1,2" without brackets is EdgeX's for UintXArray.
  const inner = /^\s*\[(.*)\]\s*$/s.exec(text)?.[1] ?? text;
  if (inner.trim() === "") return [];
  return inner.split(",").map((part) => parseScalar(part.trim().replace(/^"(.*)"$/, "$1"), element, type));
}

function parseScalar(text: string, type: ScalarType, whole: ValueType): Scalar {
  if (type === "String") return text;
  if (type === "Bool") {
    if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
    if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false;
    throw unfit(text, whole, `strconv.ParseBool: parsing "${text}": invalid syntax`);
  }
  const range = integerRange(type);
  if (range === undefined) return parseFloat64(text, type as "Float32" | "Float64", whole);
  const go = range.signed ? "ParseInt" : "ParseUint";
  const form = range.signed ? /^[+-]?\d+$/ : /^\d+$/;
  if (!form.test(text) || text.length > 40) {
    throw unfit(text, whole, `strconv.${go}: parsing "${text}": invalid syntax`);
  }
  const value = BigInt(text);
  if (value < range.min || value > range.max) {
    throw unfit(text, whole, `strconv.${go}: parsing "${text}": value out of range`);
  }
  return range.bits === 64 ? value : Number(value);
}

function parseFloat64(text: string, type: "Float32" | "Float64", whole: ValueType): number {
  const value = goFloat(text) ?? ieeeFromBase64(text, type);
  if (value === undefined) throw unfit(text, whole, `strconv.ParseFloat: parsing "${text}": invalid syntax`);
  const fitted = type === "Float32" ? Math.fround(value) : value;
  const named = /inf/i.test(text);
  if (!Number.isFinite(fitted) && !Number.isNaN(fitted) && !named && goFloat(text) !== undefined) {
    throw unfit(text, whole, `strconv.ParseFloat: parsing "${text}": value out of range`);
  }
  return fitted;
}

/** Go's floating-point literals (language specification, "Floating-point literals") and strconv's Inf and NaN. */
function goFloat(text: string): number | undefined {
  if (/^nan$/i.test(text)) return Number.NaN;
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinite !== null) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const plain = text.replace(/(?<=[\da-f])_(?=[\da-f])/gi, "");
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return Number(plain);
  const hex = /^([+-]?)0x([\da-f]*)\.?([\da-f]*)p([+-]?\d{1,5})$/i.exec(plain);
  if (hex === null || `${hex[2]}${hex[3]}` === "" || plain.length > 64) return undefined;
  const [, sign, whole = "", fraction = "", power = "0"] = hex;
  const value = Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(power) - 4 * fraction.length);
  return sign === "-" ? -value : value;
}

/** Big-endian IEEE 754 bytes in base64: EdgeX's other spelling of a float. */
function ieeeFromBase64(text: string, type: "Float32" | "Float64"): number | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  const bytes = Buffer.from(text, "base64");
  if (type === "Float32") return bytes.length === 4 ? bytes.readFloatBE() : undefined;
  return bytes.length === 8 ? bytes.readDoubleBE() : undefined;
}

function unfit(text: string, type: ValueType, why: string): AppError {
  const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text;
  return new AppError("ContractInvalid", `failed to convert set parameter ${shown} to ValueType ${type} -> ${why}`, {
    code: "set-parameter",
  });
}
