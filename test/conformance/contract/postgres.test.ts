/** The contracts of the services that can keep their tables on PostgreSQL, with their tables there. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { contracts } from "@jx/conformance";
import { missingPostgres, startPostgres } from "../../support/postgres.ts";
import { runContract } from "./suite.ts";

const skip = missingPostgres();
const server = skip === false ? await startPostgres() : undefined;
after(() => server?.[Symbol.asyncDispose]());

const KEEPS_TABLES = ["core-keeper", "core-metadata", "core-data"];
const store = {
  name: "PostgreSQL",
  database: () => server?.createDatabase() ?? assert.fail("no server"),
  // The store is the same below both.
  transports: ["HTTP"],
} as const;

if (skip === false)
  for (const contract of contracts) if (KEEPS_TABLES.includes(contract.service)) runContract(contract, store);
test("the contracts on PostgreSQL", { skip }, () => {
  assert.deepEqual(
    KEEPS_TABLES.filter((key) => !contracts.some(({ service }) => service === key)),
    [],
    "services without a contract",
  );
});
