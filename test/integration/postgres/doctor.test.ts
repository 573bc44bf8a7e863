/** What `jx doctor` says of a store on a server, without an edge that runs. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { checkStore } from "../../../apps/cli/src/doctor/store.ts";
import { missingPostgres, startPostgres } from "../../support/postgres.ts";

const skip = missingPostgres();

test("kind and version of a server that may be used, what is wrong with others, no password", { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "jx-doctor-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  await using server = await startPostgres();
  const { host, port, password } = server.address;
  assert.deepEqual(await checkStore(folder, {}), []);

  const settings = `core-common-config-bootstrapper:\n  all-services:\n    Database: { Host: ${host}, Port: ${port} }\n`;
  writeFileSync(join(folder, "config.yaml"), settings);
  const environment = { JX_STORE: "postgres", EDGEX_DBNAME: "postgres", JX_STORE_PASSWORD: password };
  const [good] = await checkStore(folder, environment);
  assert.equal(good?.state, "ok");
  assert.match(
    good?.text.en ?? "",
    /^store: PostgreSQL 1\d\.\d+.* at postgres:\/\/postgres@127\.0\.0\.1:\d+\/postgres$/,
  );

  server.configure("fsync = off");
  server.reload();
  const [unsafe] = await checkStore(folder, environment);
  assert.equal(unsafe?.state, "bad");
  assert.match(unsafe?.text.en ?? "", /fsync off/);

  const [refused] = await checkStore(folder, { ...environment, JX_STORE_PASSWORD: "wr0ng" });
  assert.equal(refused?.state, "bad");
  assert.doesNotMatch(JSON.stringify([good, unsafe, refused]), /p@ss|wr0ng/);
});
