/** What every kind of metadata has. */
export interface Named {
  readonly name: string;
  readonly id?: string;
  /** ms since 1970. */
  readonly created?: number;
  readonly labels?: readonly string[];
}

/** All records of one kind in memory, so that no read waits for the database. Records are frozen. */
export class Collection<T extends Named> {
  readonly #byName = new Map<string, T>();
  readonly #byId = new Map<string, T>();
  #sorted: readonly T[] | undefined;

  get(name: string): T | undefined {
    return this.#byName.get(name);
  }

  byId(id: string): T | undefined {
    return this.#byId.get(id);
  }

  get size(): number {
    return this.#byName.size;
  }

  /** In EdgeX's order: created ascending, those without (replaced profiles) first. */
  all(): readonly T[] {
    this.#sorted ??= [...this.#byName.values()].sort((a, b) => (a.created ?? -1) - (b.created ?? -1));
    return this.#sorted;
  }

  /** A record that is there already keeps its place among those created in the same millisecond, as in the store. */
  put(record: T): void {
    const old = this.#byName.get(record.name);
    if (old?.id !== undefined) this.#byId.delete(old.id);
    this.#sorted = undefined;
    this.#byName.set(record.name, record);
    if (record.id !== undefined) this.#byId.set(record.id, record);
  }

  remove(name: string): void {
    const old = this.#byName.get(name);
    if (old?.id !== undefined) this.#byId.delete(old.id);
    this.#byName.delete(name);
    this.#sorted = undefined;
  }
}
