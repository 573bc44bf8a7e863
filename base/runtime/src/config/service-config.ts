import { type Client, type JsonMessage, type KeeperOperations, type KeyValue, topics } from "@jx/contracts";
import { isAppError } from "@jx/kit";
import type { Static, TObject } from "typebox";
import type { Bus } from "../bus/bus.ts";
import type { Logger } from "../log/logger.ts";
import { CommonConfig, isBootKey } from "./common-config.ts";
import { type Flat, unflatten } from "./flat.ts";
import type { LiveConfig } from "./live-config.ts";
import { decode, type Layers, type Leaf, leavesOf, masked, resolve, type Value } from "./resolve.ts";

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

/** Loads a service's configuration, seeds keeper with what it lacks, and follows changes of Writable keys. */
export async function loadServiceConfig<C extends TObject>(
  options: ServiceConfigOptions<C>,
  deps: ServiceConfigDeps,
): Promise<ServiceConfig<C>> {
  const leaves = leavesOf(CommonConfig, options.schema).map((leaf) =>
    leaf.key === "Service/Port" ? { ...leaf, schema: { ...leaf.schema, default: options.port } } : leaf,
  );
  const prefix = `${KEEPER_ROOT}/${options.key}`;
  const layers: Layers = { ...options.layers, prefixes: prefixes(options) };
  const kept = deps.keeper === undefined ? new Map<string, string>() : await readKeeper(deps.keeper, prefix);
  let values = resolve(leaves, { ...layers, keeper: kept }, isBootKey);
  let current = decode(leaves, values, options.key);
  if (deps.keeper !== undefined) await seed(deps.keeper, prefix, values, kept);

  const listeners = new Set<(config: Static<C>) => void>();
  const subscription = deps.bus.subscribe(
    topics.configChange(`${prefix}/Writable/#`),
    { name: `${options.key} configuration`, policy: "drop-oldest", capacity: 256 },
    (message) => {
      const key = (message as JsonMessage).topic.slice(topics.configChange(`${prefix}/`).length);
      const payload = (message as JsonMessage).payload as { value?: unknown };
      const changed = applyChange(leaves, values, key, payload.value, options.key, deps.log);
      if (changed === undefined) return;
      ({ values, current } = changed);
      for (const listener of listeners) listener(current as Static<C>);
    },
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
    describe: () => [...values].map(([key, { text, origin }]) => ({ key, value: masked(key, text), origin })),
    [Symbol.dispose]: () => subscription[Symbol.dispose](),
  };
}

function prefixes(options: { key: string; alone: boolean }): string[] {
  const own = `${options.key.replace(/-/g, "_").toUpperCase()}_`;
  return options.alone ? [own, ""] : [own];
}

/** A bad value is refused and told; the service goes on with the last good one. */
function applyChange(
  leaves: readonly Leaf[],
  values: ReadonlyMap<string, Value>,
  key: string,
  value: unknown,
  service: string,
  log: Logger,
): { values: Map<string, Value>; current: Record<string, unknown> } | undefined {
  if (!leaves.some((leaf) => leaf.key === key) || value === undefined) return undefined;
  const next = new Map(values).set(key, { text: String(value), origin: "keeper" });
  try {
    const current = decode(leaves, next, service);
    log.info({ key, value: masked(key, String(value)) }, "configuration changed");
    return { values: next, current };
  } catch (error) {
    log.warn({ key, error }, "a configuration change was refused; the last good value stays");
    return undefined;
  }
}

async function readKeeper(keeper: Client<KeeperOperations>, prefix: string): Promise<Flat> {
  try {
    const { response } = await keeper.getKey({ key: prefix, plaintext: true });
    const rows = response as readonly KeyValue[];
    return new Map(rows.map((row) => [row.key.slice(prefix.length + 1), row.value]));
  } catch (error) {
    if (isAppError(error, "NotFound")) return new Map();
    throw error;
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
