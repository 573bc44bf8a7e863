/** Names whose texts nobody may see, in configuration and logs alike. A secret's name is no secret. */
const SECRET = /password|secret(?!name)|token|authorization|cookie|clientkey/i;
/** EdgeX's folder of a secret's values, whatever they are called (Writable/InsecureSecrets/{name}/SecretData). */
const SECRET_FOLDER = /^secretdata$/i;
/** Names of metrics, such as SecuritySecretsStored, with true or false behind them. */
const METRIC = /(?:^|\/)Telemetry\/Metrics\/[^/]+$/;
const MAX_DEPTH = 8;

/** The value of a configuration key as people may see it. */
export function masked(key: string, text: string): string {
  if (METRIC.test(key)) return text;
  const parts = key.split("/");
  const isSecret = parts.slice(0, -1).some((part) => SECRET_FOLDER.test(part)) || SECRET.test(parts.at(-1) ?? key);
  if (isSecret && text !== "") return "***";
  return text.includes("@") ? text.replace(URL_PASSWORD, "$1***@") : text;
}

/** user:password@ in a URL. */
const URL_PASSWORD = /(\w:\/\/[^/?#\s:@]*:)[^/?#\s@]+@/g;

/** A copy of plain objects and arrays with the secret texts masked; anything else stays as it is. */
export function maskedTree(value: unknown, name = "", depth = 0): unknown {
  if (typeof value === "string") return masked(name, value);
  if (Array.isArray(value) && depth < MAX_DEPTH) return value.map((item) => maskedTree(item, name, depth + 1));
  if (!isPlain(value) || depth >= MAX_DEPTH) return value;
  const folder = name.split("/").some((part) => SECRET_FOLDER.test(part)) ? `${name}/` : "";
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, maskedTree(inner, folder + key, depth + 1)]),
  );
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
