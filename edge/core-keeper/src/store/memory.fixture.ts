import type { Entry, KeeperStore } from "./keeper-store.ts";

/** A store without a disk, for tests of the rules. Keeps the same order as the SQLite one. */
export function memoryStore(): KeeperStore {
  const entries = new Map<string, Entry>();
  const registrations = new Map<string, string>();
  return {
    load: async () => ({ entries: [...entries.values()], registrations: [...registrations.values()] }),
    async apply(changes) {
      for (const change of changes) {
        if (change.type === "register") {
          if (change.content === undefined) registrations.delete(change.serviceId);
          else registrations.set(change.serviceId, change.content);
          continue;
        }
        const key = change.type === "put" ? change.entry.key : change.key;
        entries.delete(key);
        if (change.type === "put") entries.set(key, change.entry);
      }
    },
    [Symbol.asyncDispose]: async () => {},
  };
}
