import { defineStore, sqlToInt, sqlToText } from "@jx/stores";

export interface StoredFiring {
  readonly id: string;
  readonly rule: string;
  /** The firing as JSON. */
  readonly body: string;
  /** Some action has no result yet. */
  readonly pending: boolean;
  readonly isNew: boolean;
}

export interface StoredState {
  readonly rule: string;
  /** Pangu's durable state as JSON; null forgets it. */
  readonly body: string | null;
}

/** rules.db: what fired, and what the rules must remember over a restart. Runs in the database's thread. */
export const store = defineStore({
  schema: {
    name: "rules",
    applicationId: 0x4a585255,
    migrations: [
      `CREATE TABLE firing(seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, rule TEXT NOT NULL, body TEXT NOT NULL, pending INTEGER NOT NULL) STRICT;
       CREATE INDEX firing_rule ON firing(rule);
       CREATE INDEX firing_pending ON firing(pending) WHERE pending = 1;
       CREATE TABLE state(rule TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
    ],
  },
  writes: (db) => {
    const insert = db.prepare("INSERT INTO firing(id, rule, body, pending) VALUES(?, ?, ?, ?)");
    const update = db.prepare("UPDATE firing SET body = ?, pending = ? WHERE id = ?");
    const trim = db.prepare("DELETE FROM firing WHERE seq <= (SELECT max(seq) FROM firing) - ?");
    const putState = db.prepare(
      "INSERT INTO state(rule, body) VALUES(?, ?) ON CONFLICT(rule) DO UPDATE SET body = excluded.body",
    );
    const dropState = db.prepare("DELETE FROM state WHERE rule = ?");
    return {
      /** Firings and the states they left behind, in one transaction: neither is ever there without the other. */
      record({ firings, states, keep }: { firings: StoredFiring[]; states: StoredState[]; keep: number }) {
        for (const { id, rule, body, pending, isNew } of firings) {
          if (isNew) insert.run(id, rule, body, pending ? 1 : 0);
          else update.run(body, pending ? 1 : 0, id);
        }
        for (const { rule, body } of states) {
          if (body === null) dropState.run(rule);
          else putState.run(rule, body);
        }
        if (firings.length > 0) trim.run(keep);
        return firings.length;
      },
    };
  },
  reads: (db) => {
    const page = db.prepare("SELECT body FROM firing ORDER BY seq DESC LIMIT ? OFFSET ?");
    const total = db.prepare("SELECT count(*) AS n FROM firing");
    const pending = db.prepare("SELECT body FROM firing WHERE pending = 1 ORDER BY seq");
    const states = db.prepare("SELECT body FROM state");
    const counts = db.prepare(
      `SELECT newest.rule, newest.n, firing.body
       FROM (SELECT rule, count(*) AS n, max(seq) AS seq FROM firing GROUP BY rule) AS newest JOIN firing USING (seq)`,
    );
    return {
      list: ({ offset, limit }: { offset: number; limit: number }) => ({
        total: sqlToInt(total.get()?.n),
        bodies: page.all(limit, offset).map((row) => sqlToText(row.body)),
      }),
      open: () => ({
        pending: pending.all().map((row) => sqlToText(row.body)),
        states: states.all().map((row) => sqlToText(row.body)),
        counts: counts.all().map((row) => ({
          rule: sqlToText(row.rule),
          firings: sqlToInt(row.n),
          last: sqlToText(row.body),
        })),
      }),
    };
  },
});

export type RulesStore = typeof store;
