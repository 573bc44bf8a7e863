import { isDeepStrictEqual } from "node:util";
import { compileRe2, PatternWork, type ProvisionWatcher, type SourcePattern } from "@jx/contracts";
import type { DiscoveredDevice } from "../driver.ts";

/** A provision watcher with its patterns made ready; one whose pattern is none wants nothing. */
export interface ReadyWatcher {
  readonly watcher: ProvisionWatcher;
  readonly patterns: ReadonlyMap<string, SourcePattern>;
  /** Identifiers whose text is no pattern. */
  readonly broken: readonly string[];
}

/** The watchers of this service, in the order of their names. */
export class Watchers {
  readonly #byName = new Map<string, ReadyWatcher>();

  /** Returns what cannot be used of it; nothing of one that is as before. */
  put(watcher: ProvisionWatcher): readonly string[] {
    if (isDeepStrictEqual(this.#byName.get(watcher.name)?.watcher, watcher)) return [];
    const ready = makeReady(watcher);
    this.#byName.set(watcher.name, ready);
    return ready.broken;
  }

  remove(name: string): void {
    this.#byName.delete(name);
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  names(): readonly string[] {
    return [...this.#byName.keys()];
  }

  /** Who wants this find. A watcher whose patterns take too long on it is told of, and does not. */
  matching(found: DiscoveredDevice, onProblem: (watcher: string, error: unknown) => void): readonly ProvisionWatcher[] {
    return [...this.#byName.values()]
      .filter((ready) => {
        try {
          return wants(ready, found);
        } catch (error) {
          onProblem(ready.watcher.name, error);
          return false;
        }
      })
      .map(({ watcher }) => watcher)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

export function makeReady(watcher: ProvisionWatcher): ReadyWatcher {
  const patterns = new Map<string, SourcePattern>();
  const broken: string[] = [];
  for (const [name, text] of Object.entries(watcher.identifiers)) {
    const pattern = compileRe2(text);
    if (pattern === undefined) broken.push(name);
    else patterns.set(name, pattern);
  }
  return { watcher, patterns, broken };
}

/**
 * Every identifier is there and matches inside one protocol, whichever; none of the blocking values is equal in any
 * (device-sdk-go pkg/service/async.go checkAllowList, checkBlockList). A locked watcher wants nothing.
 * @throws AppError ContractInvalid when its patterns take too long
 */
export function wants({ watcher, patterns, broken }: ReadyWatcher, { protocols }: DiscoveredDevice): boolean {
  if (watcher.adminState === "LOCKED" || broken.length > 0) return false;
  const all = Object.values(protocols);
  const work = new PatternWork(MAX_WORK);
  const allowed = all.some((properties) =>
    [...patterns].every(([name, matches]) => {
      const text = printed(properties[name]);
      return text !== "" && matches(text, work);
    }),
  );
  if (!allowed) return false;
  return !Object.entries(watcher.blockingIdentifiers ?? {}).some(([name, values]) =>
    all.some((properties) => {
      const text = printed(properties[name]);
      return text !== "" && values.includes(text);
    }),
  );
}

/** Steps of one watcher for one find, some 20 ms: there may be many of both. */
const MAX_WORK = 400_000;
/** What a device says about itself may be long; a pattern sees no more of it than this many characters. */
const MAX_LENGTH = 1_024;

/** A property as text; "" when it is not there. */
function printed(value: unknown): string {
  if (value === undefined || value === null) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.slice(0, MAX_LENGTH);
}
