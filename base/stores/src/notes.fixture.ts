/** A small store of notes, the module that the tests of this package run in their threads. */
import { sqlToInt, sqlToText, textToSql } from "./sql-values.ts";
import { defineStore } from "./store-module.ts";

export const store = defineStore({
  schema: {
    name: "notes",
    applicationId: 0x4a584e54,
    migrations: ["CREATE TABLE note(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT"],
  },
  writes: (db, hooks) => {
    const insert = db.prepare("INSERT INTO note(text) VALUES(?)");
    const grow = db.prepare("INSERT INTO note(text) VALUES(? || hex(randomblob(8000000)))");
    let rollbacks = 0;
    hooks.onRollback(() => {
      rollbacks += 1;
    });
    return {
      add: (text: string) => Number(insert.run(textToSql(text)).lastInsertRowid),
      addTwice: (text: string) => [insert.run(text), insert.run(text)].length,
      grow: (text: string) => Number(grow.run(text).changes),
      limitPages: (pages: number) => void db.exec(`PRAGMA max_page_count=${pages}`),
      rollbacks: () => rollbacks,
    };
  },
  reads: (db) => {
    const count = db.prepare("SELECT count(*) AS n FROM note");
    const all = db.prepare("SELECT text FROM note ORDER BY id");
    return {
      count: () => sqlToInt(count.get()?.n),
      all: () => all.all().map((row) => sqlToText(row.text)),
      /** Counts once a slice. */
      *counts(slices: number) {
        const counts = [sqlToInt(count.get()?.n)];
        while (counts.length < slices) {
          yield;
          counts.push(sqlToInt(count.get()?.n));
        }
        return counts;
      },
      *failsLate() {
        yield;
        throw new Error("late");
      },
    };
  },
});

export type NotesModule = typeof store;
