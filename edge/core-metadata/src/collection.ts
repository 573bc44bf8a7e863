/** What every kind of metadata has. */
export interface Named {
  readonly name: string;
  readonly id?: string;
  /** ms since 1970. */
  readonly created?: number;
  readonly labels?: readonly string[];
}

/**
 * All records of one kind in memory, so that no read waits for the database. Records are frozen. `links` are the names
 * that a record gives of others (a device's profile): how many give one is known without a walk through all.
 */
export class Collection<T extends Named, L extends string = never> {
  readonly #links: Readonly<Record<L, (record: T) => string | undefined>>;
  readonly #linked = new Map<string, number>();
  readonly #byName = new Map<string, T>();
  readonly #byId = new Map<string, T>();
  #sorted: readonly T[] | undefined;

  constructor(links: Readonly<Record<L, (record: T) => string | undefined>>) {
    this.#links = links;
  }

  get(name: string): T | undefined {
    return this.#byName.get(name);
  }

  /** Ids are UUIDs, in any letter case. */
  byId(id: string): T | undefined {
    return this.#byId.get(id.toLowerCase());
  }

  get size(): number {
    return this.#byName.size;
  }

  /** How many records name `name` there. */
  linked(link: L, name: string): number {
    return this.#linked.get(keyOf(link, name)) ?? 0;
  }

  /** In EdgeX's order: created ascending, those without (replaced profiles) first. */
  all(): readonly T[] {
    this.#sorted ??= [...this.#byName.values()].sort((a, b) => (a.created ?? -1) - (b.created ?? -1));
    return this.#sorted;
  }

  /** A record that is there already keeps its place among those created in the same millisecond, as in the store. */
  put(record: T): void {
    this.#forget(this.#byName.get(record.name));
    this.#byName.set(record.name, record);
    if (record.id !== undefined) this.#byId.set(record.id.toLowerCase(), record);
    this.#count(record, 1);
  }

  remove(name: string): void {
    this.#forget(this.#byName.get(name));
    this.#byName.delete(name);
  }

  /** Becomes what `other` is. */
  become(other: Collection<T, L>): void {
    for (const name of [...this.#byName.keys()]) this.remove(name);
    for (const record of other.#byName.values()) this.put(record);
  }

  #forget(old: T | undefined): void {
    this.#sorted = undefined;
    if (old === undefined) return;
    if (old.id !== undefined) this.#byId.delete(old.id.toLowerCase());
    this.#count(old, -1);
  }

  #count(record: T, by: 1 | -1): void {
    for (const link of Object.keys(this.#links) as L[]) {
      const name = this.#links[link](record);
      if (name === undefined || name === "") continue;
      const key = keyOf(link, name);
      const count = (this.#linked.get(key) ?? 0) + by;
      if (count === 0) this.#linked.delete(key);
      else this.#linked.set(key, count);
    }
  }
}

/** No link's own name has a blank. */
function keyOf(link: string, name: string): string {
  return `${link} ${name}`;
}
