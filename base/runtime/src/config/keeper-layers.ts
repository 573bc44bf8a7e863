import type { Client, KeeperOperations, KeyValue } from "@jx/contracts";
import { AppError, isAppError, messageOf } from "@jx/kit";
import { type Flat, under } from "./flat.ts";
import { concrete, type Leaf } from "./leaves.ts";

/** Where EdgeX 4.x keeps everything in keeper. */
export const KEEPER_ROOT = "edgex/v4";
/** What all services share: its folder in keeper, and its section in the configuration file. */
export const COMMON_CONFIG = "core-common-config-bootstrapper";
/** The folder of the common configuration that services of a kind read after the one for all. */
export type ServiceKind = "device-services" | "app-services";

/** What keeper has below a folder; nothing when the folder is not there. @throws AppError ServiceUnavailable */
export async function readFolder(keeper: Client<KeeperOperations>, folder: string, service: string): Promise<Flat> {
  try {
    const { response } = await keeper.getKey({ key: folder, plaintext: true });
    const rows = response as readonly KeyValue[];
    return new Map(rows.map((row) => [row.key.slice(folder.length + 1), String(row.value)]));
  } catch (error) {
    if (isAppError(error, "NotFound")) return new Map();
    throw new AppError(
      "ServiceUnavailable",
      `${service} cannot read its configuration from core-keeper: ${messageOf(error)}; is core-keeper running?`,
      { code: "keeper-unread", details: { service, reason: messageOf(error) }, cause: error },
    );
  }
}

/**
 * The part of the common configuration that counts for a service: all-services, then the section of its kind over it
 * (edgex-configuration.md §1). A default that the service sets otherwise than others (a longer time-out) is its own and
 * stands against all-services.
 */
export function commonFor(
  common: Flat,
  kind: ServiceKind | undefined,
  shared: readonly Leaf[],
  own: readonly Leaf[],
): Flat {
  const all = under(common, "all-services");
  const byDefault = new Map(shared.map(({ key, schema }) => [key, schema.default]));
  for (const { key, schema } of concrete(own, [])) {
    if (byDefault.has(key) && byDefault.get(key) !== schema.default) all.delete(key);
  }
  return kind === undefined ? all : new Map([...all, ...under(common, kind)]);
}
