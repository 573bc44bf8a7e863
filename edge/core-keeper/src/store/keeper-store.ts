/** What keeper needs from a store. Adapters: SQLite, PostgreSQL, and memory for tests. */
export interface KeeperStore extends AsyncDisposable {
  load(): Promise<Stored>;
  /** All or nothing; resolves once it is synced to the disk. */
  apply(changes: readonly Change[]): Promise<void>;
}

export interface Stored {
  /** In the order in which they were last written. */
  readonly entries: readonly Entry[];
  /** JSON, in order of registration. */
  readonly registrations: readonly string[];
}

/** One key. Stamps are ms since 1970. */
export interface Entry {
  readonly key: string;
  readonly value: string;
  readonly created: number;
  readonly modified: number;
}

export type Change =
  | { readonly type: "put"; readonly entry: Entry }
  | { readonly type: "delete"; readonly key: string }
  /** content is JSON; undefined removes. */
  | { readonly type: "register"; readonly serviceId: string; readonly content: string | undefined };
