/** Cases and messages: edgex-configuration.md §3, seen on EdgeX's Go keeper. */
import assert from "node:assert/strict";
import type { KeyValue } from "@jx/contracts";
import { AppError } from "@jx/kit";
import { contract, type Harness, refusal } from "./keeper.fixture.ts";
import { memoryStore } from "./store/memory.fixture.ts";

const REGISTRATION = {
  serviceId: "svc",
  host: "h",
  port: 1,
  HealthCheck: { interval: "1h", path: "/api/v3/ping", type: "http" },
};

const put = (h: Harness, key: string, value: unknown, flatten = false) =>
  h.client.putKey({ key, flatten, body: { value } });
async function texts(h: Harness, key: string): Promise<Record<string, string>> {
  const { response } = await h.client.getKey({ key, plaintext: true });
  return Object.fromEntries((response as KeyValue[]).map((row) => [row.key, row.value]));
}

contract("GET: base64 unless plaintext, keys only wins, stamps in ms with capitals", async (harness) => {
  const h = await harness();
  assert.deepEqual(await put(h, "kp-1/a", "hello"), { response: ["kp-1/a"] });
  const row = { key: "kp-1/a", Created: 1795472792351, Modified: 1795472792351 };
  assert.deepEqual(await h.client.getKey({ key: "kp-1/a" }), { response: [{ ...row, value: "aGVsbG8=" }] });
  assert.deepEqual(await h.client.getKey({ key: "kp-1", plaintext: true }), { response: [{ ...row, value: "hello" }] });
  assert.deepEqual(await h.client.getKey({ key: "kp-1", plaintext: true, keyOnly: true }), { response: ["kp-1/a"] });
});

contract("GET: missing, trailing slash, part of a segment, and no wildcards", async (harness) => {
  const h = await harness();
  await put(h, "kp-1/a", "x");
  for (const key of ["kp-1/x", "kp-1/", "kp", "kp_1", "k%", "/kp-1"]) {
    assert.equal(await refusal(h.client.getKey({ key })), `404 no key starting with '${key}' found`);
  }
});

contract("a bad character is refused everywhere", async (harness) => {
  const h = await harness();
  const message = "400 key only allows characters between a to z, A to Z, 0 to 9, or one of -_ ~;=./%";
  for (const key of ["a b", "é", "", "a?"]) {
    assert.equal(await refusal(put(h, key, "x")), message);
    assert.equal(await refusal(h.client.getKey({ key })), message);
    assert.equal(await refusal(h.client.deleteKey({ key })), message);
  }
  assert.equal(await refusal(put(h, "/a-_~;=.%/", "x")), "accepted");
});

contract("PUT: undefined, null and {} are no values", async (harness) => {
  const h = await harness();
  assert.equal(await refusal(put(h, "k", undefined)), "400 the value field is undefined");
  assert.equal(await refusal(put(h, "k", null)), "400 the value field is undefined");
  assert.equal(await refusal(put(h, "k", {})), "400 the value field is an empty object");
  assert.deepEqual(await h.notices(), []);
});

contract("PUT: a body that is none, over HTTP", async (harness) => {
  const h = await harness();
  if (h.said === undefined) return;
  const said = async (body: string) => h.said?.("PUT", "/kvs/key/k", body);
  const message = (text: string) => `400 {"apiVersion":"v3","message":"${text}","statusCode":400}`;
  assert.equal(await said(""), message("EOF"));
  assert.equal(await said('{"value":'), message("unexpected EOF"));
  assert.equal(await said("null"), message("the value field is undefined"));
  for (const body of ["[]", "5", '"x"'])
    assert.equal(await said(body), message("Failed to unmarshal request body as JSON."));
  const request = '{"apiVersion":"","requestId":"11111111-2222-4333-8444-555555555555","Value":"x"}';
  assert.equal(
    await said(request),
    '200 {"apiVersion":"v3","statusCode":200,"response":["k"]}',
    "no requestId comes back",
  );
});

contract("a store that fails: 500 with its reason, nothing changed, nobody told; reads go on", async (harness) => {
  const store = memoryStore();
  const h = await harness(store);
  await put(h, "k", "1");
  await h.client.register({ body: { registration: REGISTRATION } });
  await h.notices();
  store.apply = () => Promise.reject(new AppError("Storage", "the disk is full"));
  const changes = [
    () => put(h, "k", "2"),
    () => h.client.deleteKey({ key: "k" }),
    () => h.client.register({ body: { registration: { ...REGISTRATION, serviceId: "other" } } }),
    () => h.client.updateRegistration({ body: { registration: { ...REGISTRATION, port: 2 } } }),
    () => h.client.deregister({ serviceId: "svc" }),
  ];
  for (const change of changes) assert.equal(await refusal(change()), "500 the disk is full");
  assert.deepEqual(await texts(h, "k"), { k: "1" });
  const { registrations } = await h.client.allRegistrations({});
  assert.deepEqual(
    registrations.map(({ serviceId, port }) => [serviceId, port]),
    [["svc", 1]],
  );
  assert.deepEqual(await h.notices(), []);
});

contract("PUT: scalars as text, the rest as JSON", async (harness) => {
  const h = await harness();
  const values: [unknown, string][] = [
    ["", ""],
    [42.5, "42.5"],
    [1000000, "1000000"],
    [1e21, "1000000000000000000000"],
    [-1.5e-7, "-0.00000015"],
    [false, "false"],
    [[1, "a"], '[1,"a"]'],
    [{ b: 1, a: { d: [], c: null } }, '{"a":{"c":null,"d":[]},"b":1}'],
  ];
  for (const [value, text] of values) {
    await put(h, "k", value);
    assert.deepEqual(await texts(h, "k"), { k: text });
  }
});

contract(
  "PUT flatten: a key per scalar; null and {} leave nothing, lists stay whole, slashes make levels",
  async (harness) => {
    const h = await harness();
    const value = { a: 1, b: { c: "x", d: null, e: {} }, "f/é": true, list: [1, 2] };
    const { response } = await put(h, "r", value, true);
    assert.deepEqual(response, ["r/a", "r/b/c", "r/f/é", "r/list"]);
    assert.deepEqual(await texts(h, "r"), { "r/a": "1", "r/b/c": "x", "r/f/é": "true", "r/list": "[1,2]" });
    assert.deepEqual(await put(h, "s", "plain", true), { response: ["s"] });
  },
);

contract("an update keeps Created, renews Modified and moves to the end of the list", async (harness) => {
  const h = await harness();
  await put(h, "o/a", "1");
  await put(h, "o/b", "1");
  await put(h, "o/a", "2");
  const { response } = await h.client.getKey({ key: "o" });
  const rows = response as KeyValue[];
  assert.deepEqual(
    rows.map(({ key }) => key),
    ["o/b", "o/a"],
  );
  assert.deepEqual([rows[1]?.Created, rows[1]?.Modified], [1795472792351, 1795472792353]);
});

contract("DELETE: leaf, prefix, missing, and children without prefixMatch, which deletes nothing", async (harness) => {
  const h = await harness();
  for (const key of ["kp-2/t", "kp-2/t/a", "kp-2/t/b"]) await put(h, key, "x");
  assert.equal(
    await refusal(h.client.deleteKey({ key: "kp-2/t" })),
    "409 keys having the same prefix kp-2/t exist and cannot be deleted",
  );
  assert.equal(Object.keys(await texts(h, "kp-2")).length, 3);
  assert.deepEqual(await h.client.deleteKey({ key: "kp-2/t/a" }), { response: ["kp-2/t/a"] });
  assert.deepEqual(await h.client.deleteKey({ key: "kp-2", prefixMatch: true }), { response: ["kp-2/t", "kp-2/t/b"] });
  assert.equal(await refusal(h.client.deleteKey({ key: "kp-2" })), "404 key 'kp-2' not found");
});

contract("change notices: one per request, the request's own value, none after an error", async (harness) => {
  const h = await harness();
  const context = { correlationId: "c-1" };
  await h.client.putKey({ key: "n", flatten: true, body: { value: { a: 1, b: [true] } } }, context);
  await h.client.deleteKey({ key: "n", prefixMatch: true }, context);
  await refusal(h.client.deleteKey({ key: "n" }));
  assert.deepEqual(await h.notices(), [
    ["edgex/configs/n", { key: "n", Created: 0, Modified: 0, value: { a: 1, b: [true] } }, "c-1"],
    ["edgex/configs/n", { key: "n", Created: 0, Modified: 0 }, "c-1"],
  ]);
});

contract("a new start reads back keys in their order", async (harness) => {
  const store = memoryStore();
  const first = await harness(store);
  for (const key of ["z/b", "z/a", "z/b"]) await put(first, key, key);
  const second = await harness(store);
  assert.deepEqual(await second.client.getKey({ key: "z" }), await first.client.getKey({ key: "z" }));
});
