/**
 * Core command's second door on a real Mosquitto: clients outside use Debian's mosquitto_pub and mosquitto_sub, the
 * device service answers on the bus as EdgeX's do (edgex-behaviour.md §3.3).
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { JsonMessage } from "@jx/contracts";
import { freePort } from "../../support/free-port.ts";
import { type Hosted, startHosted } from "../../support/hosted.ts";
import { ask, askJson } from "../../support/http.ts";
import { missing, publish, startMosquitto, subscribe, until } from "./mosquitto.ts";

const skip = missing();
const ID = "11111111-2222-4333-8444-555555555555";
const REQUEST = JSON.stringify({
  apiVersion: "v3",
  requestID: ID,
  correlationID: ID,
  contentType: "application/json",
});
const GET = "edgex/command/request/north-device/Level/get";
const PREFIX = "CORE_COMMAND_EXTERNALMQTT_";

/** Keeper, metadata and core command with one device, whose service counts what it is asked. */
async function startCore(t: TestContext, url: string, environment: Record<string, string> = {}) {
  const hosted = await startHosted({
    services: ["core-keeper", "core-metadata", "core-command"],
    environment: { [`${PREFIX}ENABLED`]: "true", [`${PREFIX}URL`]: url, ...environment },
  });
  t.after(() => hosted[Symbol.asyncDispose]());
  await addDevice(hosted);
  const asked: JsonMessage[] = [];
  const options = { name: "north-svc", policy: "block", capacity: 100 } as const;
  hosted.bus.subscribe("edgex/device/command/request/north-svc/#", options, (message) => {
    asked.push(message as JsonMessage);
    const topic = `edgex/response/north-svc/${message.requestId}`;
    void hosted.bus.publish({ ...(message as JsonMessage), topic, payload: { statusCode: 200 } });
  });
  return { hosted, asked };
}

async function addDevice(hosted: Hosted): Promise<void> {
  const metadata = hosted.url("core-metadata");
  const level = { name: "Level", properties: { valueType: "Float64", readWrite: "RW" } };
  const service = { name: "north-svc", baseAddress: "http://127.0.0.1:1", adminState: "UNLOCKED" };
  const profile = { name: "north-profile", deviceResources: [level] };
  const device = {
    name: "north-device",
    serviceName: "north-svc",
    profileName: "north-profile",
    adminState: "UNLOCKED",
    operatingState: "UP",
    protocols: { any: {} },
  };
  const add = (path: string, item: object): Promise<unknown> =>
    askJson(`${metadata}/${path}`, { body: [{ apiVersion: "v3", ...item }] });
  await add("deviceservice", { service });
  await add("deviceprofile", { profile });
  await add("device?bypassValidation=true", { device });
}

const isConnected = (hosted: Hosted): boolean => hosted.log.some((line) => line.includes("connected to the external"));

async function answered(port: number): Promise<{ topic: string; envelope: Record<string, unknown> }> {
  await using answers = await subscribe(port, "edgex/command/response/north-device/#");
  await publish(port, GET, REQUEST);
  await until("an answer that is no echo of an earlier one", () => answers.got.length > 0);
  const { topic, payload } = answers.got.at(-1) ?? assert.fail();
  return { topic, envelope: JSON.parse(payload) as Record<string, unknown> };
}

test("a client outside commands a device and asks for its commands", { skip }, async (t) => {
  await using broker = await startMosquitto();
  const { hosted } = await startCore(t, `tcp://127.0.0.1:${broker.port}`);
  await until("the connection", () => isConnected(hosted));
  const { topic, envelope } = await answered(broker.port);
  assert.equal(topic, "edgex/command/response/north-device/Level/get");
  assert.deepEqual([envelope["requestID"], envelope["errorCode"], envelope["payload"]], [ID, 0, { statusCode: 200 }]);
  await using answers = await subscribe(broker.port, "edgex/commandquery/response");
  await publish(broker.port, "edgex/commandquery/request/north-device", REQUEST);
  await until("the commands", () => answers.got.length > 0);
  assert.match(answers.got[0]?.payload ?? "", /"coreCommands":\[\{"name":"Level","get":true,"set":true/);
});

test("the door waits for its broker, and comes back to it", { skip }, async (t) => {
  const port = await freePort();
  const { hosted } = await startCore(t, `tcp://127.0.0.1:${port}`);
  assert.equal(isConnected(hosted), false);
  for (const times of [1, 2]) {
    await using broker = await startMosquitto({ port });
    await until("the connection", () => {
      return hosted.log.filter((line) => line.includes("connected to the external")).length === times;
    });
    await answered(broker.port);
  }
});

test("a request that the broker has kept is not run", { skip }, async (t) => {
  await using broker = await startMosquitto();
  const kept = spawnSync("mosquitto_pub", ["-p", String(broker.port), "-r", "-t", GET, "-m", REQUEST]);
  assert.equal(kept.status, 0);
  const { hosted, asked } = await startCore(t, `tcp://127.0.0.1:${broker.port}`);
  await until("it is told", () => hosted.log.some((line) => line.includes("with the retain flag")));
  await answered(broker.port);
  assert.equal(asked.length, 1);
});

test("user and password come from the secret, and a new one is tried at once", { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "jx-external-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "passwords");
  writeFileSync(file, "");
  assert.equal(spawnSync("mosquitto_passwd", ["-b", file, "north", "right"]).status, 0);
  await using broker = await startMosquitto({ lines: ["allow_anonymous false", `password_file ${file}`] });
  const { hosted } = await startCore(t, `tcp://127.0.0.1:${broker.port}`, {
    [`${PREFIX}AUTHMODE`]: "usernamepassword",
    CORE_COMMAND_WRITABLE_INSECURESECRETS_MQTT_SECRETDATA_USERNAME: "north",
    CORE_COMMAND_WRITABLE_INSECURESECRETS_MQTT_SECRETDATA_PASSWORD: "wrong",
  });
  await until("the refusal is told", () => hosted.log.some((line) => line.includes("cannot be reached")));
  assert.equal(isConnected(hosted), false);
  const key = "kvs/key/edgex/v4/core-command/Writable/InsecureSecrets/mqtt/SecretData/password";
  const { status } = await ask(`${hosted.url("core-keeper")}/${key}`, { method: "PUT", body: { value: "right" } });
  assert.equal(status, 200);
  await until("the connection", () => isConnected(hosted));
  assert.ok(!hosted.log.join("").includes('"right"'), "the password is in no log line");
});

test("a secret of another name, posted while core command runs, is taken at once", { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "jx-external-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "passwords");
  writeFileSync(file, "");
  assert.equal(spawnSync("mosquitto_passwd", ["-b", file, "north", "right"]).status, 0);
  await using broker = await startMosquitto({ lines: ["allow_anonymous false", `password_file ${file}`] });
  const { hosted } = await startCore(t, `tcp://127.0.0.1:${broker.port}`, {
    [`${PREFIX}AUTHMODE`]: "usernamepassword",
    [`${PREFIX}SECRETNAME`]: "north",
  });
  assert.ok(hosted.log.some((line) => line.includes("there is no such secret")));
  const secretData = [
    { key: "username", value: "north" },
    { key: "password", value: "right" },
  ];
  const body = { apiVersion: "v3", secretName: "north", secretData };
  assert.equal((await ask(`${hosted.url("core-command")}/secret`, { body })).status, 201);
  await until("the connection", () => isConnected(hosted));
});

test("TLS: the broker's certificate is checked against the secret's, ours is shown", { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "jx-external-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const pem = certificates(folder);
  await using broker = await startMosquitto({
    lines: [
      "allow_anonymous true",
      `cafile ${pem.ca}`,
      `certfile ${pem.server}.crt`,
      `keyfile ${pem.server}.key`,
      "require_certificate true",
    ],
  });
  const url = `ssl://localhost:${broker.port}`;
  const secret = "CORE_COMMAND_WRITABLE_INSECURESECRETS_MQTT_SECRETDATA_";
  const client = {
    [`${PREFIX}AUTHMODE`]: "clientcert",
    [`${secret}CLIENTCERT`]: readFileSync(`${pem.client}.crt`, "utf8"),
    [`${secret}CLIENTKEY`]: readFileSync(`${pem.client}.key`, "utf8"),
  };
  const known = await startCore(t, url, { ...client, [`${secret}CACERT`]: readFileSync(pem.ca, "utf8") });
  await until("the connection", () => isConnected(known.hosted));
  const unknown = await startCore(t, url, client);
  await until("the foreign certificate is told", () =>
    unknown.hosted.log.some(
      (line) => /cannot be reached/.test(line) && /self.signed|unable to verify|issuer/i.test(line),
    ),
  );
  assert.equal(isConnected(unknown.hosted), false);
  const careless = await startCore(t, url, { ...client, [`${PREFIX}SKIPCERTVERIFY`]: "true" });
  await until("the connection without a check", () => isConnected(careless.hosted));
});

/** An authority, and a certificate of it for the broker and for core command; paths without suffix. */
function certificates(folder: string): { ca: string; server: string; client: string } {
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => {
    const { status, stderr } = spawnSync("openssl", args, { encoding: "utf8" });
    assert.equal(status, 0, stderr);
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  openssl("req", "-x509", ...key, "-subj", "/CN=test authority", "-keyout", at("ca.key"), "-out", at("ca.crt"));
  writeFileSync(at("names"), "subjectAltName=DNS:localhost\n");
  for (const name of ["server", "client"]) {
    openssl(
      "req",
      ...key.slice(0, -2),
      "-subj",
      `/CN=${name}`,
      "-keyout",
      at(`${name}.key`),
      "-out",
      at(`${name}.csr`),
    );
    const signed = ["-CA", at("ca.crt"), "-CAkey", at("ca.key"), "-CAcreateserial", "-extfile", at("names")];
    openssl("x509", "-req", "-days", "2", "-in", at(`${name}.csr`), ...signed, "-out", at(`${name}.crt`));
  }
  return { ca: at("ca.crt"), server: at("server"), client: at("client") };
}
