import { AppError, parseDuration } from "@jx/kit";
import type { TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { normalizeValueType } from "./model/value-type.ts";

interface Checker {
  Check(value: unknown): boolean;
  Errors(value: unknown): Iterable<{ keyword: string; instancePath: string; params: unknown; message: string }>;
}

const compiled = new WeakMap<TSchema, Checker>();

function checker(schema: TSchema): Checker {
  let found = compiled.get(schema);
  if (found === undefined) {
    found = Compile(schema) as Validator as unknown as Checker;
    compiled.set(schema, found);
  }
  return found;
}

/**
 * Checks without coercion. Throws ContractInvalid with the text that EdgeX's Go services give:
 * struct path and reason, several joined by "; " (edgex-behaviour.md §0).
 * `root` is Go's name of the request type.
 */
export function checkBody(schema: TSchema, value: unknown, root: string): void {
  const check = checker(schema);
  const problems = check.Check(value) ? [] : schemaProblems(check, value, root, schema);
  if (problems.length === 0) collectRules(schema, value, root, problems);
  if (problems.length > 0) {
    throw new AppError("ContractInvalid", [...new Set(problems)].join("; "), { code: "invalid-body" });
  }
}

/** True when the value fits, for places that only choose. */
export function fits(schema: TSchema, value: unknown): boolean {
  return checker(schema).Check(value);
}

function schemaProblems(check: Checker, value: unknown, root: string, schema: TSchema): string[] {
  const problems: string[] = [];
  for (const error of check.Errors(value)) {
    const path = goPath(root, error.instancePath, value);
    const params = error.params as { requiredProperties?: string[]; type?: string; allowedValues?: unknown[] };
    switch (error.keyword) {
      case "required":
        for (const name of params.requiredProperties ?? []) problems.push(`${path}.${goName(name)} field is required`);
        break;
      case "enum": {
        const allowed = schemaAt(schema, error.instancePath)?.["enum"];
        problems.push(`${path} field should be one of ${(Array.isArray(allowed) ? allowed : []).map((v) => `'${String(v)}'`).join(" ")}`);
        break;
      }
      case "minItems":
        problems.push(`${path} field should greater than 0`);
        break;
      case "pattern":
        problems.push(`${path} field should not be empty string`);
        break;
      case "anyOf":
        break; // its branches report on their own
      default:
        problems.push(`${path} ${error.message}`);
    }
  }
  if (problems.length === 0) problems.push(`${root} field validation failed`);
  return problems.slice(0, 20);
}

/** "x-go" rules that JSON Schema has no word for. Runs only on values that fit the schema. */
function collectRules(schema: TSchema, value: unknown, path: string, problems: string[]): void {
  const node = schema as { [key: string]: unknown };
  const options = (node["anyOf"] as TSchema[] | undefined)?.filter((option) => (option as { type?: string }).type !== "null");
  if (options !== undefined) {
    if (value !== null && options[0] !== undefined) collectRules(options[0], value, path, problems);
    return;
  }
  if (typeof value === "string") {
    const problem = stringRule(node, value, path);
    if (problem !== undefined) problems.push(problem);
  } else if (Array.isArray(value) && node["items"] !== undefined) {
    value.forEach((item, i) => {
      collectRules(node["items"] as TSchema, item, `${path}[${i}]`, problems);
    });
  } else if (typeof value === "object" && value !== null && node["properties"] !== undefined) {
    const properties = node["properties"] as Record<string, TSchema>;
    for (const [name, inner] of Object.entries(value)) {
      const property = properties[name];
      if (property !== undefined && inner !== undefined) collectRules(property, inner, `${path}.${goName(name)}`, problems);
    }
  }
}

function stringRule(node: { [key: string]: unknown }, value: string, path: string): string | undefined {
  switch (node["x-go"]) {
    case "uri":
      return /^[a-z][a-z0-9+.-]*:/i.test(value) ? undefined : `${path} field validation failed on the uri tag with value '${value}'`;
    case "value-type":
      return normalizeValueType(value) === undefined
        ? `${path} field validation failed on the edgex-dto-value-type tag with value '${value}'`
        : undefined;
    case "uuid":
      return value === "" || UUID.test(value) ? undefined : `${path} field needs a uuid`;
    case "duration":
      return durationRule(node, value, path);
    default:
      return undefined;
  }
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function durationRule(node: { [key: string]: unknown }, value: string, path: string): string | undefined {
  const minimum = String(node["x-minimum"] ?? "0s");
  try {
    // "1d" passes EdgeX's DTO check and is refused per item later (edgex-behaviour.md §1.2).
    if (/^\d+d$/.test(value) || parseDuration(value) >= parseDuration(minimum)) return undefined;
  } catch {
    // falls through to the message
  }
  return `${path} field should follows the ISO 8601 Durations format, e.g.,100ms, 24h, or be greater than or equal to the minimum value ${minimum} `;
}

function schemaAt(schema: TSchema, pointer: string): Record<string, unknown> | undefined {
  let node: Record<string, unknown> | undefined = schema as Record<string, unknown>;
  for (const part of pointer.split("/").slice(1)) {
    if (node === undefined) return undefined;
    const properties = node["properties"] as Record<string, Record<string, unknown>> | undefined;
    const options = node["anyOf"] as Record<string, unknown>[] | undefined;
    node = properties?.[part] ?? (node["items"] as Record<string, unknown> | undefined) ?? options?.[0];
  }
  return node?.["anyOf"] === undefined ? node : (node["anyOf"] as Record<string, unknown>[])[0];
}

/** "/0/device/protocols" → "AddDeviceRequest.Device.Protocols": Go prints the struct, not the place in the bulk array. */
function goPath(root: string, pointer: string, value: unknown): string {
  const parts = pointer.split("/").slice(1);
  if (Array.isArray(value)) parts.shift();
  return parts.reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : `${path}.${goName(part)}`), root);
}

function goName(name: string): string {
  if (name === "apiVersion") return "BaseRequest.Versionable.ApiVersion";
  if (name === "requestId") return "BaseRequest.RequestId";
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/**
 * Go decodes object keys without regard to case. Renames the keys of `value` that differ from the schema's only in
 * case; everything else, unknown keys included, stays. The input is not changed.
 */
export function foldKeys(schema: TSchema, value: unknown): unknown {
  const node = schema as { [key: string]: unknown };
  const options = node["anyOf"] as TSchema[] | undefined;
  if (options?.[0] !== undefined) return foldKeys(options[0], value);
  if (Array.isArray(value)) {
    const items = node["items"] as TSchema | undefined;
    return items === undefined ? value : value.map((item) => foldKeys(items, item));
  }
  const properties = node["properties"] as Record<string, TSchema> | undefined;
  if (properties === undefined || typeof value !== "object" || value === null) return value;
  const out: Record<string, unknown> = Object.create(null);
  const byLowerCase = new Map(Object.keys(properties).map((name) => [name.toLowerCase(), name]));
  for (const [key, inner] of Object.entries(value)) {
    const name = key in properties ? key : (byLowerCase.get(key.toLowerCase()) ?? key);
    const property = properties[name];
    out[name] = property === undefined ? inner : foldKeys(property, inner);
  }
  return out;
}
