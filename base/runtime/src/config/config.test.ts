import assert from "node:assert/strict";
import { test } from "node:test";
import { Type } from "@jx/contracts";
import { CommonConfig, isBootKey } from "./common-config.ts";
import { environmentName, flatten, unflatten } from "./flat.ts";
import { masked } from "./masked.ts";
import { decode, leavesOf, resolve } from "./resolve.ts";

const own = Type.Object({ Writable: Type.Object({ PersistData: Type.Boolean({ default: true }) }) });
const leaves = leavesOf(CommonConfig, own);
const none = {
  file: new Map<string, string>(),
  environment: {},
  prefixes: ["CORE_DATA_"],
  flags: new Map<string, string>(),
};

test("environment names are EdgeX's", () => {
  assert.equal(environmentName("Clients/core-metadata/Host"), "CLIENTS_CORE_METADATA_HOST");
});

test("defaults, then file, then environment, then flags; keeper is the truth afterwards", () => {
  const key = "Writable/LogLevel";
  const at = (layers: Partial<Parameters<typeof resolve>[1]>): unknown =>
    resolve(leaves, { ...none, ...layers }, isBootKey).get(key);
  assert.deepEqual(at({}), { text: "INFO", origin: "default" });
  const file = new Map([[key, "WARN"]]);
  assert.deepEqual(at({ file }), { text: "WARN", origin: "file" });
  const environment = { CORE_DATA_WRITABLE_LOGLEVEL: "DEBUG" };
  assert.deepEqual(at({ file, environment }), { text: "DEBUG", origin: "environment" });
  const keeper = new Map([[key, "ERROR"]]);
  assert.deepEqual(at({ file, environment, keeper }), { text: "ERROR", origin: "keeper" });
  assert.deepEqual(at({ file, environment, keeper, overwrite: true }), { text: "DEBUG", origin: "environment" });
});

test("ports and addresses never come from keeper", () => {
  const values = resolve(leaves, { ...none, keeper: new Map([["Service/Port", "1"]]) }, isBootKey);
  assert.deepEqual(values.get("Service/Port"), { text: "0", origin: "default" });
});

test("a wrong value names the key, its origin and what fits", () => {
  const values = resolve(leaves, { ...none, environment: { CORE_DATA_SERVICE_PORT: "70000" } }, isBootKey);
  assert.throws(
    () => decode(leaves, values, "core-data"),
    /core-data\/Service\/Port is "70000" \(from environment\); it should be a whole number from 0 to 65535/,
  );
});

test("typed values come out of strings", () => {
  const config = decode(leaves, resolve(leaves, none, isBootKey), "core-data") as {
    Writable: { PersistData: boolean };
    Service: { MaxResultCount: number };
  };
  assert.equal(config.Writable.PersistData, true);
  assert.equal(config.Service.MaxResultCount, 1024);
});

test("flatten and unflatten are inverse; secrets are masked", () => {
  const flat = flatten({ A: { B: 1, C: { D: true } }, E: "" });
  assert.deepEqual(
    [...flat],
    [
      ["A/B", "1"],
      ["A/C/D", "true"],
      ["E", ""],
    ],
  );
  assert.deepEqual(unflatten(flat), { A: { B: "1", C: { D: "true" } }, E: "" });
  assert.equal(masked("Writable/InsecureSecrets/DB/SecretData/password", "x"), "***");
  assert.equal(masked("Writable/InsecureSecrets/DB/SecretName", "postgres"), "postgres");
});
