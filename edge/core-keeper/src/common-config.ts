import type { Client, KeeperOperations, KeyValue } from "@jx/contracts";
import { isAppError } from "@jx/kit";
import { COMMON_CONFIG, environmentName, type Flat, flatten, KEEPER_ROOT, unflatten } from "@jx/runtime";
import { COMMON_DEFAULTS } from "./common-defaults.ts";

const ROOT = `${KEEPER_ROOT}/${COMMON_CONFIG}`;
const READY = `${ROOT}/IsCommonConfigReady`;

const ESCAPE = "all-services/Service/EnableNameFieldEscape";

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** What is so at this start: where peers reach what runs here, and how names travel. What is not known is left as it is. */
export interface CommonFacts {
  readonly keeper?: Place | undefined;
  readonly metadata?: Place | undefined;
  readonly broker?: Place | undefined;
  /** Every process on one bus must do alike (EnableNameFieldEscape). */
  readonly escapeNames?: boolean;
}

export interface CommonSources {
  /** The configuration file's section, flat: "all-services/Service/MaxResultCount". */
  readonly file: Flat;
  /** EdgeX's names for the same: ALL_SERVICES_SERVICE_MAXRESULTCOUNT. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Writes the configuration that all EdgeX services share, so that EdgeX's one-shot bootstrapper is not needed; when it
 * runs nevertheless, it finds its keys and changes nothing. Keys that keeper has stay, but for the facts: they are what
 * is so at this start, unless file or environment say otherwise (DESIGN §8.2). Without facts, which are known when all
 * runs, it is for our own services alone: nobody else is told that it is ready.
 */
export async function seedCommonConfig(
  keeper: Client<KeeperOperations>,
  facts: CommonFacts | undefined,
  { file, environment }: CommonSources,
): Promise<void> {
  const here = factKeys(facts ?? {});
  const kept = await keptKeys(keeper);
  const stale = new Map<string, string>();
  for (const [key, byDefault] of flatten(COMMON_DEFAULTS)) {
    const given = environment[environmentName(key)] ?? file.get(key);
    const value = given ?? here.get(key) ?? byDefault;
    if (kept.get(key) === undefined || (here.has(key) && kept.get(key) !== value)) stale.set(key, value);
  }
  if (stale.size > 0) await keeper.putKey({ key: ROOT, flatten: true, body: { value: unflatten(stale) } });
  if (facts !== undefined && kept.get("IsCommonConfigReady") !== "true")
    await keeper.putKey({ key: READY, body: { value: "true" } });
}

function factKeys({ keeper, metadata, broker, escapeNames }: CommonFacts): Flat {
  const at = (key: string, place: Place | undefined): [string, string][] =>
    place === undefined
      ? []
      : [
          [`${key}/Host`, place.host],
          [`${key}/Port`, String(place.port)],
        ];
  return new Map([
    ...at("all-services/Registry", keeper),
    ...at("all-services/MessageBus", broker),
    ...at("app-services/Clients/core-metadata", metadata),
    ...at("device-services/Clients/core-metadata", metadata),
    ...(escapeNames === undefined ? [] : [[ESCAPE, String(escapeNames)] as const]),
  ]);
}

async function keptKeys(keeper: Client<KeeperOperations>): Promise<Flat> {
  try {
    const { response } = await keeper.getKey({ key: ROOT, plaintext: true });
    const rows = response as readonly KeyValue[];
    return new Map(rows.map(({ key, value }) => [key.slice(ROOT.length + 1), value]));
  } catch (error) {
    if (isAppError(error, "NotFound")) return new Map();
    throw error;
  }
}
