import assert from "node:assert/strict";
import { test } from "node:test";
import type { PostgresAddress } from "./address.ts";
import { checkServer } from "./server-check.ts";
import type { PostgresRow, Sql } from "./sql.ts";

const ADDRESS: PostgresAddress = { host: "db", port: 1, database: "d", user: "u", password: "s3cret", tls: "disable" };
const GOOD: PostgresRow = {
  number: 150_014n,
  version: "15.14",
  encoding: "UTF8",
  fsync: "on",
  commit: "on",
  commit_source: "default",
  standby: false,
  read_only: false,
};

/** A server that answers so; the others that can be had are in test/integration/postgres/refused.test.ts. */
function server(answer: Partial<typeof GOOD>): Sql {
  return async (text) => (text.includes("server_version_num") ? [{ ...GOOD, ...answer }] : []);
}

test("an old server, a standby and a read-only one are refused with what would do", async () => {
  assert.equal(await checkServer(server({}), ADDRESS), "15.14");
  const cases = [
    [
      { number: 140_018n, version: "14.18" },
      "old-server",
      /postgres:\/\/u@db:1\/d is PostgreSQL 14\.18; 15 or newer is needed/,
    ],
    [{ standby: true }, "server-read-only", /use the primary/],
    [{ read_only: true }, "server-read-only", /default_transaction_read_only/],
  ] as const;
  for (const [answer, code, message] of cases) {
    await assert.rejects(checkServer(server(answer), ADDRESS), { kind: "Storage", code, message });
  }
});

test("any way to commit that waits for this server's disk will do", async () => {
  for (const commit of ["on", "local", "remote_write", "remote_apply"]) await checkServer(server({ commit }), ADDRESS);
});
