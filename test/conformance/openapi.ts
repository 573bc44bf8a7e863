/** Reads an OpenAPI document into plain shapes that can be held against each other. */
type Json = { readonly [key: string]: unknown };

/** What a caller sees of one operation. */
export interface Shape {
  /** "GET /device/name/{}": parameter names do not tell operations apart. */
  readonly key: string;
  /** Names in the path, in their order. */
  readonly path: readonly string[];
  /** Type of each query parameter. */
  readonly query: ReadonlyMap<string, string>;
  /** Required fields of the request: "[].device.name". */
  readonly required: ReadonlySet<string>;
  readonly success: ReadonlySet<string>;
  /** Fields of the answer, of its items when it is a list: "[].id". */
  readonly answer: ReadonlySet<string>;
  readonly errors: ReadonlySet<string>;
}

const METHODS = ["get", "post", "put", "patch", "delete"];

/** Every operation of a document by its key; `prefix` is cut off the paths. */
export function shapesOf(document: Json, prefix: string): Map<string, Shape> {
  const resolve = resolver(document);
  const shapes = new Map<string, Shape>();
  for (const [path, item] of Object.entries((document["paths"] ?? {}) as Json)) {
    const shared = list((item as Json)["parameters"]);
    for (const method of METHODS) {
      const operation = (item as Json)[method] as Json | undefined;
      if (operation === undefined) continue;
      const key = `${method.toUpperCase()} ${path.replace(prefix, "").replace(/\{[^}]*\}/g, "{}")}`;
      const names = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = ""]) => name);
      shapes.set(key, {
        key,
        path: names,
        query: queryOf([...shared, ...list(operation["parameters"])], resolve),
        ...bodiesOf(operation, resolve),
      });
    }
  }
  return shapes;
}

type Resolve = (node: unknown) => Json;

function queryOf(parameters: readonly unknown[], resolve: Resolve): Map<string, string> {
  const query = new Map<string, string>();
  for (const raw of parameters) {
    const { name, in: where, schema } = resolve(raw);
    if (where === "query") query.set(String(name), String(resolve(schema)["type"] ?? "any"));
  }
  return query;
}

type Bodies = Pick<Shape, "required" | "success" | "answer" | "errors">;

function bodiesOf(operation: Json, resolve: Resolve): Bodies {
  const required = new Set<string>();
  const body = operation["requestBody"];
  if (body !== undefined) collectRequired(contentOf(resolve(body), resolve), "", resolve, required);
  const success = new Set<string>();
  const errors = new Set<string>();
  const answer = new Set<string>();
  for (const [status, response] of Object.entries((operation["responses"] ?? {}) as Json)) {
    if (Number(status) >= 400) errors.add(status);
    else {
      success.add(status);
      for (const field of fieldsOf(contentOf(resolve(response), resolve), resolve)) answer.add(field);
    }
  }
  return { required, success, answer, errors };
}

function resolver(document: Json): Resolve {
  return (node) => {
    let current = (node ?? {}) as Json;
    for (let depth = 0; typeof current["$ref"] === "string"; depth += 1) {
      if (depth > 20) throw new Error(`endless $ref ${current["$ref"]}`);
      const names = current["$ref"].replace("#/", "").split("/");
      current = names.reduce<Json>((at, name) => (at[name] ?? {}) as Json, document);
    }
    return current;
  };
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The schema of the first content type. */
function contentOf(holder: Json, resolve: Resolve): Json {
  const [first] = Object.values((holder["content"] ?? {}) as Json);
  return resolve((first as Json | undefined)?.["schema"]);
}

/** The parts of a schema that hold at once: itself and every allOf. */
function partsOf(schema: Json, resolve: Resolve): Json[] {
  return [schema, ...list(schema["allOf"]).flatMap((part) => partsOf(resolve(part), resolve))];
}

/** The alternatives of a schema, or itself. */
function choicesOf(schema: Json, resolve: Resolve): Json[] {
  const choices = [...list(schema["anyOf"]), ...list(schema["oneOf"])].map(resolve);
  return choices.length === 0 ? [schema] : choices.filter((choice) => choice["type"] !== "null");
}

function collectRequired(schema: Json, at: string, resolve: Resolve, out: Set<string>): void {
  if (schema["type"] === "array") {
    collectRequired(resolve(schema["items"]), `${at}[].`, resolve, out);
    return;
  }
  const choices = choicesOf(schema, resolve);
  if (choices.length > 1) {
    // Required is what every alternative requires.
    const [first, ...rest] = choices.map((choice) => {
      const found = new Set<string>();
      collectRequired(choice, at, resolve, found);
      return found;
    });
    for (const field of first ?? []) if (rest.every((other) => other.has(field))) out.add(field);
    return;
  }
  for (const part of partsOf(choices[0] ?? schema, resolve)) {
    for (const name of list(part["required"])) out.add(`${at}${String(name)}`);
    for (const [name, property] of Object.entries((part["properties"] ?? {}) as Json)) {
      const inner = resolve(property);
      const deeper = inner["type"] === "array" ? `${at}${name}` : `${at}${name}.`;
      collectRequired(inner, deeper, resolve, out);
    }
  }
}

function fieldsOf(schema: Json, resolve: Resolve): string[] {
  if (schema["type"] === "array") return fieldsOf(resolve(schema["items"]), resolve).map((field) => `[].${field}`);
  return choicesOf(schema, resolve)
    .flatMap((choice) => partsOf(choice, resolve))
    .flatMap((part) => Object.keys((part["properties"] ?? {}) as Json));
}
