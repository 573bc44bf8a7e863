import { AppError } from "@jx/kit";
import type { TSchema } from "typebox";
import { Check, Convert } from "typebox/value";

/**
 * Checks an object property by property and coerces what does not fit as it stands: EdgeX writes every protocol
 * property as a string ("502", "true"). What fits is left alone: a driver may tell 10.1 from "10.1". Unknown keys stay.
 * Throws ContractInvalid with the path of the first property that is wrong.
 */
export function coerceObject(
  schema: TSchema,
  given: Readonly<Record<string, unknown>>,
  path: string,
): Readonly<Record<string, unknown>> {
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, TSchema>;
    required?: readonly string[];
  };
  const out: Record<string, unknown> = { ...given };
  for (const [key, property] of Object.entries(properties)) {
    const value = given[key];
    if (value === undefined || value === null) {
      const fallback = (property as { default?: unknown }).default;
      if (fallback !== undefined) out[key] = fallback;
      else if (required.includes(key)) throw invalid(`${path}.${key} is missing`, property);
      else delete out[key];
      continue;
    }
    if (Check(property, value)) continue;
    const converted = Convert(property, structuredClone(value));
    if (!Check(property, converted)) throw invalid(`${path}.${key} is ${JSON.stringify(value)}`, property);
    out[key] = converted;
  }
  if (!Check(schema, out)) throw new AppError("ContractInvalid", `${path} does not fit the driver's schema`);
  return Object.freeze(out);
}

function invalid(what: string, property: TSchema): AppError {
  return new AppError("ContractInvalid", `${what}; expected ${expected(property)}`, { code: "driver-schema" });
}

/** The schema in words: allowed values, type and limits, then what the driver says about it. */
function expected(property: TSchema): string {
  const node = property as {
    type?: string;
    enum?: readonly unknown[];
    const?: unknown;
    anyOf?: readonly TSchema[];
    minimum?: number;
    maximum?: number;
    description?: string;
  };
  let text: string;
  if (node.enum !== undefined) text = `one of ${node.enum.map((value) => JSON.stringify(value)).join(", ")}`;
  else if (node.const !== undefined) text = JSON.stringify(node.const);
  else if (node.anyOf !== undefined) text = node.anyOf.map(expected).join(" or ");
  else text = node.type ?? "another value";
  if (node.minimum !== undefined && node.maximum !== undefined) text += ` from ${node.minimum} to ${node.maximum}`;
  return node.description === undefined ? text : `${text}: ${node.description}`;
}
