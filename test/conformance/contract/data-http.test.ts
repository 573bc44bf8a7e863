/** Exact bodies of core data. Expectations: edgex-behaviour.md §2.1–2.3, seen on EdgeX's Go core data. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { type EventMessage, encodeEnvelope } from "@jx/contracts";
import { type Hosted, startHosted } from "../../support/hosted.ts";
import { type Ask, ask } from "../../support/http.ts";

let hosted: Hosted;
before(async () => {
  hosted = await startHosted({
    services: ["core-keeper", "core-data"],
    environment: { CORE_DATA_MAXEVENTSIZE: "4", CORE_DATA_SERVICE_MAXRESULTCOUNT: "2000" },
  });
});
after(() => hosted[Symbol.asyncDispose]());

async function said(path: string, options: Ask = {}): Promise<string> {
  const { status, text } = await ask(hosted.url("core-data") + path, options);
  return `${status} ${text}`;
}
const bad = (message: string, status = 400) =>
  `${status} ${JSON.stringify({ apiVersion: "v3", message, statusCode: status })}`;

/** Stores one event of a device; readings are members of their DTOs beyond the names. */
async function add(device: string, readings: readonly Record<string, unknown>[], more: object = {}): Promise<void> {
  const list = readings.map((each) => ({
    deviceName: device,
    resourceName: "r",
    profileName: "p",
    origin: 7,
    ...each,
  }));
  const names = { deviceName: device, profileName: "p", sourceName: "s" };
  const event = { apiVersion: "v3", id: randomUUID(), ...names, origin: 7, readings: list, ...more };
  const answer = await said(`/event/svc/p/${device}/s`, { body: { apiVersion: "v3", event } });
  assert.match(answer, /^201 /);
}

test("an aggregate on every list of readings: the frame, the function as asked, numbers, no total", async () => {
  await add("agg", [
    { valueType: "Float32", value: "3.1e+00" },
    { valueType: "Float32", value: "1.1" },
    { valueType: "String", value: "x" },
    { resourceName: "o", valueType: "Object", objectValue: { a: 1 } },
    { resourceName: "u", valueType: "Uint64", value: "18446744073709551615" },
  ]);
  const item = (resource: string, type: string, value: string) =>
    `{"deviceName":"agg","resourceName":"${resource}","profileName":"p","valueType":"${type}"${value}}`;
  const all = [
    item("o", "Object", ""),
    item("r", "Float64", ',"value":4.2'),
    item("r", "String", ',"value":""'),
    item("u", "Uint64", ',"value":18446744073709551615'),
  ];
  const sum = (readings: readonly string[]) =>
    `200 {"apiVersion":"v3","statusCode":200,"aggregateFunc":"sUm","readings":[${readings.join(",")}]}`;
  const ask = (path: string, options?: Ask) => said(`/reading${path}?aggregateFunc=sUm`, options);
  const range = "/start/7/end/7";
  const lists: readonly (readonly [path: string, readings: readonly string[]])[] = [
    ["/all", all],
    [range, all],
    ["/device/name/agg", all],
    [`/device/name/agg${range}`, all],
    ["/resourceName/r", all.slice(1, 3)],
    [`/resourceName/r${range}`, all.slice(1, 3)],
    ["/device/name/agg/resourceName/u", all.slice(3)],
    [`/device/name/agg/resourceName/u${range}`, all.slice(3)],
    ["/start/8/end/9", []],
    ["/device/name/nobody", []],
  ];
  for (const [path, readings] of lists) assert.equal(await ask(path), sum(readings), path);
  const body = { resourceNames: ["u"] };
  assert.equal(
    await ask(`/device/name/agg${range}`, { method: "GET", body }),
    sum(all),
    "the body of an aggregate is not looked at",
  );
  assert.equal(await said("/reading/all?aggregateFunc=sUm&offset=1&limit=1"), sum(all.slice(1, 2)));
  assert.equal(await said("/reading/all?aggregateFunc=sUm&offset=99"), sum([]), "never 416");
  assert.equal(await said("/reading/all?aggregateFunc=median"), bad("invalid aggregate function specified"));
  assert.match(await said("/reading/all?aggregateFunc="), /"totalCount":5/);
});

test("a sum that does not fit says so", async () => {
  await add("big", [
    { valueType: "Int64", value: "9223372036854775807" },
    { valueType: "Int64", value: "1" },
  ]);
  const answer = await said("/reading/device/name/big?aggregateFunc=SUM");
  assert.match(answer, /^500 .*"message":"the SUM of big\/r is 9223372036854775808, which no Int64 can hold; /);
  assert.match(await said("/reading/device/name/big?aggregateFunc=AVG"), /"value":4611686018427388000\}/);
});

test("an event beyond MaxEventSize is 413 before it is read, whether its length is told or not", async () => {
  const expected = bad("request size exceed 4 KB", 413);
  const body = `{${" ".repeat(4 * 1024)}`;
  assert.equal(await said("/event/svc/p/d/s", { body }), expected);
  assert.equal(await said("/event/svc/p/d/s", { body, headers: { "transfer-encoding": "chunked" } }), expected);
  assert.equal(await said("/event/svc/p/d/s", { body: body.slice(0, 3_000) }), bad("unexpected EOF"));
});

test("one answer has as many rows as MaxResultCount says, which may be more than EdgeX's default", async () => {
  for (const list of ["/event/all", "/reading/all", "/event/start/0/end/1"]) {
    assert.match(await said(`${list}?limit=2000`), /^200 /);
    for (const limit of ["2001", "-2", "99999999999"]) {
      const text = `querystring limit's value ${limit} is out of min -1 ~ max 2000 range.`;
      assert.equal(await said(`${list}?limit=${limit}`), bad(text));
    }
  }
});

test("several resources of a device, named in the body of a GET", async () => {
  await add("several", [
    { resourceName: "a", valueType: "Int8", value: "1", origin: 1 },
    { resourceName: "b", valueType: "Int8", value: "2", origin: 2 },
    { resourceName: "c", valueType: "Int8", value: "3", origin: 3 },
  ]);
  const url = "/reading/device/name/several/start/0/end/9";
  const named = async (body?: unknown, query = ""): Promise<string> => {
    const answer = await said(url + query, body === undefined ? {} : { method: "GET", body });
    assert.match(answer, /^200 /);
    const { totalCount, readings } = JSON.parse(answer.slice(4)) as {
      totalCount: number;
      readings: { resourceName: string }[];
    };
    return `${totalCount} ${readings.map(({ resourceName }) => resourceName).join("")}`;
  };
  assert.equal(await named({ resourceNames: ["c", "a", "none"] }), "2 ca");
  assert.equal(await named({ resourceNames: ["c", "a"] }, "?offset=1&limit=1"), "2 a");
  assert.equal(await named({ resourceNames: ["c", 1] }), "1 c");
  // Go reads it into a map, whose keys are as they are.
  for (const all of [undefined, {}, null, { resourceNames: [] }, { ResourceNames: ["c"] }])
    assert.equal(await named(all), "3 cba");
  const refused = (body: unknown) => said(url, { method: "GET", body });
  for (const value of ["a", 1, {}, null]) {
    assert.equal(await refused({ resourceNames: value }), bad("query criteria [resourceNames] not in expected format"));
  }
  assert.equal(await refused("[]"), bad("json: cannot unmarshal array into Go value of type map[string]interface {}"));
  assert.equal(await refused("{"), bad("unexpected EOF"));
});

test("NaN among numbers leaves an answer that is JSON", async () => {
  await add("nan", [{ valueType: "Float64", value: "NaN" }]);
  for (const query of ["numeric=true", "aggregateFunc=AVG", "aggregateFunc=max"]) {
    const answer = await said(`/reading/device/name/nan?${query}`);
    assert.match(answer, /^200 \{.*"value":"NaN"\}\]\}$/, query);
  }
});

test("an event by REST goes on to the bus with the keys that EdgeX does not know, and is stored without them", async () => {
  const told: string[] = [];
  using _ = hosted.bus.subscribe("edgex/events/core/#", { name: "t", policy: "block", capacity: 9 }, (message) => {
    told.push(new TextDecoder().decode(encodeEnvelope(message as EventMessage)));
  });
  const id = randomUUID();
  const origin = 1_692_721_935_934_211_000;
  await add("ext", [{ valueType: "Int8", value: "1", id, batch: { n: 1 } }], { origin, site: "昌江" });
  const [envelope = ""] = told;
  assert.match(envelope, /"origin":1692721935934211000,"readings"/);
  assert.ok(
    envelope.includes(`"valueType":"Int8","value":"1","id":"${id}","batch":{"n":1}}],"site":"昌江"}`),
    envelope,
  );
  assert.match(await said("/reading/device/name/ext"), /"valueType":"Int8","value":"1"\}\]\}$/);
});
