import type { TSchema } from "typebox";
import { STATUS_OF } from "./errors.ts";
import type { Operation, Table } from "./operation.ts";

/** OpenAPI 3.1 of a table: JSON Schema 2020-12 is what our schemas already are. */
export function openApi(service: string, table: Table, prefix = "/api/v3"): object {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, operation] of Object.entries(table)) {
    const path = prefix + operation.path.replace("*}", "}");
    paths[path] ??= {};
    const methods = paths[path];
    methods[operation.method.toLowerCase()] = describe(name, operation);
  }
  return { openapi: "3.1.0", info: { title: service, version: "4.1.0" }, paths };
}

function describe(name: string, operation: Operation): object {
  const responses: Record<string, unknown> = {
    [operation.status]: success(operation),
  };
  for (const kind of [...operation.errors, "ServerError"] as const) {
    responses[STATUS_OF[kind]] ??= answer(kind, ErrorSchema);
  }
  return {
    operationId: name,
    summary: operation.summary,
    parameters: [...parameters("path", operation.params), ...parameters("query", operation.query)],
    ...(operation.body === undefined ? {} : { requestBody: { required: true, content: requestContent(operation) } }),
    responses,
  };
}

function success(operation: Operation): object {
  if (operation.framing === "empty") return answer("Success", undefined);
  const json = { "application/json": { schema: withFrame(operation) } };
  // The bare units, where Accept asks for them.
  const yaml = operation.wire === "units-answer" ? { "application/x-yaml": { schema: { type: "object" } } } : {};
  return { description: "Success", content: { ...json, ...yaml } };
}

/** Parts of a form with a file: its text is read as the body that the table describes. */
const FORM = {
  type: "object",
  required: ["file"],
  properties: { file: { type: "string", format: "binary", description: "YAML" } },
};

function requestContent({ wire, body }: Operation): object {
  return wire === "profile-upload"
    ? { "multipart/form-data": { schema: FORM } }
    : { "application/json": { schema: plain(body) } };
}

/** The answer's schema with EdgeX's frame around the output. */
function withFrame(operation: Operation): unknown {
  const output = plain(operation.output) as { type?: string; properties?: object; required?: string[] };
  if (operation.framing === "plain" || operation.framing === "multi") return output;
  const status = operation.framing === "bare" ? {} : { requestId: { type: "string" }, statusCode: { type: "integer" } };
  return { ...output, properties: { apiVersion: { type: "string" }, ...status, ...output.properties } };
}

const ErrorSchema = {
  type: "object",
  properties: { apiVersion: { type: "string" }, message: { type: "string" }, statusCode: { type: "integer" } },
};

function answer(description: string, schema: unknown): object {
  return schema === undefined ? { description } : { description, content: { "application/json": { schema } } };
}

function parameters(where: "path" | "query", schema: TSchema | undefined): object[] {
  const properties = (schema as { properties?: Record<string, TSchema> } | undefined)?.properties ?? {};
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === "path",
    // Lists travel as "a,b" in one parameter, which is not OpenAPI's default.
    ...((property as { type?: string }).type === "array" ? { explode: false } : {}),
    schema: plain(property),
  }));
}

/** bigint is our own type name; on the wire it is an integer. */
export function plain(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plain);
  if (typeof schema === "bigint") return Number(schema);
  if (typeof schema !== "object" || schema === null) return schema;
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key.startsWith("x-go") || key.startsWith("~")) continue;
    out[key] = key === "type" && value === "bigint" ? "integer" : plain(value);
  }
  return out;
}
