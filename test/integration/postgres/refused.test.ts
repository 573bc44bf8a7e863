/** Servers, databases and schemas that are refused, and two edges on one database. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { AppError } from "@jx/kit";
import { openPostgresStore, type PostgresAddress } from "@jx/stores";
import { worded } from "../../../apps/edge/src/told/worded.ts";
import { missingPostgres, type PostgresServer, startPostgres } from "../../support/postgres.ts";
import { until } from "../../support/wait.ts";

const skip = missingPostgres();
const started = skip === false ? await startPostgres() : undefined;
after(() => started?.[Symbol.asyncDispose]());
const server = (): PostgresServer => started ?? assert.fail("no server");

const migrations = ["CREATE TABLE note(text text)"];
const open = (
  address: PostgresAddress,
  more: { lockWaitMs?: number; connectWaitMs?: number; migrations?: string[] } = {},
) => openPostgresStore({ address, service: "core-data", migrations, ...more }).catch(inChinese);

/** Whatever is refused here, an edge tells in Chinese as well. */
function inChinese(error: unknown): never {
  if (error instanceof AppError) {
    const text = worded(error, "zh");
    assert.match(text, /[\u4e00-\u9fff]/, error.message);
    assert.doesNotMatch(text, /undefined|\[object/, text);
  }
  throw error;
}

async function opens(address: PostgresAddress): Promise<void> {
  await (await open(address))[Symbol.asyncDispose]();
}

test("a server with fsync off is refused, and says what to change", { skip }, async () => {
  const address = await server().createDatabase();
  server().configure("fsync = off");
  server().reload();
  try {
    await assert.rejects(open(address), {
      kind: "Storage",
      code: "fsync-off",
      message: /fsync off: .*set fsync = on in postgresql\.conf/,
    });
  } finally {
    server().configure("fsync = on");
    server().reload();
  }
  await opens(address);
});

test("synchronous_commit off is refused, wherever it is set", { skip }, async () => {
  const address = await server().createDatabase();
  const { database } = address;
  const cases = [
    [
      "ALTER ROLE postgres SET synchronous_commit = off",
      "ALTER ROLE postgres RESET synchronous_commit",
      /ALTER ROLE "postgres" RESET/,
    ],
    [
      `ALTER DATABASE ${database} SET synchronous_commit = off`,
      `ALTER DATABASE ${database} RESET synchronous_commit`,
      /ALTER DATABASE "jx_\d+" RESET/,
    ],
    [
      `ALTER ROLE postgres IN DATABASE ${database} SET synchronous_commit = off`,
      `ALTER ROLE postgres IN DATABASE ${database} RESET synchronous_commit`,
      /ALTER ROLE "postgres" IN DATABASE "jx_\d+" RESET/,
    ],
    [
      "ALTER SYSTEM SET synchronous_commit = off; SELECT pg_reload_conf()",
      "ALTER SYSTEM RESET synchronous_commit; SELECT pg_reload_conf()",
      /set synchronous_commit = on in postgresql\.conf/,
    ],
  ] as const;
  for (const [off, on, message] of cases) {
    for (const statement of off.split("; ")) server().psql(statement);
    try {
      await assert.rejects(open(address), { kind: "Storage", code: "synchronous-commit-off", message }, off);
    } finally {
      for (const statement of on.split("; ")) server().psql(statement);
    }
  }
  await opens(address);
});

test("what a session commits with stays, whatever the server's configuration is changed to", { skip }, async () => {
  const address = await server().createDatabase();
  await using store = await open(address);
  server().psql("ALTER SYSTEM SET synchronous_commit = off");
  server().psql("SELECT pg_reload_conf()");
  try {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const [row] = await store.write({ run: (sql) => sql("SELECT current_setting('synchronous_commit') AS it") });
    assert.equal(row?.["it"], "on");
  } finally {
    server().psql("ALTER SYSTEM RESET synchronous_commit");
    server().psql("SELECT pg_reload_conf()");
  }
});

test("a database in another encoding than UTF-8 is refused", { skip }, async () => {
  const address = await server().createDatabase("LATIN1");
  await assert.rejects(open(address), { code: "encoding", message: /LATIN1.*createdb --encoding UTF8/ });
});

test("a wrong password, a database that is not there, nobody at the port: told without the password", {
  skip,
}, async () => {
  const address = await server().createDatabase();
  const cases = [
    [{ ...address, password: "se:cret" }, "access", /pg_hba\.conf/],
    [{ ...address, password: undefined }, "access", /password.*pg_hba\.conf/],
    [{ ...address, database: "none" }, "no-database", /createdb --encoding UTF8 --owner postgres none/],
    [{ ...address, port: 1 }, "connection-lost", /ECONNREFUSED.*see that the server runs/],
  ] as const;
  for (const [wrong, code, message] of cases) {
    const error = await open(wrong, { connectWaitMs: 0 }).then(
      () => assert.fail("opened"),
      (reason: Error & { code?: string }) => reason,
    );
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /se:cret|p@ss/);
  }
});

test("a schema of a newer program is refused untouched, with both versions", { skip }, async () => {
  const address = await server().createDatabase();
  await (await open(address, { migrations: [...migrations, "CREATE TABLE later(n int)"] }))[Symbol.asyncDispose]();
  await assert.rejects(open(address), {
    code: "newer-schema",
    message: /format version 2, this program knows it up to version 1/,
  });
  assert.equal(server().psql("SELECT format FROM jx_core_data.state", address.database), "2");
});

test("a schema of an older program is brought forward, and a step that fails leaves it as it was", {
  skip,
}, async () => {
  const address = await server().createDatabase();
  await opens(address);
  server().psql("INSERT INTO jx_core_data.note VALUES('kept')", address.database);
  const broken = [...migrations, "ALTER TABLE note ADD n int; SELECT 1 / 0"];
  await assert.rejects(open(address, { migrations: broken }), /division by zero/);
  await opens(address);
  const [, second] = ["", "ALTER TABLE note ADD n int NOT NULL DEFAULT 7"];
  await using store = await open(address, { migrations: [...migrations, second] });
  assert.deepEqual([store.report.from, store.report.to, store.report.created], [1, 2, false]);
  assert.equal(server().psql("SELECT text, n FROM jx_core_data.note", address.database), "kept|7");
});

test("a schema that is somebody else's is refused", { skip }, async () => {
  const address = await server().createDatabase();
  server().psql("CREATE SCHEMA jx_core_data CREATE TABLE theirs(n int)", address.database);
  await assert.rejects(open(address), { code: "foreign-schema", message: /no store of JX Edge/ });
});

test("a role that may not make schemas is told what to grant", { skip }, async () => {
  const address = await server().createDatabase();
  server().psql("CREATE ROLE plain LOGIN PASSWORD 'plain'");
  const plain = { ...address, user: "plain", password: "plain" };
  await assert.rejects(open(plain), { code: "permission", message: /GRANT CREATE ON DATABASE "jx_\d+" TO "plain"/ });
  server().psql(`GRANT CREATE ON DATABASE ${address.database} TO plain`);
  await opens(plain);
});

test("a second edge waits for the first to end, and otherwise is refused naming it", { skip }, async () => {
  const address = await server().createDatabase();
  const first = await open(address);
  const holder = new RegExp(
    `in use by jx-edge core-data, process ${process.pid} on .*; stop it, or give this edge another`,
  );
  await assert.rejects(open(address, { lockWaitMs: 400 }), {
    kind: "StatusConflict",
    code: "store-locked",
    message: holder,
  });
  const second = open(address, { lockWaitMs: 20_000 });
  await new Promise((resolve) => setTimeout(resolve, 600));
  await first[Symbol.asyncDispose]();
  await (await second)[Symbol.asyncDispose]();
});

test("sslmode=require encrypts or refuses, verify-full takes no certificate that nobody vouches for", {
  skip,
}, async () => {
  const address = await server().createDatabase();
  const required = { ...address, tls: "require" } as const;
  const isEncrypted = async () => {
    await using store = await open(required);
    const [row] = await store.read((sql) => sql("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"));
    return row?.["ssl"];
  };
  await assert.rejects(isEncrypted(), /does not support SSL/);
  server().enableTls();
  await until("the server has read its certificate", () => isEncrypted().catch(() => false));
  await assert.rejects(open({ ...address, tls: "verify-full" }), /self-signed certificate/);
});

test("one service's schema locks no other's", { skip }, async () => {
  const address = await server().createDatabase();
  await using _data = await open(address);
  await using _keeper = await openPostgresStore({ address, service: "core-keeper", migrations });
});
