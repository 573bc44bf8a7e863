import type { KeyValue } from "@jx/contracts";
import { AppError } from "@jx/kit";
import type { Change, Entry, KeeperStore } from "./store/keeper-store.ts";
import { flatten, valueText } from "./value-text.ts";

const KEY = /^[a-zA-Z0-9\-_~;=./%]+$/;

/** EdgeX's words; the blank in its list is not allowed in fact. */
function checkKey(key: string): void {
  if (KEY.test(key)) return;
  const message = "key only allows characters between a to z, A to Z, 0 to 9, or one of -_ ~;=./%";
  throw new AppError("ContractInvalid", message, { code: "invalid-key" });
}

/** Settings by key. Reads are answered from memory; a change is in memory once it is on the disk. */
export class KeyValues {
  readonly #store: KeeperStore;
  readonly #nowMs: () => number;
  /** In the order of the last write, as EdgeX lists them. */
  readonly #entries = new Map<string, Entry>();

  constructor(store: KeeperStore, entries: readonly Entry[], nowMs: () => number) {
    this.#store = store;
    this.#nowMs = nowMs;
    for (const entry of entries) this.#entries.set(entry.key, entry);
  }

  /** The key itself and everything below it; `kp` does not find `kp-1`. @throws AppError ContractInvalid, NotFound */
  get(prefix: string, plaintext: boolean): KeyValue[] {
    checkKey(prefix);
    const found = this.#under(prefix);
    if (found.length === 0) throw new AppError("NotFound", `no key starting with '${prefix}' found`);
    return found.map(({ key, value, created, modified }) => ({
      key,
      Created: created,
      Modified: modified,
      value: plaintext ? value : Buffer.from(value).toString("base64"),
    }));
  }

  /** Returns the keys written. @throws AppError ContractInvalid */
  async put(key: string, value: unknown, spread: boolean): Promise<string[]> {
    checkKey(key);
    if (value === undefined || value === null) throw new AppError("ContractInvalid", "the value field is undefined");
    if (typeof value === "object" && !Array.isArray(value) && Object.keys(value).length === 0) {
      throw new AppError("ContractInvalid", "the value field is an empty object");
    }
    const modified = this.#nowMs();
    const texts = spread ? flatten(key, value) : [[key, valueText(value)] as const];
    const changes = texts.map(([name, text]): Change => {
      const created = this.#entries.get(name)?.created ?? modified;
      return { type: "put", entry: { key: name, value: text, created, modified } };
    });
    await this.#apply(changes);
    return texts.map(([name]) => name);
  }

  /** Returns the keys removed. @throws AppError ContractInvalid, NotFound; StatusConflict when there are keys below. */
  async delete(key: string, withChildren: boolean): Promise<string[]> {
    checkKey(key);
    const found = this.#under(key).map((entry) => entry.key);
    if (found.length === 0) throw new AppError("NotFound", `key '${key}' not found`);
    if (!withChildren && found.some((name) => name !== key)) {
      throw new AppError("StatusConflict", `keys having the same prefix ${key} exist and cannot be deleted`);
    }
    await this.#apply(found.map((name) => ({ type: "delete", key: name })));
    return found;
  }

  #under(prefix: string): Entry[] {
    const below = `${prefix}/`;
    return [...this.#entries.values()].filter(({ key }) => key === prefix || key.startsWith(below));
  }

  async #apply(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    await this.#store.apply(changes);
    for (const change of changes) {
      if (change.type === "put") {
        this.#entries.delete(change.entry.key);
        this.#entries.set(change.entry.key, change.entry);
      } else if (change.type === "delete") this.#entries.delete(change.key);
    }
  }
}
