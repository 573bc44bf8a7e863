/** Cases and messages: edgex-configuration.md §3, seen on EdgeX's Go keeper. */
import assert from "node:assert/strict";
import type { KeyValue } from "@jx/contracts";
import { contract, type Harness, refusal } from "./keeper.fixture.ts";
import { memoryStore } from "./store/memory.fixture.ts";

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
