import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { isAppError } from "@jx/kit";
import { openDatabase } from "./database.ts";
import type { Schema } from "./migrations.ts";
import { storageError } from "./storage-error.ts";

const V1: Schema = { name: "things", applicationId: 77, migrations: ["CREATE TABLE thing(name TEXT)"] };
const V3: Schema = {
  ...V1,
  migrations: [
    ...V1.migrations,
    "ALTER TABLE thing ADD COLUMN size INTEGER NOT NULL DEFAULT 7",
    (db) => db.exec("UPDATE thing SET size = length(name)"),
  ],
};

function fileIn(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "jx-db-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "things.db");
}

/** A file as the previous version left it. */
function writtenByV1(file: string): void {
  const { db } = openDatabase({ file, schema: V1 });
  db.exec("INSERT INTO thing VALUES('pump'), ('阀')");
  db.close();
}

function storage(code: string, text: RegExp): (error: unknown) => boolean {
  return (error) => isAppError(error, "Storage") && error.code === code && text.test(error.message);
}

test("a new file gets WAL, FULL, 16 kB pages, its application id and version", (t) => {
  const file = fileIn(t);
  const { db, report } = openDatabase({ file, schema: V1 });
  const pragma = (name: string): unknown => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  assert.deepEqual(
    ["journal_mode", "synchronous", "page_size", "foreign_keys", "application_id", "user_version"].map(pragma),
    ["wal", 2n, 16_384n, 1n, 77n, 1n],
  );
  assert.deepEqual(
    [report.created, report.unclean, report.from, report.to, report.backup],
    [true, false, 0, 1, undefined],
  );
  db.close();
});

test("a file of an older version is migrated after a copy was made", (t) => {
  const file = fileIn(t);
  writtenByV1(file);
  const before = readFileSync(file);
  const { db, report } = openDatabase({ file, schema: V3 });
  assert.deepEqual([report.from, report.to], [1, 3]);
  assert.deepEqual(
    db
      .prepare("SELECT name, size FROM thing ORDER BY name")
      .all()
      .map((row) => [row.name, row.size]),
    [
      ["pump", 4n],
      ["阀", 1n],
    ],
  );
  db.close();
  assert.ok(report.backup !== undefined && readFileSync(report.backup).equals(before));
});

test("a migration that fails leaves the version it reached, and the next start goes on from there", (t) => {
  const file = fileIn(t);
  writtenByV1(file);
  const broken: Schema = { ...V3, migrations: [...V3.migrations.slice(0, 2), "DROP TABLE thing; SELECT nonsense"] };
  assert.throws(() => openDatabase({ file, schema: broken }), storage("database", /nonsense/));
  const { db, report } = openDatabase({ file, schema: V3 });
  assert.equal(report.from, 2);
  assert.equal(db.prepare("SELECT count(*) AS n FROM thing").get()?.n, 2n);
  db.close();
});

test("newer data is refused with both versions named, and nothing is touched", (t) => {
  const file = fileIn(t);
  const { db } = openDatabase({ file, schema: V3 });
  db.close();
  const before = readFileSync(file);
  assert.throws(() => openDatabase({ file, schema: V1 }), storage("newer-format", /version 3.*up to version 1/));
  assert.ok(readFileSync(file).equals(before));
  assert.deepEqual(readdirSync(join(file, "..")), ["things.db"]);
});

test("a file of another kind is refused", (t) => {
  const file = fileIn(t);
  writtenByV1(file);
  assert.throws(
    () => openDatabase({ file, schema: { ...V1, applicationId: 78 } }),
    storage("foreign-file", /another kind/),
  );
  const foreign = `${file}2`;
  new DatabaseSync(foreign).exec("CREATE TABLE theirs(x)");
  assert.throws(() => openDatabase({ file: foreign, schema: V1 }), /no things file of JX Edge/);
});

test("after a kill the report says what was recovered", (t) => {
  const file = fileIn(t);
  const { db } = openDatabase({ file, schema: V1 });
  db.exec("INSERT INTO thing VALUES('kept')");
  // A copy taken while it is open is what a killed process leaves.
  const left = `${file}.left`;
  copyFileSync(file, left);
  copyFileSync(`${file}-wal`, `${left}-wal`);
  db.close();
  const again = openDatabase({ file: left, schema: V1 });
  assert.equal(again.report.unclean, true);
  assert.ok(again.report.recoveredPages > 0);
  assert.equal(again.report.check, "ok");
  assert.equal(again.db.prepare("SELECT name FROM thing").get()?.name, "kept");
  again.db.close();
});

test("damaged, missing and read-only places are told apart", (t) => {
  const file = fileIn(t);
  writeFileSync(file, "this is no database at all, it only looks like a file".repeat(20));
  assert.throws(() => openDatabase({ file, schema: V1 }), isStorage);
  assert.throws(
    () => openDatabase({ file: join(file, "..", "none", "x.db"), schema: V1 }),
    storage("cannot-open", /folder is missing/),
  );
  const readOnly = `${file}.ro`;
  writtenByV1(readOnly);
  chmodSync(readOnly, 0o444);
  if (process.getuid?.() === 0) return; // root may write anything
  assert.throws(() => openDatabase({ file: readOnly, schema: V3 }), storage("read-only", /read-only/));
});

function isStorage(error: unknown): boolean {
  return isAppError(error, "Storage") && ["corrupt", "foreign-file", "newer-format"].includes(error.code ?? "");
}

test("each result code has its message", () => {
  const codes: readonly (readonly [number | string, string])[] = [
    [13, "disk-full"],
    ["ENOSPC", "disk-full"],
    [8, "read-only"],
    [264, "read-only"], // SQLITE_READONLY_RECOVERY, an extended code
    [11, "corrupt"],
    [26, "corrupt"],
    [14, "cannot-open"],
    [10, "io-error"],
    [19, "database"],
  ];
  for (const [code, expected] of codes) {
    const error = Object.assign(new Error("x"), typeof code === "number" ? { errcode: code } : { code });
    assert.equal(storageError(error, "f.db").code, expected, String(code));
  }
});

test("a locked database names the process that holds it", { skip: process.platform !== "linux" }, async (t) => {
  const file = fileIn(t);
  writtenByV1(file);
  const script = `const { DatabaseSync } = require("node:sqlite");
    const db = new DatabaseSync(process.argv[1]); db.exec("PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE"); console.log("held");
    setInterval(() => db, 1000);`;
  const child = spawn(process.execPath, ["-e", script, file], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  assert.throws(() => openDatabase({ file, schema: V1 }), storage("locked", new RegExp(`process ${child.pid} \\(`)));
});
