import type { Client, KeeperOperations } from "@jx/contracts";
import { AppError, messageOf } from "@jx/kit";
import type { CommonConfig } from "./common-config.ts";
import { KEEPER_ROOT } from "./keeper-layers.ts";

type InsecureSecrets = CommonConfig["Writable"]["InsecureSecrets"];

/**
 * Puts a secret where EdgeX's non-secure mode has it, one key after the other: its name, then its values
 * (go-mod-bootstrap bootstrap/secret/insecure.go). @throws AppError NotAllowed without keeper, Communication
 */
export async function storeSecret(
  keeper: Client<KeeperOperations> | undefined,
  service: string,
  name: string,
  data: ReadonlyMap<string, string>,
): Promise<void> {
  if (keeper === undefined) {
    throw new AppError(
      "NotAllowed",
      "adding secret failed -> can't store secrets. ConfigurationProvider is not in use or has not been properly initialized",
    );
  }
  const kept = escapeSecretName(name);
  const folder = `${KEEPER_ROOT}/${service}/Writable/InsecureSecrets/${kept}`;
  await put(keeper, `${folder}/SecretName`, kept, "secretName value");
  for (const [key, value] of data) {
    await put(keeper, `${folder}/SecretData/${escapeSecretName(key)}`, value, "secretData key/value pair");
  }
}

async function put(keeper: Client<KeeperOperations>, key: string, value: string, what: string): Promise<void> {
  try {
    await keeper.putKey({ key, body: { value } });
  } catch (cause) {
    const message = `adding secret failed -> error setting ${what} in the config provider -> ${messageOf(cause)}`;
    throw new AppError("Communication", message, { cause });
  }
}

/** A secret's values by its name, as given or as keeper has it; undefined when there is none. */
export function findSecret(secrets: InsecureSecrets, name: string): ReadonlyMap<string, string> | undefined {
  const kept = escapeSecretName(name);
  const found = Object.values(secrets).find(({ SecretName }) => SecretName === kept || SecretName === name);
  if (found === undefined) return undefined;
  return new Map(Object.entries(found.SecretData ?? {}).map(([key, value]) => [unescapeSecretName(key), value]));
}

/** How many secrets differ between two states, each counted once. */
export function changedSecrets(before: InsecureSecrets, after: InsecureSecrets): number {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])).length;
}

/**
 * Go's url.QueryEscape, so that a name is one part of a key. Its "+" for a blank is no character of a key (EdgeX's keeper
 * refuses such a secret), so a blank is %20 here.
 */
function escapeSecretName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function unescapeSecretName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
