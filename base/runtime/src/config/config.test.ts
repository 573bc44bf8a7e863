import assert from "node:assert/strict";
import { test } from "node:test";
import { Type } from "@jx/contracts";
import { CommonConfig, isBootKey } from "./common-config.ts";
import { environmentName, flatten, unflatten } from "./flat.ts";
import { commonFor } from "./keeper-layers.ts";
import { leavesOf } from "./leaves.ts";
import { masked, maskedTree } from "./masked.ts";
import { decode, resolve } from "./resolve.ts";

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

test("days are a duration where EdgeX takes them, and only there", () => {
  const schema = Type.Object({
    Interval: Type.String({ "x-go": "duration", default: "10m" }),
    Keep: Type.String({ "x-go": "duration-days", default: "168h" }),
  });
  const given = (key: string, text: string) => {
    const all = leavesOf(schema);
    return decode(all, resolve(all, { ...none, file: new Map([[key, text]]) }, isBootKey), "core-data");
  };
  for (const text of ["7d", "1.5d2h", "12h", "0s"])
    assert.deepEqual(given("Keep", text), { Interval: "10m", Keep: text });
  for (const text of ["7", "d", "7x", ""])
    assert.throws(() => given("Keep", text), /a duration such as 12h, 7d or 1d12h/);
  assert.throws(() => given("Interval", "7d"), /a duration such as 500ms/);
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
  assert.equal(masked("Device/ProfilesDir", "https://u:p%40x@host/a@b?c=d:e@f"), "https://u:***@host/a@b?c=d:e@f");
  assert.equal(masked("Service/Host", "mail:me@host"), "mail:me@host");
});

const any = { ...none, file: new Map<string, string>() };

test("maps take any name, from wherever it comes; nobody's name is an empty map", () => {
  const Telemetry = "Writable/Telemetry";
  const keeper = new Map([
    [`${Telemetry}/Metrics/EventsSent`, "true"],
    [`${Telemetry}/Metrics/Deep/er`, "true"],
    ["Writable/InsecureSecrets/mqtt/SecretName", "mqtt"],
    ["Writable/InsecureSecrets/mqtt/SecretData/__proto__", "p"],
  ]);
  const file = new Map([[`${Telemetry}/Tags/Gateway`, "g"]]);
  const values = resolve(leaves, { ...any, file, keeper }, isBootKey);
  const { Writable } = decode(leaves, values, "core-data") as CommonConfig;
  assert.deepEqual(
    [Writable.Telemetry.Metrics, Writable.Telemetry.Tags, Object.keys(Writable.InsecureSecrets.mqtt?.SecretData ?? {})],
    [{ EventsSent: true }, { Gateway: "g" }, ["__proto__"]],
  );
  assert.equal((Object.prototype as unknown as Record<string, unknown>)["mqtt"], undefined);
  const empty = decode(leaves, resolve(leaves, any, isBootKey), "core-data") as CommonConfig;
  assert.deepEqual([empty.Writable.InsecureSecrets, empty.Writable.Telemetry.Metrics], [{}, {}]);
});

test("common, then the section of the kind, then private; ports never from any of them (edgex-configuration.md §1-2)", () => {
  const shared = leavesOf(CommonConfig);
  const device = leavesOf(
    Type.Object({
      Device: Type.Object({ MaxCmdOps: Type.Integer({ default: 1 }) }),
      Service: Type.Object({ RequestTimeout: Type.String({ default: "60s" }) }),
    }),
  );
  const kept = flatten({
    "all-services": {
      Service: { MaxResultCount: 50, RequestTimeout: "9s", Port: 1 },
      Writable: { Telemetry: { Interval: "1s" } },
    },
    "device-services": { Device: { MaxCmdOps: 128 }, Writable: { Telemetry: { Interval: "2s" } } },
    "app-services": { Writable: { Telemetry: { Interval: "3s" } } },
  });
  const all = leavesOf(CommonConfig, Type.Object({ Device: Type.Object({ MaxCmdOps: Type.Integer({ default: 1 }) }) }));
  const common = commonFor(kept, "device-services", shared, device);
  const values = resolve(all, { ...none, common, keeper: new Map([["Service/MaxResultCount", "7"]]) }, isBootKey);
  assert.deepEqual(values.get("Service/MaxResultCount"), { text: "7", origin: "keeper" });
  assert.deepEqual(values.get("Device/MaxCmdOps"), { text: "128", origin: "common" });
  assert.deepEqual(values.get("Writable/Telemetry/Interval"), { text: "2s", origin: "common" });
  assert.equal(values.get("Service/RequestTimeout")?.text, "5s", "a service's own longer time stands");
  assert.equal(values.get("Service/Port")?.text, "0");
  const file = new Map([["Device/MaxCmdOps", "9"]]);
  assert.deepEqual(resolve(all, { ...none, common, file }, isBootKey).get("Device/MaxCmdOps"), {
    text: "9",
    origin: "file",
  });
});

test("a secret's values are masked whatever they are called", () => {
  assert.equal(masked("Writable/Telemetry/Metrics/SecuritySecretsStored", "true"), "true");
  assert.equal(masked("Writable/InsecureSecrets/x/SecretData/apikey", "x"), "***");
  assert.deepEqual(maskedTree({ x: { SecretName: "n", SecretData: { apikey: "x", none: "" } } }), {
    x: { SecretName: "n", SecretData: { apikey: "***", none: "" } },
  });
});
