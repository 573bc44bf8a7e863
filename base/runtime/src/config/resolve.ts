import { durationWithDays } from "@jx/contracts";
import { AppError, parseDuration } from "@jx/kit";
import { environmentName, type Flat, setPath } from "./flat.ts";
import { concrete, type Leaf, type LeafSchema, openFolders } from "./leaves.ts";
import type { Origin } from "./live-config.ts";

export interface Layers {
  /** Values from the YAML file, flat. */
  readonly file: Flat;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Prefixes of environment names that count: "CORE_DATA_" always, "" for a service run alone. */
  readonly prefixes: readonly string[];
  readonly flags: Flat;
  /** What all services share, with the section of the service's kind laid over it. */
  readonly common?: Flat;
  /** What keeper has of the service itself; undefined before it is there. */
  readonly keeper?: Flat;
  /** What file, environment and flags say wins over keeper and is written there again (EdgeX: --overwrite). */
  readonly overwrite?: boolean;
}

export interface Value {
  readonly text: string;
  readonly origin: Origin;
}

/**
 * Where each value comes from (DESIGN §8.2): defaults ← common configuration ← file ← environment ← flags seed what
 * keeper lacks; afterwards keeper is the truth, except for `boot` keys. So EdgeX's order holds: common, kind, private.
 */
export function resolve(leaves: readonly Leaf[], layers: Layers, boot: (key: string) => boolean): Map<string, Value> {
  const { common, file, flags, keeper } = layers;
  const names = [common, file, flags, keeper].flatMap((flat) => [...(flat?.keys() ?? [])]);
  const values = new Map<string, Value>();
  for (const { key, schema } of concrete(leaves, names)) {
    const seed = seedOf(key, schema, layers, boot(key) ? undefined : common);
    const kept = keeper?.get(key);
    const again = layers.overwrite === true && isSaid(seed);
    if (kept === undefined || boot(key) || again || kept === seed.text) values.set(key, seed);
    else values.set(key, { text: kept, origin: "keeper" });
  }
  return values;
}

/** Whether a person has said it at this start: secrets and settings that only keeper has are not to end as defaults. */
export function isSaid({ origin }: Value): boolean {
  return origin === "file" || origin === "environment" || origin === "flag";
}

function seedOf(key: string, schema: LeafSchema, layers: Layers, common: Flat | undefined): Value {
  const flag = layers.flags.get(key);
  if (flag !== undefined) return { text: flag, origin: "flag" };
  for (const prefix of layers.prefixes) {
    const text = layers.environment[prefix + environmentName(key)];
    if (text !== undefined) return { text, origin: "environment" };
  }
  const file = layers.file.get(key);
  if (file !== undefined) return { text: file, origin: "file" };
  const byDefault = schema.default === undefined ? "" : String(schema.default);
  const shared = common?.get(key);
  return shared === undefined || shared === byDefault
    ? { text: byDefault, origin: "default" }
    : { text: shared, origin: "common" };
}

/** Strings → typed values by schema. Throws ContractInvalid naming the key, where the value came from and what fits. */
export function decode(
  leaves: readonly Leaf[],
  values: ReadonlyMap<string, Value>,
  service: string,
): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const folder of openFolders(leaves)) setPath(root, folder, {});
  for (const leaf of concrete(leaves, values.keys())) {
    const value = values.get(leaf.key);
    if (value !== undefined) setPath(root, leaf.key, decodeLeaf(leaf, value, service));
  }
  return root;
}

/** @throws AppError ContractInvalid as `decode` */
export function decodeLeaf({ key, schema }: Leaf, { text, origin }: Value, service: string): unknown {
  const wrong = (right: string, rule: string, facts: Readonly<Record<string, unknown>> = {}): AppError =>
    new AppError(
      "ContractInvalid",
      `configuration ${service}/${key} is "${text}" (from ${origin}); it should be ${right}`,
      {
        code: "config",
        details: { setting: `${service}/${key}`, value: text, origin, rule, ...facts },
      },
    );
  switch (schema.type) {
    case "integer":
    case "number": {
      const value = Number(text);
      const min = schema.minimum ?? Number.NEGATIVE_INFINITY;
      const max = schema.maximum ?? Number.POSITIVE_INFINITY;
      const whole = schema.type === "number" || Number.isInteger(value);
      if (text.trim() === "" || !Number.isFinite(value) || !whole || value < min || value > max) {
        throw wrong(`${schema.type === "integer" ? "a whole number" : "a number"} from ${min} to ${max}`, schema.type, {
          min,
          max,
        });
      }
      return value;
    }
    case "boolean":
      if (/^(true|1|t)$/i.test(text)) return true;
      if (/^(false|0|f|)$/i.test(text)) return false;
      throw wrong("true or false", "boolean");
    default:
      if (schema["x-go"] === "duration" && !isDuration(text))
        throw wrong("a duration such as 500ms, 10s or 1h30m", "duration");
      if (schema["x-go"] === "duration-days" && durationWithDays(text) === undefined)
        throw wrong("a duration such as 12h, 7d or 1d12h", "duration-days");
      if (schema.enum !== undefined && !schema.enum.includes(text))
        throw wrong(`one of ${schema.enum.join(", ")}`, "words", { words: schema.enum });
      return text;
  }
}

function isDuration(text: string): boolean {
  try {
    parseDuration(text);
    return true;
  } catch {
    return false;
  }
}
