import { parseDuration } from "@jx/kit";
import type { TSchema } from "typebox";
import { normalizeValueType, VALUE_TYPES } from "./model/value-type.ts";

/** What a value breaks. "type" is what Go's decoder refuses before any rule is looked at. */
export type Rule =
  | "type"
  | "required"
  | "required-without"
  | "one-of"
  | "empty"
  | "blank"
  | "too-few"
  | "range"
  | "uuid"
  | "uri"
  | "value-type"
  | "duration";

/** One thing that is wrong with a value: where, which rule, and what would be right. */
export interface Problem {
  readonly at: readonly (string | number)[];
  readonly rule: Rule;
  /** Parameter of the rule: the allowed words, the minimum, the other field. */
  readonly param: string;
  /** For people: "must be …". */
  readonly want: string;
}

/** A problem of a file, and where it stands; details of an `invalid-file` error. */
export interface FileMisfit extends Pick<Problem, "rule" | "param" | "want"> {
  readonly line: number;
  readonly column: number;
  /** "deviceResources[0].properties.valueType". */
  readonly path: string;
  /** What the file has there, as JSON; undefined where nothing is, or more than one value. */
  readonly found: string | undefined;
}

interface Node {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Node[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly patternProperties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly minItems?: number;
  readonly minProperties?: number;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly maxLength?: number;
  readonly "x-go"?: string;
  readonly "x-minimum"?: string;
}

type Path = readonly (string | number)[];

/**
 * Checks a value as Go decodes and validates a DTO: null and absent fields are zero values, an absent struct is checked
 * as an empty one, "" counts as missing where a string is required, and pointers (unions with null) may be absent.
 * Knows the schema words that contracts uses and the "x-go" rules that JSON Schema has no word for. JX's own requests
 * are no DTOs: for them "" is a text like any other (`emptyIsMissing` false).
 * Source: go-mod-core-contracts v4 common/validator.go and the `validate` tags of dtos/*.go.
 */
export function problemsOf(schema: TSchema, value: unknown, emptyIsMissing = true): Problem[] {
  const out: Report = { problems: [], emptyIsMissing };
  walk(schema as Node, value ?? undefined, [], true, false, out);
  return out.problems;
}

interface Report {
  readonly problems: Problem[];
  readonly emptyIsMissing: boolean;
}

function walk(node: Node, value: unknown, at: Path, required: boolean, pointer: boolean, out: Report): void {
  if (node.anyOf !== undefined) {
    const options = node.anyOf.filter((option) => option.type !== "null");
    const [inner] = options;
    if (value === undefined && required && node["x-go"] === "required") out.problems.push(missing(at));
    if (value === undefined || inner === undefined) return;
    if (options.length === 1) walk(inner, value, at, true, true, out);
    else if (!options.some((option) => problemsOf(option as TSchema, value, out.emptyIsMissing).length === 0)) {
      out.problems.push(wrongType(at, "one of the shapes that the schema lists"));
    }
    return;
  }
  switch (node.type) {
    case "object":
      walkObject(node, value, at, required, out);
      break;
    case "array":
      walkArray(node, value, at, out);
      break;
    case "string":
      walkString(node, value, at, required, pointer, out);
      break;
    case "number":
    case "integer":
    case "bigint":
      walkNumber(node, value, at, required, out);
      break;
    case "boolean":
      if (value !== undefined && typeof value !== "boolean") out.problems.push(wrongType(at, "true or false"));
      else if (value === undefined && required) out.problems.push(missing(at));
      break;
    default: // Type.Unknown: anything
  }
}

function walkObject(node: Node, value: unknown, at: Path, required: boolean, out: Report): void {
  if (value !== undefined && (typeof value !== "object" || Array.isArray(value))) {
    out.problems.push(wrongType(at, "an object"));
    return;
  }
  if (value === undefined && node.properties === undefined && required) {
    const isMissing = node.minProperties === undefined || node["x-go"] === "required";
    out.problems.push(isMissing ? missing(at) : tooFew(at, node.minProperties ?? 0));
  }
  if (value === undefined && (node.properties === undefined || !required)) return;
  const object = (value ?? {}) as Readonly<Record<string, unknown>>;
  for (const [name, inner] of Object.entries(node.properties ?? {})) {
    walk(inner, object[name] ?? undefined, [...at, name], node.required?.includes(name) === true, false, out);
  }
  const each = Object.values(node.patternProperties ?? {})[0];
  if (each !== undefined) walkMap(each, node.minProperties ?? 0, object, at, out);
  if (node["x-go"] === "id-or-name") checkIdOrName(object, at, out);
}

function walkMap(each: Node, least: number, map: Readonly<Record<string, unknown>>, at: Path, out: Report): void {
  const entries = Object.entries(map);
  if (entries.length < least) out.problems.push(tooFew(at, least));
  for (const [name, inner] of entries) {
    walk(each, inner ?? undefined, [...at, `[${name}]`], each["x-go"] === "required", false, out);
  }
}

/** Update DTOs name their target by id or by name; a blank id passes when there is a name. */
function checkIdOrName(object: Readonly<Record<string, unknown>>, at: Path, out: Report): void {
  const id = object["id"] ?? undefined;
  const name = object["name"] ?? undefined;
  if (id === undefined && name === undefined) {
    const want = "must be given: a change names its target by id or by name";
    out.problems.push({ at: [...at, "id"], rule: "required-without", param: "Name", want });
    out.problems.push({ at: [...at, "name"], rule: "required-without", param: "Id", want });
  } else if (typeof id === "string" && id.trim() === "" && (name ?? "") === "")
    out.problems.push(noUuid([...at, "id"]));
}

function walkArray(node: Node, value: unknown, at: Path, out: Report): void {
  if (value !== undefined && !Array.isArray(value)) {
    out.problems.push(wrongType(at, "a list"));
    return;
  }
  const items: readonly unknown[] = value ?? [];
  if (items.length < (node.minItems ?? 0)) out.problems.push(tooFew(at, node.minItems ?? 0));
  items.forEach((item, i) => {
    // A missing struct is an empty one, a missing scalar a zero value that no tag forbids.
    const { items: each } = node;
    if (each !== undefined) walk(each, item ?? undefined, [...at, i], each.type === "object", false, out);
  });
}

function walkNumber(node: Node, value: unknown, at: Path, required: boolean, out: Report): void {
  if (value === undefined) {
    if (required) out.problems.push(missing(at));
    return;
  }
  const whole = node.type !== "number";
  if (node.type === "bigint" ? typeof value !== "bigint" : !isNumber(value, whole)) {
    out.problems.push(wrongType(at, whole ? "a whole number" : "a number"));
    return;
  }
  const { minimum, maximum } = node;
  const number = value as number | bigint;
  if (node["x-go"] === "uint" && number < 0) out.problems.push(wrongType(at, "a whole number of 0 or more"));
  // In Go 0 is the zero value, so `required` refuses it: a port, for one.
  else if (required && minimum !== undefined && minimum > 0 && Number(number) === 0) out.problems.push(missing(at));
  else if (minimum !== undefined && number < minimum) out.problems.push(outOfRange(at, "gte", minimum));
  else if (maximum !== undefined && number > maximum) out.problems.push(outOfRange(at, "lte", maximum));
}

function walkString(node: Node, value: unknown, at: Path, required: boolean, pointer: boolean, out: Report): void {
  if (value !== undefined && typeof value !== "string") {
    out.problems.push(wrongType(at, "text"));
    return;
  }
  if (value === undefined && !required) return;
  const text = value ?? "";
  const rule = node["x-go"];
  const words = node.const === undefined ? node.enum : [node.const];
  if (words !== undefined && !(text === "" && rule === "required")) {
    if (words.includes(text)) return;
    const param = words.map((word) => `'${String(word)}'`).join(" ");
    out.problems.push({ at, rule: "one-of", param, want: `must be one of ${param}` });
    return;
  }
  const isMissing = value === undefined || (text === "" && out.emptyIsMissing);
  if (isMissing && required && !pointer) out.problems.push(missing(at));
  else if (node.maxLength !== undefined && text.length > node.maxLength) {
    out.problems.push({
      at,
      rule: "range",
      param: `max ${node.maxLength}`,
      want: `must have at most ${node.maxLength} characters`,
    });
  } else if (rule === "none-empty" && text.trim() === "") {
    out.problems.push({ at, rule: "empty", param: "", want: "must not be blank" });
  } else if (rule === "empty-or-text" && text !== "" && text.trim() === "") {
    out.problems.push({ at, rule: "blank", param: "", want: "must be empty or hold more than blanks" });
  } else if (rule === "uri" && !/^[a-z][a-z0-9+.-]*:/i.test(text)) {
    out.problems.push({ at, rule: "uri", param: "", want: "must be a URL such as http://127.0.0.1:59901" });
  } else if (rule === "value-type" && normalizeValueType(text) === undefined) {
    out.problems.push({ at, rule: "value-type", param: "", want: `must be one of ${VALUE_TYPES.join(", ")}` });
  } else if (rule === "uuid" && (pointer ? text.trim() : text) !== "" && !UUID.test(text))
    out.problems.push(noUuid(at));
  else if (rule === "duration" && (text !== "" || required)) checkDuration(node["x-minimum"] ?? "", text, at, out);
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function checkDuration(minimum: string, text: string, at: Path, out: Report): void {
  const duration = durationWithDays(text);
  if (duration !== undefined && (minimum === "" || duration >= parseDuration(minimum))) return;
  const least = minimum === "" ? "" : ` of at least ${minimum}`;
  out.problems.push({ at, rule: "duration", param: minimum, want: `must be a duration${least}, such as 500ms, 10s` });
}

/** Nanoseconds; undefined when it is none. EdgeX's DTO check takes days ("1.5d2h"), as Go's own parser does not. */
export function durationWithDays(text: string): bigint | undefined {
  let days = 0;
  const rest = text.replace(/([\d.]+)d/g, (_, count: string) => {
    days += Number(count);
    return "";
  });
  if (text === "" || !Number.isFinite(days)) return undefined;
  try {
    return BigInt(Math.round(days * 86_400e9)) + (rest.trim() === "" ? 0n : parseDuration(rest.trim()));
  } catch {
    return undefined;
  }
}

function isNumber(value: unknown, whole: boolean): boolean {
  return typeof value === "number" && (whole ? Number.isInteger(value) : Number.isFinite(value));
}

function missing(at: Path): Problem {
  return { at, rule: "required", param: "", want: "is missing" };
}

function tooFew(at: Path, least: number): Problem {
  const param = String(least - 1);
  return { at, rule: "too-few", param, want: `must hold more than ${param} items` };
}

function wrongType(at: Path, what: string): Problem {
  return { at, rule: "type", param: what, want: `must be ${what}` };
}

function outOfRange(at: Path, tag: "gte" | "lte", limit: number | bigint): Problem {
  return { at, rule: "range", param: `${tag} ${limit}`, want: `must be ${tag === "gte" ? "≥" : "≤"} ${limit}` };
}

function noUuid(at: Path): Problem {
  return { at, rule: "uuid", param: "", want: "must be a UUID" };
}

/** ["autoEvents", 0, "interval"] → "autoEvents[0].interval"; a map's key comes in brackets of its own. */
export function pathText(at: readonly (string | number)[]): string {
  const text = (part: string, i: number): string => (i === 0 || part.startsWith("[") ? part : `.${part}`);
  return at.map((part, i) => (typeof part === "number" ? `[${part}]` : text(part, i))).join("");
}
