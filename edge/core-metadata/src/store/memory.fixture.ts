import type { DocumentStore, Row } from "./document-store.ts";

/** A store without a disk, for tests of the rules. Keeps order and upserts as the SQLite one does. */
export function memoryStore(): DocumentStore {
  const rows = new Map<string, Row>();
  return {
    load: async () => [...rows.values()],
    async apply(changes) {
      for (const { kind, name, content } of changes) {
        const key = `${kind} ${name}`;
        if (content === undefined) rows.delete(key);
        else rows.set(key, { kind, content });
      }
    },
    [Symbol.asyncDispose]: async () => {},
  };
}
