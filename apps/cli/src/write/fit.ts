import {
  type Bilingual,
  elementType,
  integerRange,
  normalizeValueType,
  type ResourceProperties,
  type ScalarType,
  type ValueType,
} from "@jx/contracts";

/**
 * What would be right where a text cannot be written to a resource; undefined when it can. The device service judges
 * by the same rules (edge/device-sdk/src/value/parse.ts, transform.ts) in EdgeX's words, which speak of Go's functions.
 */
export function misfit(text: string, properties: ResourceProperties): Bilingual | undefined {
  const type = normalizeValueType(properties.valueType);
  if (type === undefined || fits(text, type, properties)) return undefined;
  return wanted(type, properties);
}

function fits(text: string, type: ValueType, properties: ResourceProperties): boolean {
  if (type === "Binary") return false;
  if (type === "Object") return isObject(json(text));
  if (type === "ObjectArray" || type === "StringArray") {
    const list = json(text);
    return Array.isArray(list) && (type === "StringArray" || list.every(isObject));
  }
  const element = elementType(type);
  if (element === undefined) return scalarFits(text, type as ScalarType, properties);
  if (text.trim() === "") return false;
  const inner = /^\s*\[(.*)\]\s*$/s.exec(text)?.[1] ?? text;
  if (inner.trim() === "") return true;
  return inner.split(",").every((part) => scalarFits(part.trim().replace(/^"(.*)"$/, "$1"), element, {}));
}

type Limits = Pick<ResourceProperties, "minimum" | "maximum">;

function scalarFits(text: string, type: ScalarType, limits: Limits): boolean {
  if (type === "String") return true;
  // Go's strconv.ParseBool.
  if (type === "Bool") return /^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(text);
  const range = integerRange(type);
  if (range === undefined) return floatFits(text, type, limits);
  if (!(range.signed ? /^[+-]?\d{1,39}$/ : /^\d{1,40}$/).test(text)) return false;
  const value = BigInt(text);
  return value >= range.min && value <= range.max && within(value, limits);
}

/** Go's other spellings: hexadecimal, underscores, infinite, not a number, and EdgeX's IEEE bytes in base64. */
const LEFT_TO_THE_SERVICE =
  /^[+-]?(0x.*|inf(inity)?|nan|[\d.]*_[\d_.e+-]*)$|^[A-Za-z0-9+/]{6}==$|^[A-Za-z0-9+/]{11}=$/i;

function floatFits(text: string, type: ScalarType, limits: Limits): boolean {
  if (LEFT_TO_THE_SERVICE.test(text)) return true;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return false;
  const value = type === "Float32" ? Math.fround(Number(text)) : Number(text);
  return Number.isFinite(value) && within(value, limits);
}

function within(value: number | bigint, { minimum, maximum }: Limits): boolean {
  return (minimum === undefined || value >= minimum) && (maximum === undefined || value <= maximum);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What would be right, with limits and unit. */
function wanted(type: ValueType, properties: ResourceProperties): Bilingual {
  switch (type) {
    case "Bool":
      return { zh: "应为 true 或 false", en: "it should be true or false" };
    case "Binary":
      return { zh: "Binary 类型的资源不能写入", en: "resources of type Binary cannot be written" };
    case "Object":
      return { zh: '应为 JSON 对象，例如 {"a":1}', en: 'it should be a JSON object such as {"a":1}' };
    case "ObjectArray":
      return {
        zh: '应为 JSON 对象的数组，例如 [{"a":1}]',
        en: 'it should be a list of JSON objects such as [{"a":1}]',
      };
    case "StringArray":
      return { zh: '应为 JSON 文本数组，例如 ["a","b"]', en: 'it should be a JSON list of texts such as ["a","b"]' };
    default: {
      const element = elementType(type);
      if (element === undefined) return number(type, properties);
      const { zh, en } = element === "Bool" ? { zh: "true 或 false", en: "true or false" } : bare(element, {});
      return { zh: `应为用逗号分隔的一列值，每个是${zh}`, en: `it should be a list with commas, each ${en}` };
    }
  }
}

function number(type: ValueType, properties: ResourceProperties): Bilingual {
  const { zh, en } = bare(type, properties);
  const { units = "" } = properties;
  return { zh: `应为${zh}${units === "" ? "" : `，单位 ${units}`}`, en: `it should be ${en} ${units}`.trimEnd() };
}

function bare(type: ValueType, { minimum, maximum }: Limits): Bilingual {
  const range = integerRange(type);
  const [zh, en] = range === undefined ? ["数", "a number"] : ["整数", "a whole number"];
  const low = range === undefined || (minimum !== undefined && minimum > range.min) ? minimum : range.min;
  const high = range === undefined || (maximum !== undefined && maximum < range.max) ? maximum : range.max;
  if (low !== undefined && high !== undefined)
    return { zh: ` ${low} 到 ${high} 的${zh}`, en: `${en} from ${low} to ${high}` };
  if (low !== undefined) return { zh: `不小于 ${low} 的${zh}`, en: `${en} of at least ${low}` };
  if (high !== undefined) return { zh: `不大于 ${high} 的${zh}`, en: `${en} of at most ${high}` };
  return { zh, en };
}
