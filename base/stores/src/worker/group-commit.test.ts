import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { openDatabase, openForReading } from "../database.ts";
import { GroupCommit } from "./group-commit.ts";

interface Bench {
  readonly group: GroupCommit;
  /** Submits a row for which nobody waits; its number appears in `acknowledged`, or in `failed`. */
  add(n: number, parent?: number): void;
  /** Submits a row for which somebody waits. */
  addNow(n: number): void;
  readonly acknowledged: number[];
  readonly failed: number[];
  /** Rows that another connection sees, which is what is committed. */
  committed(): number[];
  rollbacks(): number;
}

function bench(t: TestContext, options: { readonly intervalMs: number; readonly rows: number }): Bench {
  const folder = mkdtempSync(join(tmpdir(), "jx-group-"));
  const file = join(folder, "x.db");
  const tables = `CREATE TABLE parent(id INTEGER PRIMARY KEY) STRICT;
    CREATE TABLE row(n INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent(id) DEFERRABLE INITIALLY DEFERRED) STRICT`;
  const { db } = openDatabase({ file, schema: { name: "x", applicationId: 1, migrations: [tables] } });
  const other: DatabaseSync = openForReading(file);
  const acknowledged: number[] = [];
  const failed: number[] = [];
  let rollbacks = 0;
  const group = new GroupCommit(db, options, () => {
    rollbacks += 1;
  });
  t.after(() => {
    group.flush();
    other.close();
    db.close();
    rmSync(folder, { recursive: true });
  });
  const insert = db.prepare("INSERT INTO row VALUES(?, ?)");
  const seen = other.prepare("SELECT n FROM row ORDER BY n");
  const committed = (): number[] => seen.all().map((row) => Number(row.n));
  const submit = (n: number, parent: number | undefined, patient: boolean): void =>
    group.submit(
      () => insert.run(n, parent ?? null),
      (error) => {
        if (error !== undefined) failed.push(n);
        else {
          assert.ok(committed().includes(n), "acknowledged before it was committed");
          acknowledged.push(n);
        }
      },
      patient,
    );
  const add = (n: number, parent?: number): void => submit(n, parent, true);
  const addNow = (n: number): void => submit(n, undefined, false);
  return { group, add, addNow, acknowledged, failed, committed, rollbacks: () => rollbacks };
}

test("after a pause a write is committed at once; those that follow wait and share a commit", async (t) => {
  const { group, add, acknowledged, committed } = bench(t, { intervalMs: 60_000, rows: 1_000 });
  add(1);
  await setImmediate();
  assert.deepEqual(acknowledged, [1]);
  add(2);
  add(3);
  await sleep(20);
  assert.deepEqual([acknowledged, committed()], [[1], [1]]);
  group.flush();
  assert.deepEqual(acknowledged, [1, 2, 3]);
});

test("a write that somebody waits for is committed at once, and takes along what waits", async (t) => {
  const { add, addNow, acknowledged } = bench(t, { intervalMs: 60_000, rows: 1_000 });
  add(1);
  await setImmediate();
  add(2);
  addNow(3);
  addNow(4);
  assert.deepEqual(acknowledged, [1], "those that are here already share the commit");
  await setImmediate();
  assert.deepEqual(acknowledged, [1, 2, 3, 4]);
  add(5);
  await sleep(20);
  assert.deepEqual(acknowledged, [1, 2, 3, 4], "the interval counts from the last commit");
});

test("the interval ends the wait", async (t) => {
  const { add, acknowledged } = bench(t, { intervalMs: 5, rows: 1_000 });
  add(1);
  await setImmediate();
  add(2);
  for (let waited = 0; acknowledged.length < 2 && waited < 2_000; waited += 5) await sleep(5);
  assert.deepEqual(acknowledged, [1, 2]);
});

test("enough rows end the wait", async (t) => {
  const { add, acknowledged } = bench(t, { intervalMs: 60_000, rows: 3 });
  add(1);
  await setImmediate();
  for (const n of [2, 3, 4, 5]) add(n);
  assert.deepEqual(acknowledged, [1, 2, 3, 4]);
});

test("when the commit itself fails, every write in it has failed and is gone, and the next is served", async (t) => {
  const { add, acknowledged, failed, committed, rollbacks } = bench(t, { intervalMs: 0, rows: 1_000 });
  add(1);
  add(2, 99); // a foreign key that only COMMIT checks
  await setImmediate();
  assert.deepEqual([acknowledged, failed, committed(), rollbacks()], [[], [1, 2], [], 1]);
  add(3);
  await setImmediate();
  assert.deepEqual([acknowledged, committed()], [[3], [3]]);
});
