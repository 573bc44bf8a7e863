import assert from "node:assert/strict";
import { test } from "node:test";
import { databaseAddress, storeChoice } from "@jx/stores";
import { commonSetting, type SettingSources } from "./common-setting.ts";

const NOWHERE: SettingSources = { environment: {}, file: {}, alone: false };
function address(text: string | undefined, given: Partial<SettingSources> = {}) {
  const sources = { ...NOWHERE, ...given };
  return databaseAddress(storeChoice(text), sources.environment, (key) => commonSetting(key, sources));
}

test("SQLite unless asked otherwise", () => {
  assert.equal(address(undefined), undefined);
  assert.equal(address("sqlite"), undefined);
});

test("an address is taken as written, parts percent-decoded", () => {
  assert.deepEqual(address("postgres://u%40x:p%2Fw%3A@db.local:5433/my%20db?sslmode=verify-full"), {
    host: "db.local",
    port: 5433,
    database: "my db",
    user: "u@x",
    password: "p/w:",
    tls: "verify-full",
  });
  assert.equal(address("postgresql://[fd00::5]/x")?.host, "fd00::5");
  assert.equal(address("postgres:///x?host=/var/run/postgresql")?.host, "/var/run/postgresql");
});

test("what is left open comes from EdgeX's settings: environment before file, none of it a default password", () => {
  // Names: edgex-configuration.md §1; EDGEX_DBNAME and edgex_db: edgex-go internal/pkg/db/postgres/client.go.
  assert.deepEqual(address("postgres"), {
    host: "localhost",
    port: 5432,
    database: "edgex_db",
    user: "postgres",
    password: undefined,
    tls: "disable",
  });
  const file = {
    all: new Map([
      ["Database/Host", "from-all"],
      ["Database/Port", "5555"],
    ]),
    "core-common-config-bootstrapper": new Map([
      ["all-services/Database/Host", "from-common"],
      ["all-services/Writable/InsecureSecrets/DB/SecretData/username", "edgex"],
      ["all-services/Writable/InsecureSecrets/DB/SecretData/password", "in-file"],
    ]),
  };
  const found = address("postgres", { file, environment: { EDGEX_DBNAME: "plant" } });
  assert.deepEqual(
    [found?.host, found?.port, found?.user, found?.password, found?.database],
    ["from-common", 5555, "edgex", "in-file", "plant"],
  );
  const environment = { ALL_SERVICES_DATABASE_HOST: "from-env", JX_STORE_PASSWORD: "by-env", DATABASE_PORT: "6000" };
  const more = address("postgres", { file, environment });
  assert.deepEqual([more?.host, more?.password, more?.port], ["from-env", "by-env", 5555]);
  assert.equal(address("postgres", { file, environment, alone: true })?.port, 6000);
  assert.equal(address("postgres://u:own@h/d", { file, environment })?.password, "own");
});

test("what cannot be used is told with what would be right, and never with the password", () => {
  const wrong = [
    "mysql://u:s3cret@h/d",
    "u:s3cret@h",
    // Not the host "x", nor whatever a URL parser makes of it: nobody wrote "//".
    "postgresql:s3cret",
    "postgres:/u:s3cret@h/d",
    "postgres://u:s3cret@h:port/d",
    "postgres://u:s3cret%@h/d",
    "postgres://u:s3cret@h/d?sslmode=s3cret",
    "postgres://u:s3cret@h/d?s3cret=1",
  ];
  for (const text of wrong) {
    assert.throws(
      () => storeChoice(text),
      ({ kind, message }) =>
        kind === "ContractInvalid" && /postgres:\/\/user:password@/.test(message) && !/s3cret/.test(message),
      text,
    );
  }
  assert.throws(
    () => address("postgres", { environment: { ALL_SERVICES_DATABASE_PORT: "x" } }),
    /Database\/Port is "x"/,
  );
});
