/** What runs beside metadata.db: services, profiles, devices and watchers as JSON documents, as EdgeX itself keeps them. */
import { defineStore, sqlToText, textToSql } from "@jx/stores";
import type { Change, Kind, Row } from "./document-store.ts";
import { DOCUMENTS } from "./sql.ts";

export const store = defineStore({
  schema: {
    name: "metadata",
    applicationId: 0x4a584d44,
    migrations: [
      `CREATE TABLE document(
         seq INTEGER PRIMARY KEY, -- keeps the order of insertion, which breaks ties of "created"
         kind TEXT NOT NULL,
         name TEXT NOT NULL,
         content TEXT NOT NULL,
         UNIQUE(kind, name)
       ) STRICT`,
    ],
  },
  writes: (db) => {
    const put = db.prepare(
      `INSERT INTO document(kind, name, content) VALUES(?, ?, ?)
       ON CONFLICT(kind, name) DO UPDATE SET content = excluded.content`,
    );
    const remove = db.prepare("DELETE FROM document WHERE kind = ? AND name = ?");
    return {
      apply: (changes: readonly Change[]): void => {
        for (const { kind, name, content } of changes) {
          if (content === undefined) remove.run(kind, textToSql(name));
          else put.run(kind, textToSql(name), textToSql(content));
        }
      },
    };
  },
  reads: (db) => {
    const all = db.prepare(DOCUMENTS);
    return {
      all: (): Row[] =>
        all.all().map((row) => ({ kind: sqlToText(row["kind"]) as Kind, content: sqlToText(row["content"]) })),
    };
  },
});
export type MetadataModule = typeof store;
