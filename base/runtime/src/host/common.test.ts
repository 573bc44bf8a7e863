/** POST /secret and where it goes: edgex-configuration.md §4 (seen on Go services), bootstrap/secret/insecure.go. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { commonOperations, type ProcessCounts } from "@jx/contracts";
import { AppError } from "@jx/kit";
import { ask } from "../http/http.fixture.ts";
import { keeper, setup, within } from "./host.fixture.ts";

const REQUEST_ID = "11111111-2222-4333-8444-555555555555";
const BAD = '{"apiVersion":"v3","message":"JSON decode failed","statusCode":400}';
const secret = (secretName: string, ...secretData: { key: string; value: string }[]) => ({
  apiVersion: "v3",
  secretName,
  secretData,
});
const post = (port: number, body: unknown) =>
  ask(port, "/api/v3/secret", { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });

test("a secret goes to keeper, its name first, and is in force; nobody but keeper's readers sees it", async (t) => {
  const values = new Map<string, string>();
  const { host, bus, service, logs } = setup(t);
  await host.start(keeper(bus, values));
  const { port, secrets, config } = await host.start(service("a"));
  const body = {
    ...secret("my/s", { key: "user", value: "u-1" }, { key: "apikey", value: "p4ss" }),
    requestId: REQUEST_ID,
  };
  const { status, text } = await post(port, body);
  assert.deepEqual([status, text], [201, `{"apiVersion":"v3","requestId":"${REQUEST_ID}","statusCode":201}`]);
  const folder = "edgex/v4/a/Writable/InsecureSecrets/my%2Fs";
  const kept = [...values].filter(([key]) => key.startsWith(folder));
  assert.deepEqual(kept, [
    [`${folder}/SecretName`, "my%2Fs"],
    [`${folder}/SecretData/user`, "u-1"],
    [`${folder}/SecretData/apikey`, "p4ss"],
  ]);
  await within(1_000, async () => secrets.find("my/s")?.get("apikey") === "p4ss");
  const seen = (await ask(port, "/api/v3/config")).text;
  assert.match(seen, /"my%2Fs":\{"SecretName":"my%2Fs","SecretData":\{"user":"\*\*\*","apikey":"\*\*\*"\}\}/);
  assert.equal(JSON.stringify([seen, config.describe(), logs]).includes("p4ss"), false);
});

test("a name with a blank is kept and found, which EdgeX's keeper would refuse", async (t) => {
  const { host, bus, service } = setup(t);
  await host.start(keeper(bus, new Map()));
  const { port, secrets } = await host.start(service("a"));
  assert.equal((await post(port, secret(" 我的 s ", { key: "k 1", value: "v" }))).status, 201);
  await within(1_000, async () => secrets.find("我的 s")?.get("k 1") === "v");
  assert.equal(secrets.find("other"), undefined);
});

test("every invalid body is told with one text", async (t) => {
  const { host, bus, service } = setup(t);
  const values = new Map<string, string>();
  await host.start(keeper(bus, values));
  const { port } = await host.start(service("a"));
  const good = secret("s", { key: "k", value: "v" });
  for (const body of [
    "",
    "x",
    "null",
    "[]",
    '{"apiVersion":',
    { ...good, apiVersion: undefined },
    { ...good, secretName: "" },
    { ...good, secretName: " " },
    { ...good, secretName: 1 },
    { ...good, secretData: [] },
    { ...good, secretData: undefined },
    { ...good, secretData: [{ key: "", value: "v" }] },
    { ...good, secretData: [{ key: "k" }] },
    { ...good, requestId: "1" },
  ]) {
    const { status, text } = await post(port, body);
    assert.deepEqual([status, text], [400, BAD], JSON.stringify(body));
  }
  assert.equal(
    [...values.keys()].some((key) => key.includes("InsecureSecrets")),
    false,
  );
});

test("without keeper, and in keeper itself, there is nowhere to put it: 405", async (t) => {
  const { host, bus, service } = setup(t);
  const message =
    "adding secret failed -> can't store secrets. ConfigurationProvider is not in use or has not been properly initialized";
  const alone = await host.start(service("a"));
  const itself = await host.start(keeper(bus, new Map()));
  for (const { port } of [alone, itself]) {
    const { status, text } = await post(port, secret("s", { key: "k", value: "v" }));
    assert.deepEqual([status, (JSON.parse(text) as { message: string }).message], [405, message]);
  }
});

test("keeper refuses: 502, with its words", async (t) => {
  const { host, bus, service } = setup(t);
  const refuseSecrets = (key: string) => {
    if (key.includes("SecretData")) throw new AppError("Storage", "the disk is full");
  };
  await host.start(keeper(bus, new Map(), [], refuseSecrets));
  const { port } = await host.start(service("a"));
  const { status, text } = await post(port, secret("s", { key: "k", value: "v" }));
  const message =
    "adding secret failed -> error setting secretData key/value pair in the config provider -> the disk is full";
  assert.deepEqual([status, (JSON.parse(text) as { message: string }).message], [502, message]);
});

test("the common operations answer in process as over HTTP", async (t) => {
  const { host, bus, service } = setup(t);
  await host.start(keeper(bus, new Map()));
  await host.start(service("a"));
  const client = host.clients.of("a", commonOperations);
  const { jxVersion, ...version } = await client.version({});
  assert.deepEqual([version, jxVersion], [{ version: "4.1.0", serviceName: "a" }, "0.0.0"]);
  assert.match((await client.ping({})).timestamp, /^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d UTC \d{4}$/);
  await assert.rejects(client.secret({ body: { secretName: "s", secretData: [] } }), { message: "JSON decode failed" });
  const secretData = Array.from({ length: 101 }, (_, i) => ({ key: `k${i}`, value: "v" }));
  await assert.rejects(client.secret({ body: { secretName: "s", secretData } }), { kind: "LimitExceeded" });
});

test("every service tells the counts of the process and its metrics, to whom its other routes answer", async (t) => {
  const counts = { storeAway: ["a"], queues: [], drops: [{ kind: "log" as const, name: "", count: 3 }] };
  const { host, bus, service } = setup(t, {}, undefined, () => counts);
  const started = [await host.start(keeper(bus, new Map())), await host.start(service("a"))];
  const told = [];
  for (const { port } of started) {
    const { status, text } = await ask(port, "/api/v3/process/counts");
    assert.equal(status, 200);
    told.push(JSON.parse(text) as ProcessCounts);
    assert.match((await ask(port, "/metrics")).text, /^jx_metrics_refused_total 0$/m);
    for (const path of ["/metrics", "/api/v3/process/counts"]) {
      const { status: refused } = await ask(port, path, { headers: { host: "evil.example" } });
      assert.equal(refused, (await ask(port, "/api/v3/config", { headers: { host: "evil.example" } })).status);
      assert.notEqual(refused, 200);
    }
  }
  const [one, other] = told;
  assert.deepEqual(one, other);
  assert.deepEqual(one?.services, ["core-keeper", "a"]);
  assert.deepEqual([one?.storeAway, one?.drops], [counts.storeAway, counts.drops]);
});
