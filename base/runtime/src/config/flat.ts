/** Configuration as keeper has it: slash-separated keys, every value a string (edgex-configuration.md §1). */
export type Flat = ReadonlyMap<string, string>;

/** Spreads an object over one key per scalar; empty objects and arrays make no key, as Go's client does. */
export function flatten(value: unknown, prefix = "", out = new Map<string, string>()): Map<string, string> {
  if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) flatten(inner, prefix === "" ? key : `${prefix}/${key}`, out);
  } else if (value !== undefined && value !== null && prefix !== "") {
    out.set(prefix, String(value));
  }
  return out;
}

/** The other way; all leaves are strings, the schema narrows them. */
export function unflatten(flat: Flat): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [key, value] of flat) setPath(root, key, value);
  return root;
}

/**
 * Puts a value at "A/B/C", making the objects on the way. Names come from keeper, so "__proto__" must be a name like any
 * other.
 */
export function setPath(root: Record<string, unknown>, key: string, value: unknown): void {
  const parts = key.split("/");
  const last = parts.pop() ?? key;
  let node = root;
  for (const part of parts) {
    const inner = Object.hasOwn(node, part) ? node[part] : undefined;
    if (typeof inner === "object" && inner !== null) node = inner as Record<string, unknown>;
    else node = put(node, part, {}) as Record<string, unknown>;
  }
  put(node, last, value);
}

function put(node: Record<string, unknown>, name: string, value: unknown): unknown {
  Object.defineProperty(node, name, { value, enumerable: true, configurable: true, writable: true });
  return value;
}

/** The part of a flat configuration below a folder, without it. */
export function under(flat: Flat, folder: string): Map<string, string> {
  const prefix = `${folder}/`;
  return new Map(
    [...flat].filter(([key]) => key.startsWith(prefix)).map(([key, text]) => [key.slice(prefix.length), text]),
  );
}

/** "Writable/LogLevel" → "WRITABLE_LOGLEVEL": EdgeX's environment name of a key. */
export function environmentName(key: string): string {
  return key.replace(/[/-]/g, "_").toUpperCase();
}
