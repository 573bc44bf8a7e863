/** What writes that share a transaction do to each other. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
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
