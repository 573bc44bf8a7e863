import { AppError } from "@jx/kit";
import type { TObject } from "typebox";

/**
 * Query strings and path parameters → typed values by schema, with EdgeX's own messages (edgex-behaviour.md §0).
 * Integers, 64-bit integers, booleans (Go's strconv.ParseBool), strings and comma lists; the first of repeated keys wins.
 */
export function parseQuery(
  schema: TObject | undefined,
  query: { get(key: string): string | null },
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, property] of Object.entries(schema?.properties ?? {})) {
    const node = property as unknown as ParamNode;
    const raw = query.get(key);
    // Blanks around numbers are trimmed, those of labels are not (edgex-behaviour.md §0), and a name may end with one.
    const text = node.type === "array" || node.type === "string" ? raw : raw?.trim();
    if (text === undefined || text === null || text === "") {
      if (node.default !== undefined) out[key] = node.default;
      continue;
    }
    out[key] = parseParam(node, text, `querystring ${key}'s value`, `querystring ${key}`);
  }
  return out;
}

export function parseParams(
  schema: TObject | undefined,
  params: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, property] of Object.entries(schema?.properties ?? {})) {
    out[key] = parseParam(
      property as unknown as ParamNode,
      params[key] ?? "",
      `path param ${key}'s value`,
      `path param ${key}`,
    );
  }
  return out;
}

interface ParamNode {
  readonly type?: string;
  readonly format?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly default?: unknown;
  /** EdgeX's own words for a text that does not fit, where it has such. */
  readonly "x-go"?: string;
}

const INT64_MAX = 9223372036854775807n;

function parseParam(node: ParamNode, text: string, value: string, name: string): unknown {
  switch (node.type) {
    case "integer":
    case "bigint": {
      const parsed = parseInt64(text, value, node.type === "integer" ? "Atoi" : "ParseInt", node["x-go"]);
      const min = BigInt(node.minimum ?? (node.type === "integer" ? Number.MIN_SAFE_INTEGER : 0));
      const max = BigInt(node.maximum ?? (node.type === "integer" ? Number.MAX_SAFE_INTEGER : INT64_MAX));
      if (parsed < min || parsed > max) {
        throw new AppError("ContractInvalid", `${value} ${text} is out of min ${min} ~ max ${max} range.`);
      }
      return node.type === "integer" ? Number(parsed) : parsed;
    }
    case "boolean": {
      if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
      if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false;
      throw new AppError(
        "ContractInvalid",
        `failed to parse ${name} into bool. Error:strconv.ParseBool: parsing "${text}": invalid syntax`,
      );
    }
    case "array":
      return text.split(",");
    default:
      return text;
  }
}

/** `parser` is the Go function whose words EdgeX passes on. */
function parseInt64(text: string, value: string, parser: "Atoi" | "ParseInt", words: string | undefined): bigint {
  const isInteger = /^[+-]?\d{1,400}$/.test(text);
  const parsed = isInteger ? BigInt(text.replace(/^\+/, "")) : 0n;
  if (isInteger && parsed >= -INT64_MAX - 1n && parsed <= INT64_MAX) return parsed;
  const reason = isInteger ? "value out of range" : "invalid syntax";
  throw new AppError(
    "ContractInvalid",
    words ?? `failed to parse ${value} ${text} into integer. Error:strconv.${parser}: parsing "${text}": ${reason}`,
  );
}
