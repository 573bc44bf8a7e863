import { AppError } from "@jx/kit";
import type { TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { type Problem, pathText, problemsOf } from "./dto-rules.ts";

interface Checker {
  Check(value: unknown): boolean;
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

/** True when the value fits the schema, for places that only choose. */
export function fits(schema: TSchema, value: unknown): boolean {
  return checker(schema).Check(value);
}

/**
 * Checks a request body without coercion. Throws ContractInvalid with the text that EdgeX's Go services give:
 * struct path and reason, several joined by "; " (edgex-behaviour.md §0).
 * `dto` is Go's name of the request type ("AddDeviceRequest"); JX's own requests have none and get plain words. `refusal`
 * is the one text of operations that say no more.
 */
export function checkBody(schema: TSchema, value: unknown, dto: string | undefined, refusal?: string): void {
  const isBulk = (schema as { type?: string }).type === "array";
  if (isBulk && !Array.isArray(value)) {
    throw invalid(`json: cannot unmarshal ${goKind(value)} into Go value of type []requests.${dto}`);
  }
  // Go decodes and validates one item after the other and stops at the first bad one.
  const itemSchema = isBulk ? (schema as unknown as { items: TSchema }).items : schema;
  for (const item of isBulk ? (value as readonly unknown[]) : [value]) {
    const problems = problemsOf(itemSchema, item, dto !== undefined);
    if (problems.length > 0) throw invalid(refusal ?? bodyMessage(problems, dto));
    if (!fits(itemSchema, item)) throw invalid(refusal ?? `${dto ?? "the body"} does not fit its schema`);
  }
}

function invalid(message: string): AppError {
  return new AppError("ContractInvalid", message, { code: "invalid-body" });
}

function bodyMessage(problems: readonly Problem[], dto: string | undefined): string {
  const shown = problems.slice(0, MAX_SHOWN);
  if (dto === undefined) {
    // A command's values and the like: upstream says this and no more.
    if (shown[0]?.at.length === 0) return "failed to parse request body";
    return shown.map(({ at, want }) => `${pathText(at)} ${want}`).join("; ");
  }
  if (problems.some((problem) => problem.rule === "type")) return "Failed to unmarshal request body as JSON.";
  return [...new Set(shown.map((problem) => goMessage(problem, dto)))].join("; ");
}

/** A hostile body could name thousands of problems. */
const MAX_SHOWN = 20;

function goMessage(problem: Problem, root: string): string {
  const field = goPath(root, problem.at);
  const failed = (tag: string, value = ""): string =>
    `${field} field validation failed on the ${tag} tag with value '${value}'`;
  switch (problem.rule) {
    case "required":
      return `${field} field is required`;
    case "required-without":
      return `${field} field is required if the ${problem.param} is not present`;
    case "one-of":
      return `${field} field should be one of ${problem.param}`;
    case "empty":
      return `${field} field should not be empty string`;
    case "blank":
      return failed("len=0|edgex-dto-none-empty-string");
    case "too-few":
      return `${field} field should greater than ${problem.param}`;
    case "uuid":
      return problem.at.at(-1) === "requestId" ? failed("len=0|uuid") : `${field} field needs a uuid`;
    case "uri":
      return failed("uri");
    case "value-type":
      return failed("edgex-dto-value-type");
    case "range": {
      const [tag = "", limit] = problem.param.split(" ");
      return failed(tag, limit);
    }
    case "duration":
      // The blank at the end is EdgeX's.
      return `${field} field should follows the ISO 8601 Durations format, e.g.,100ms, 24h, or be greater than or equal to the minimum value ${problem.param} `;
    default:
      return `${field} ${problem.want}`;
  }
}

/** ["device", "autoEvents", 0] → "AddDeviceRequest.Device.AutoEvents[0]", the path in the Go struct. */
function goPath(root: string, at: readonly (string | number)[]): string {
  const text = (part: string): string => (part.startsWith("[") ? part : `.${goName(part)}`);
  return at.reduce<string>((path, part) => path + (typeof part === "number" ? `[${part}]` : text(part)), root);
}

function goName(name: string): string {
  if (name === "apiVersion") return "BaseRequest.Versionable.ApiVersion";
  if (name === "requestId") return "BaseRequest.RequestId";
  if (name === "basicinfo") return "BasicInfo";
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** How encoding/json names a JSON value in its errors. */
function goKind(value: unknown): string {
  if (typeof value === "boolean") return "bool";
  return typeof value === "object" ? "object" : typeof value;
}

/**
 * Go decodes object keys without regard to case and takes null for "not there". Renames the keys of `value` that differ
 * from the schema's only in case and leaves out known ones that are null; everything else, unknown keys included, stays.
 * The input is not changed. What Go reads into a map ("x-go": "map") stays as it came.
 */
export function foldKeys(schema: TSchema, value: unknown): unknown {
  const node = schema as { [key: string]: unknown };
  if (node["x-go"] === "map") return value;
  const options = node["anyOf"] as TSchema[] | undefined;
  if (options?.[0] !== undefined) return foldKeys(options[0], value);
  if (Array.isArray(value)) {
    const items = node["items"] as TSchema | undefined;
    return items === undefined ? value : value.map((item) => foldKeys(items, item ?? zeroValue(items)));
  }
  if (typeof value !== "object" || value === null) return value;
  const properties = node["properties"] as Record<string, TSchema> | undefined;
  const each = Object.values((node["patternProperties"] as Record<string, TSchema> | undefined) ?? {})[0];
  if (properties === undefined && each === undefined) return value;
  const out: Record<string, unknown> = Object.create(null);
  const byLowerCase = new Map(Object.keys(properties ?? {}).map((name) => [name.toLowerCase(), name]));
  for (const [key, inner] of Object.entries(value)) {
    const name = byLowerCase.get(key.toLowerCase()) ?? key;
    const property = properties?.[name] ?? each;
    if (property === undefined) out[name] = inner;
    else if (inner !== null) out[name] = foldKeys(property, inner);
    else if (properties === undefined) out[name] = zeroValue(property);
  }
  return out;
}

/** What Go's decoder leaves in a list or map where JSON says null. */
function zeroValue(schema: TSchema): unknown {
  const { type } = schema as { type?: string };
  if (type === "string") return "";
  if (type === "array") return [];
  return type === "object" ? {} : null;
}
