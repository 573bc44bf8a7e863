/** Keeper to the letter: edgex-configuration.md §3, lines seen on EdgeX's Go keeper; core-contracts requests/kvs.go. */
import assert from "node:assert/strict";
import type { KeeperOperations, KeyValue } from "@jx/contracts";
import type { Contract, Step } from "../contract.ts";
import { bad, said } from "../raw.ts";
import { refusal } from "../refusal.ts";

type Keeper = Contract<KeeperOperations>;

export const textSteps: readonly Step<KeeperOperations>[] = [
  {
    name: "scalars are kept as text, lists and objects as JSON",
    zh: "标量存为文本，列表和对象存为 JSON",
    access: "write",
    run: texts,
  },
  {
    name: "an update keeps Created, and moves the key to the end of the list",
    zh: "更新保留 Created，并把键移到列表末尾",
    access: "write",
    run: order,
  },
  {
    name: "a key with escaped and with plain slashes is one key",
    zh: "键中的斜杠是否转义，都是同一个键",
    access: "write",
    over: "HTTP",
    run: slashes,
  },
  {
    name: "a PUT whose body is none is refused in Go's words",
    zh: "PUT 请求体无效时被拒绝，措辞与 Go 相同",
    access: "write",
    over: "HTTP",
    run: bodies,
  },
  {
    name: "HealthCheck has a capital H in answers and any letter case in requests",
    zh: "应答中 HealthCheck 首字母大写，请求中不分大小写",
    access: "write",
    over: "HTTP",
    run: healthCheck,
  },
  {
    name: "a refused DELETE leaves what stands at the key itself",
    zh: "DELETE 被拒绝时，该键原样保留",
    access: "write",
    jxOnly: { zh: "EdgeX 会删掉它", en: "EdgeX removes it" },
    run: refusedDelete,
  },
  {
    name: "intervals of a health check that nobody can wait for are refused",
    zh: "不合理的健康检查间隔被拒绝",
    access: "write",
    jxOnly: { zh: "EdgeX 接受后会崩溃", en: "EdgeX accepts and then panics" },
    run: intervals,
  },
];

async function texts({ client, name }: Keeper): Promise<void> {
  const key = name("kp-text");
  for (const [value, text] of [
    [42.5, "42.5"],
    [1_000_000, "1000000"],
    [false, "false"],
    ["", ""],
    [[1, "a"], '[1,"a"]'],
    [{ b: 1, a: "x" }, '{"a":"x","b":1}'],
  ] as const) {
    await client.putKey({ key, body: { value } });
    const [row] = (await client.getKey({ key, plaintext: true })).response as readonly KeyValue[];
    assert.equal(row?.value, text);
  }
}

async function order({ client, name }: Keeper): Promise<void> {
  const folder = name("kp-order");
  const put = (leaf: string) => client.putKey({ key: `${folder}/${leaf}`, body: { value: "x" } });
  const rows = async () => (await client.getKey({ key: folder })).response as readonly KeyValue[];
  await put("a");
  await put("b");
  const [before] = await rows();
  await put("a");
  const after = await rows();
  assert.deepEqual(
    after.map(({ key }) => key),
    [`${folder}/b`, `${folder}/a`],
  );
  assert.equal(after[1]?.Created, before?.Created);
  assert.ok((after[1]?.Modified ?? 0) >= (before?.Modified ?? 0));
}

async function slashes({ raw, name }: Keeper): Promise<void> {
  const folder = name("kp-slash");
  const put = { method: "PUT", body: '{"value":"x"}' } as const;
  const key = `${folder}/a/b`;
  assert.equal(await line(raw(`/kvs/key/${folder}/a%2Fb`, put)), `200 ${answer([key])}`);
  for (const path of [key, encodeURIComponent(key), `${folder}%2Fa/b`])
    assert.equal(await line(raw(`/kvs/key/${path}?keyOnly=true`)), `200 ${answer([key])}`);
  const message = `no key starting with '${folder}/' found`;
  const nothing = JSON.stringify({ apiVersion: "v3", message, statusCode: 404 });
  assert.equal(await line(raw(`/kvs/key/${folder}/`)), `404 ${nothing}`);
}

async function bodies({ raw, name }: Keeper): Promise<void> {
  const key = name("kp-body");
  const put = (body: string) => line(raw(`/kvs/key/${key}`, { method: "PUT", body }));
  assert.equal(await put('{"value":'), bad("unexpected EOF"));
  assert.equal(await put('{"value":null}'), bad("the value field is undefined"));
  assert.equal(await put('{"value":{}}'), bad("the value field is an empty object"));
  assert.equal(await put("x"), bad("invalid character 'x' looking for beginning of value"));
  const asClients = '{"apiVersion":"","requestId":"11111111-2222-4333-8444-555555555555","value":"y"}';
  assert.equal(await put(asClients), `200 ${answer([key])}`, "no requestId comes back");
}

async function healthCheck({ raw, name }: Keeper): Promise<void> {
  const serviceId = name("svc-case");
  const registration = { serviceId, host: "h", port: 1, healthcheck: { Interval: "1h", PATH: "/p", type: "http" } };
  const body = JSON.stringify({ ApiVersion: "v3", Registration: registration });
  const registered = JSON.stringify({ apiVersion: "v3", statusCode: 201, serviceName: serviceId });
  assert.equal(await line(raw("/registry", { method: "POST", body })), `201 ${registered}`);
  const found = await line(raw(`/registry/serviceId/${serviceId}`));
  assert.match(
    found,
    /"status":"UNKNOWN","host":"h","port":1,"HealthCheck":\{"interval":"1h","path":"\/p","type":"http"\}/,
  );
}

async function refusedDelete({ client, name }: Keeper): Promise<void> {
  const folder = name("kp-kept");
  for (const key of [folder, `${folder}/a`]) await client.putKey({ key, body: { value: "x" } });
  assert.match(await refusal(client.deleteKey({ key: folder })), /^409 /);
  assert.deepEqual((await client.getKey({ key: folder, keyOnly: true })).response, [folder, `${folder}/a`]);
}

async function intervals({ client, name }: Keeper): Promise<void> {
  for (const interval of ["1d", "0s", "-1s"]) {
    const HealthCheck = { interval, path: "/api/v3/ping", type: "http" };
    const registration = { serviceId: name("svc-interval"), host: "localhost", port: 59_899, HealthCheck };
    assert.match(await refusal(client.register({ body: { registration } })), /^400 .*interval/);
  }
}

const answer = (response: readonly string[]): string => JSON.stringify({ apiVersion: "v3", statusCode: 200, response });

/** Go's encoder ends with a line feed. */
async function line(sent: Parameters<typeof said>[0]): Promise<string> {
  return (await said(sent)).trimEnd();
}
