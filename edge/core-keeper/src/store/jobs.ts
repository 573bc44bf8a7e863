/** What runs beside keeper.db. */
import { defineStore, intToSql, sqlToInt, sqlToText, textToSql } from "@jx/stores";
import type { Change, Stored } from "./keeper-store.ts";

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
    ],
  },
  writes: (db) => {
    const put = db.prepare("INSERT OR REPLACE INTO entry(key, value, created, modified) VALUES(?, ?, ?, ?)");
    const remove = db.prepare("DELETE FROM entry WHERE key = ?");
    const register = db.prepare(
      `INSERT INTO registration(service_id, content) VALUES(?, ?)
       ON CONFLICT(service_id) DO UPDATE SET content = excluded.content`,
    );
    const unregister = db.prepare("DELETE FROM registration WHERE service_id = ?");
    const apply = (change: Change): void => {
      if (change.type === "put") {
        const { key, value, created, modified } = change.entry;
        put.run(textToSql(key), textToSql(value), intToSql(created), intToSql(modified));
      } else if (change.type === "delete") remove.run(textToSql(change.key));
      else if (change.content === undefined) unregister.run(textToSql(change.serviceId));
      else register.run(textToSql(change.serviceId), textToSql(change.content));
    };
    return { apply: (changes: readonly Change[]): void => changes.forEach(apply) };
  },
  reads: (db) => {
    const entries = db.prepare("SELECT key, value, created, modified FROM entry ORDER BY seq");
    const registrations = db.prepare("SELECT content FROM registration ORDER BY seq");
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
