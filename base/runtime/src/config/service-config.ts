import { type Client, type KeeperOperations, topics } from "@jx/contracts";
import { messageOf } from "@jx/kit";
import type { Static, TObject } from "typebox";
import type { Bus } from "../bus/bus.ts";
import type { Logger } from "../log/logger.ts";
import { coalesced } from "./coalesced.ts";
import { CommonConfig, isBootKey, isOwnKey } from "./common-config.ts";
import { type Flat, unflatten } from "./flat.ts";
import { COMMON_CONFIG, commonFor, KEEPER_ROOT, readFolder, type ServiceKind } from "./keeper-layers.ts";
import { concrete, type Leaf, leavesOf } from "./leaves.ts";
import type { LiveConfig } from "./live-config.ts";
import { masked } from "./masked.ts";
import { decode, decodeLeaf, isSaid, type Layers, resolve, type Value } from "./resolve.ts";

export interface ServiceConfigOptions<C extends TObject> {
  readonly key: string;
  readonly kind: ServiceKind | undefined;
  readonly schema: C;
  /** The service's default port, unless file, environment or flag say otherwise. */
  readonly port: number;
  readonly layers: Omit<Layers, "keeper" | "common" | "prefixes">;
  /** The common configuration where no keeper has it, flat: "all-services/Service/RequestTimeout". */
  readonly common: Flat;
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
  /** Keys that file, environment or a flag set at the start and that keeper has otherwise: keeper's value counts. */
  readonly outvoted: readonly string[];
  /** Reads keeper again, as after a notice; for when notices may have been missed. */
  refresh(): void;
}

/**
 * Loads a service's configuration, seeds keeper with what it lacks, and follows changes of Writable keys, its own and
 * those of the common configuration.
 * @throws AppError ContractInvalid for a value that does not fit, ServiceUnavailable when keeper does not answer
 */
export async function loadServiceConfig<C extends TObject>(
  options: ServiceConfigOptions<C>,
  deps: ServiceConfigDeps,
): Promise<ServiceConfig<C>> {
  const { key, kind } = options;
  const { keeper, log } = deps;
  const shared = leavesOf(CommonConfig);
  const own = leavesOf(options.schema);
  const leaves = leavesOf(CommonConfig, options.schema).map((leaf) =>
    leaf.key === "Service/Port" ? { ...leaf, schema: { ...leaf.schema, default: options.port } } : leaf,
  );
  const prefix = `${KEEPER_ROOT}/${key}`;
  const commonPrefix = `${KEEPER_ROOT}/${COMMON_CONFIG}`;
  const withCommon = (common: Flat): Layers => ({
    ...options.layers,
    prefixes: prefixes(options),
    common: commonFor(common, kind, shared, own),
  });

  let layers = withCommon(options.common);
  let values = resolve(leaves, layers, isBootKey);
  let outvoted: readonly string[] = [];
  if (keeper !== undefined) {
    const before = values;
    layers = withCommon(await readFolder(keeper, commonPrefix, key));
    const kept = await readFolder(keeper, prefix, key);
    const resolved = resolve(leaves, { ...layers, keeper: kept }, isBootKey);
    await seed(keeper, prefix, resolved, { ...layers, keeper: kept });
    values = fitting(leaves, resolved, before, key, log);
    outvoted = [...before].flatMap(([name, value]) =>
      isSaid(value) && resolved.get(name)?.origin === "keeper" ? [name] : [],
    );
  }
  let current = decode(leaves, values, key);
  const listeners = new Set<(config: Static<C>) => void>();

  /** Keeper is asked again as a whole, so that a change of one key, of many and a deletion are one way. */
  async function reload(from: Client<KeeperOperations>): Promise<void> {
    const common = withCommon(await readFolder(from, commonPrefix, key));
    const kept = await readFolder(from, prefix, key);
    const resolved = resolve(leaves, { ...common, keeper: kept, overwrite: false }, isBootKey);
    for (const [name, value] of values) if (!name.startsWith("Writable/")) resolved.set(name, value);
    const next = fitting(leaves, resolved, values, key, log);
    const names = new Set([...values.keys(), ...next.keys()]);
    const changed = [...names].filter((name) => values.get(name)?.text !== next.get(name)?.text);
    values = next;
    if (changed.length === 0) return;
    current = decode(leaves, next, key);
    for (const name of changed) {
      const value = next.get(name)?.text;
      log.info({ key: name, value: value === undefined ? null : masked(name, value) }, "configuration changed");
    }
    for (const listener of listeners) {
      try {
        listener(current as Static<C>);
      } catch (error) {
        log.error({ error }, "a configuration change could not be taken over");
      }
    }
  }

  const follow = coalesced(
    async () => {
      if (keeper !== undefined) await reload(keeper);
    },
    (error) => log.error({ reason: messageOf(error) }, "a change of the configuration could not be read from keeper"),
  );
  const subscriptions = (keeper === undefined ? [] : [prefix, commonPrefix]).map((folder) =>
    deps.bus.subscribe(
      topics.configChange(`${folder}/#`),
      { name: `${key} configuration`, policy: "latest", capacity: 256 },
      follow,
    ),
  );

  // What was written while it was being read has been told to nobody here.
  follow();

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
    outvoted,
    refresh: follow,
    [Symbol.dispose]() {
      for (const subscription of subscriptions) subscription[Symbol.dispose]();
      listeners.clear();
    },
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
  for (const leaf of concrete(leaves, wanted.keys())) {
    const value = wanted.get(leaf.key);
    if (value?.origin !== "keeper" && value?.origin !== "common") continue;
    try {
      decodeLeaf(leaf, value, service);
    } catch (error) {
      log.warn({ key: leaf.key, reason: messageOf(error) }, "a configuration value was refused; the last one stays");
      const last = before.get(leaf.key);
      if (last === undefined) values.delete(leaf.key);
      else values.set(leaf.key, last);
    }
  }
  return values;
}

/**
 * Writes what keeper lacks of the service: its own keys, and of the shared ones those that file, environment or flag
 * set for it. What is there stays as it is, unless the start is to overwrite it.
 */
async function seed(
  keeper: Client<KeeperOperations>,
  prefix: string,
  values: ReadonlyMap<string, Value>,
  layers: Layers,
): Promise<void> {
  const missing = [...values].filter(([key, { text, origin }]) => {
    const kept = layers.keeper?.get(key);
    if (isOwnKey(key) || origin === "keeper") return false;
    if (kept !== undefined) return layers.overwrite === true && kept !== text;
    return origin !== "common" && !(origin === "default" && layers.common?.has(key) === true);
  });
  if (missing.length === 0) return;
  const value = unflatten(new Map(missing.map(([key, { text }]) => [key, text])));
  await keeper.putKey({ key: prefix, flatten: true, body: { value } });
}
