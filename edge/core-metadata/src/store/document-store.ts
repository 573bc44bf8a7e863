/** What the catalog needs from a store. Adapters: SQLite, PostgreSQL, and memory for tests. */
export interface DocumentStore extends AsyncDisposable {
  /** Everything, in order of insertion. */
  load(): Promise<readonly Row[]>;
  /** All of them in order or, when it rejects, none. Resolves once they are synced to the disk. */
  apply(changes: readonly Change[]): Promise<void>;
}

export type Kind = "service" | "profile" | "device" | "watcher";

export interface Row {
  readonly kind: Kind;
  /** JSON. */
  readonly content: string;
}

export interface Change {
  readonly kind: Kind;
  readonly name: string;
  /** JSON; undefined deletes. */
  readonly content: string | undefined;
}
