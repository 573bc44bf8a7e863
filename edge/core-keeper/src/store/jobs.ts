/** What runs beside keeper.db. */
import { defineStore, intToSql, sqlToInt, sqlToText, textToSql } from "@jx/stores";
import type { Change, Stored } from "./keeper-store.ts";
import { DROP_SHARED_COPIES } from "./shared-copies.ts";
import { ADD_ENTRY, ENTRIES, REGISTER, REGISTRATIONS, REMOVE_ENTRY, UNREGISTER } from "./sql.ts";

export const store = defineStore({
  schema: {
    name: "keeper",
    applicationId: 0x4a584b50,
    migrations: [
      `CREATE TABLE entry(
         seq INTEGER PRIMARY KEY, -- EdgeX lists keys in the order of their last write
         key TEXT NOT NULL UNIQUE,
         value TEXT NOT NULL,
         created INTEGER NOT NULL, -- ms since 1970
         modified INTEGER NOT NULL
       ) STRICT;
       CREATE TABLE registration(seq INTEGER PRIMARY KEY, service_id TEXT NOT NULL UNIQUE, content TEXT NOT NULL) STRICT`,
      DROP_SHARED_COPIES,
    ],
  },
  writes: (db) => {
    const remove = db.prepare(REMOVE_ENTRY);
    const add = db.prepare(ADD_ENTRY);
    const register = db.prepare(REGISTER);
    const unregister = db.prepare(UNREGISTER);
    const apply = (change: Change): void => {
      if (change.type === "put") {
        const { key, value, created, modified } = change.entry;
        remove.run(textToSql(key));
        add.run(textToSql(key), textToSql(value), intToSql(created), intToSql(modified));
      } else if (change.type === "delete") remove.run(textToSql(change.key));
      else if (change.content === undefined) unregister.run(textToSql(change.serviceId));
      else register.run(textToSql(change.serviceId), textToSql(change.content));
    };
    return { apply: (changes: readonly Change[]): void => changes.forEach(apply) };
  },
  reads: (db) => {
    const entries = db.prepare(ENTRIES);
    const registrations = db.prepare(REGISTRATIONS);
    return {
      all: (): Stored => ({
        entries: entries.all().map((row) => ({
          key: sqlToText(row["key"]),
          value: sqlToText(row["value"]),
          created: sqlToInt(row["created"]),
          modified: sqlToInt(row["modified"]),
        })),
        registrations: registrations.all().map((row) => sqlToText(row["content"])),
      }),
    };
  },
});
export type KeeperModule = typeof store;
