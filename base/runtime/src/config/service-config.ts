import { type Client, type KeeperOperations, type KeyValue, topics } from "@jx/contracts";
import { AppError, isAppError, messageOf } from "@jx/kit";
import type { Static, TObject } from "typebox";
import type { Bus } from "../bus/bus.ts";
import type { Logger } from "../log/logger.ts";
import { CommonConfig, isBootKey } from "./common-config.ts";
import { type Flat, unflatten } from "./flat.ts";
import type { LiveConfig } from "./live-config.ts";
import { masked } from "./masked.ts";
import { decode, decodeLeaf, type Layers, type Leaf, leavesOf, resolve, type Value } from "./resolve.ts";

/** Where EdgeX 4.x keeps everything in keeper. */
export const KEEPER_ROOT = "edgex/v4";

export interface ServiceConfigOptions<C extends TObject> {
  readonly key: string;
  readonly schema: C;
  /** The service's default port, unless file, environment or flag say otherwise. */
  readonly port: number;
  readonly layers: Omit<Layers, "keeper" | "prefixes">;
  /** The service is the only one in the process: EdgeX's plain names (WRITABLE_LOGLEVEL) count as well. */
  readonly alone: boolean;
}

export interface ServiceConfigDeps {
  /** Absent for keeper itself, whose configuration is file and environment only, as upstream's is. */
  readonly keeper: Client<KeeperOperations> | undefined;
  readonly bus: Bus;
  readonly log: Logger;
}

export interface ServiceConfig<C extends TObject> extends LiveConfig<C>, Disposable {
  readonly common: CommonConfig;
  /** Every value with its origin, secrets masked. */
  describe(): readonly { key: string; value: string; origin: Value["origin"] }[];
}

/**
 * Loads a service's configuration, seeds keeper with what it lacks, and follows changes of Writable keys.
 * @throws AppError ContractInvalid for a value that does not fit, ServiceUnavailable when keeper does not answer
 */
export async function loadServiceConfig<C extends TObject>(
  options: ServiceConfigOptions<C>,
  deps: ServiceConfigDeps,
): Promise<ServiceConfig<C>> {
  const { key } = options;
  const { keeper, log } = deps;
  const leaves = leavesOf(CommonConfig, options.schema).map((leaf) =>
    leaf.key === "Service/Port" ? { ...leaf, schema: { ...leaf.schema, default: options.port } } : leaf,
  );
  const prefix = `${KEEPER_ROOT}/${key}`;
  const layers: Layers = { ...options.layers, prefixes: prefixes(options) };
  let values = resolve(leaves, layers, isBootKey);
  if (keeper !== undefined) {
    const kept = await readKeeper(keeper, prefix, key);
    const resolved = resolve(leaves, { ...layers, keeper: kept }, isBootKey);
    await seed(keeper, prefix, resolved, kept);
    values = fitting(leaves, resolved, values, key, log);
  }
  let current = decode(leaves, values, key);
  const listeners = new Set<(config: Static<C>) => void>();

  /** Keeper is asked again as a whole, so that a change of one key, of many and a deletion are one way. */
  async function reload(from: Client<KeeperOperations>): Promise<void> {
    const kept = await readKeeper(from, prefix, key);
    const resolved = resolve(leaves, { ...layers, keeper: kept, overwrite: false }, isBootKey);
    for (const [name, value] of values) if (!name.startsWith("Writable/")) resolved.set(name, value);
    const next = fitting(leaves, resolved, values, key, log);
    const changed = [...next].filter(([name, { text }]) => values.get(name)?.text !== text);
    values = next;
    if (changed.length === 0) return;
    current = decode(leaves, next, key);
    for (const [name, { text }] of changed) log.info({ key: name, value: masked(name, text) }, "configuration changed");
    for (const listener of listeners) {
      try {
        listener(current as Static<C>);
      } catch (error) {
        log.error({ error }, "a configuration change could not be taken over");
      }
    }
  }

  const subscription =
    keeper === undefined
      ? undefined
      : deps.bus.subscribe(
          topics.configChange(`${prefix}/#`),
          { name: `${key} configuration`, policy: "latest", capacity: 256 },
          () => reload(keeper),
        );

  return {
    get current() {
      return current as Static<C>;
    },
    get common() {
      return current as CommonConfig;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    describe: () => [...values].map(([name, { text, origin }]) => ({ key: name, value: masked(name, text), origin })),
    [Symbol.dispose]: () => subscription?.[Symbol.dispose](),
  };
}

function prefixes(options: { key: string; alone: boolean }): string[] {
  const own = `${options.key.replace(/-/g, "_").toUpperCase()}_`;
  return options.alone ? [own, ""] : [own];
}

/** People write to keeper while services run: a value that does not fit is told, and the one before stays in force. */
function fitting(
  leaves: readonly Leaf[],
  wanted: ReadonlyMap<string, Value>,
  before: ReadonlyMap<string, Value>,
  service: string,
  log: Logger,
): Map<string, Value> {
  const values = new Map(wanted);
  for (const leaf of leaves) {
    const value = wanted.get(leaf.key);
    const last = before.get(leaf.key);
    if (value?.origin !== "keeper" || last === undefined) continue;
    try {
      decodeLeaf(leaf, value, service);
    } catch (error) {
      log.warn({ key: leaf.key, reason: messageOf(error) }, "a configuration value was refused; the last one stays");
      values.set(leaf.key, last);
    }
  }
  return values;
}

async function readKeeper(keeper: Client<KeeperOperations>, prefix: string, service: string): Promise<Flat> {
  try {
    const { response } = await keeper.getKey({ key: prefix, plaintext: true });
    const rows = response as readonly KeyValue[];
    return new Map(rows.map((row) => [row.key.slice(prefix.length + 1), row.value]));
  } catch (error) {
    if (isAppError(error, "NotFound")) return new Map();
    throw new AppError(
      "ServiceUnavailable",
      `${service} cannot read its configuration from core-keeper: ${messageOf(error)}; is core-keeper running?`,
      { code: "no-keeper", cause: error },
    );
  }
}

async function seed(
  keeper: Client<KeeperOperations>,
  prefix: string,
  values: ReadonlyMap<string, Value>,
  kept: Flat,
): Promise<void> {
  const stale = [...values].filter(([key, value]) => value.origin !== "keeper" && kept.get(key) !== value.text);
  if (stale.length === 0) return;
  const value = unflatten(new Map(stale.map(([key, { text }]) => [key, text])));
  await keeper.putKey({ key: prefix, flatten: true, body: { value } });
}
