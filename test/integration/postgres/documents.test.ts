/** The contracts of keeper's and metadata's stores on a real PostgreSQL. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { testDurableKeeperStore, testKeeperStore } from "../../../edge/core-keeper/src/store/contract-tests.ts";
import { openPostgresKeeperStore } from "../../../edge/core-keeper/src/store/postgres.ts";
import { testDocumentStore, testDurableDocumentStore } from "../../../edge/core-metadata/src/store/contract-tests.ts";
import { openPostgresDocumentStore } from "../../../edge/core-metadata/src/store/postgres.ts";
import { missingPostgres, startPostgres } from "../../support/postgres.ts";

const skip = missingPostgres();
const server = skip === false ? await startPostgres() : undefined;
after(() => server?.[Symbol.asyncDispose]());

async function keeperPlace() {
  const address = (await server?.createDatabase()) ?? assert.fail("no server");
  return () => openPostgresKeeperStore({ address, service: "core-keeper" });
}

async function metadataPlace() {
  const address = (await server?.createDatabase()) ?? assert.fail("no server");
  return () => openPostgresDocumentStore({ address, service: "core-metadata" });
}

if (skip === false) {
  testKeeperStore("PostgreSQL", async () => (await keeperPlace())());
  testDurableKeeperStore("PostgreSQL", keeperPlace);
  testDocumentStore("PostgreSQL", async () => (await metadataPlace())());
  testDurableDocumentStore("PostgreSQL", metadataPlace);
} else test("the contracts of keeper's and metadata's stores on PostgreSQL", { skip }, () => undefined);

test("a name that is too long for an index is refused, and says so", { skip }, async () => {
  await using store = await (await metadataPlace())();
  const name = Array.from({ length: 3_000 }, (_, i) => (i * 7919).toString(36)).join("·");
  await assert.rejects(store.apply([{ kind: "device", name, content: "{}" }]), {
    kind: "LimitExceeded",
    code: "too-long",
  });
  assert.deepEqual(await store.load(), []);
});
