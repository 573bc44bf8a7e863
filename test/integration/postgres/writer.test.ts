/** What writes that share a transaction do to each other, and queries that take too long. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAppError } from "@jx/kit";
import { openPostgresStore, type Write } from "@jx/stores";
import { missingPostgres, startPostgres } from "../../support/postgres.ts";

const skip = missingPostgres();
const server = skip === false ? await startPostgres() : undefined;
after(() => server?.[Symbol.asyncDispose]());

const insert = (n: number): Write<number> => ({
  async run(sql) {
    await sql("INSERT INTO item VALUES($1::int)", [n]);
    return n;
  },
});

test("a write that fails, by the server's word or by a defect of ours, fails alone and costs no connection", {
  skip,
}, async () => {
  const address = (await server?.createDatabase()) ?? assert.fail("no server");
  const lost: string[] = [];
  await using store = await openPostgresStore({
    address,
    service: "test",
    migrations: ["CREATE TABLE item(n int PRIMARY KEY)"],
    watch: { waiting: () => undefined, lost: (reason) => void lost.push(reason), back: () => undefined },
  });
  const defect: Write<never> = {
    async run(sql) {
      await sql("INSERT INTO item VALUES(100)");
      throw new TypeError("a defect");
    },
  };
  const [first, ...group] = [insert(1), insert(2), defect, insert(2), insert(3)].map((write) => store.write(write));
  assert.equal(await first, 1);
  const outcomes = (await Promise.allSettled(group)).map((one) =>
    one.status === "fulfilled" ? one.value : String((one.reason as Error).message),
  );
  assert.deepEqual([outcomes[0], outcomes[1], outcomes[3]], [2, "a defect", 3]);
  assert.match(String(outcomes[2]), /duplicate key/);
  const rows = await store.read((sql) => sql("SELECT n FROM item ORDER BY n"));
  assert.deepEqual([rows.map(({ n }) => n), lost], [[1n, 2n, 3n], []]);
});

test("a query that takes too long is ended on the server, says what helps, and costs no write", { skip }, async () => {
  const address = (await server?.createDatabase()) ?? assert.fail("no server");
  const migrations = ["CREATE TABLE item(n int PRIMARY KEY)"];
  await using store = await openPostgresStore({ address, service: "test", migrations, readMs: 200 });
  const tooLong = store.read((sql) => sql("SELECT pg_sleep(30)"));
  await assert.rejects(tooLong, (error) => isAppError(error, "Timeout") && /ask for less at once/.test(error.message));
  const running =
    "SELECT count(*) AS n FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(30)%' AND pid <> pg_backend_pid()";
  assert.deepEqual(await store.read((sql) => sql(running)), [{ n: 0n }]);
  assert.equal(await store.write(insert(1)), 1);
});
