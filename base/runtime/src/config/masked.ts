/** Names whose texts nobody may see, in configuration and logs alike. A secret's name is no secret. */
const SECRET = /password|secret(?!name)|token|authorization|cookie|clientkey/i;
const MAX_DEPTH = 8;

/** The value of a configuration key as people may see it. */
export function masked(key: string, text: string): string {
  return SECRET.test(key.split("/").at(-1) ?? key) && text !== "" ? "***" : text;
}

/** A copy of plain objects and arrays with the secret texts masked; anything else stays as it is. */
export function maskedTree(value: unknown, name = "", depth = 0): unknown {
  if (typeof value === "string") return masked(name, value);
  if (Array.isArray(value) && depth < MAX_DEPTH) return value.map((item) => maskedTree(item, name, depth + 1));
  if (!isPlain(value) || depth >= MAX_DEPTH) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskedTree(inner, key, depth + 1)]));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
