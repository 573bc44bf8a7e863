/** What only raw HTTP shows: exact bodies, headers, types and escapes. Expectations: edgex-behaviour.md §0–2, edgex-configuration.md §3–4, edgex-wire.md §3, §7. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { dataOperations } from "@jx/contracts";
import { encode } from "cborg";
import { type Hosted, type ServiceKey, startHosted } from "../../support/hosted.ts";
import { type Answer, type Ask, ask } from "../../support/http.ts";

let hosted: Hosted;
before(async () => {
  hosted = await startHosted({
    services: ["core-keeper", "core-metadata", "core-data", "core-command", "device-virtual"],
  });
});
after(() => hosted[Symbol.asyncDispose]());

const to = (service: ServiceKey, path: string, options: Ask = {}): Promise<Answer> =>
  ask(hosted.url(service) + path, options);

/** Status and body as one line: "404 {…}". */
async function said(service: ServiceKey, path: string, options: Ask = {}): Promise<string> {
  const { status, text } = await to(service, path, options);
  return `${status} ${text}`;
}

test("ping, version and config of every service", async () => {
  for (const service of ["core-keeper", "core-metadata", "core-data", "core-command", "device-virtual"] as const) {
    const ping = await to(service, "/ping");
    assert.match(
      ping.text,
      /^\{"apiVersion":"v3","timestamp":"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \w+ \d{4}","serviceName":"[a-z-]+"\}$/,
    );
    assert.equal(ping.headers["content-type"], "application/json");
    const version = JSON.parse((await to(service, "/version")).text) as Record<string, string>;
    assert.equal(version["version"], "4.1.0");
    assert.equal("sdk_version" in version, service === "device-virtual");
    const config = JSON.parse((await to(service, "/config")).text) as {
      serviceName: string;
      config: { Writable: object };
    };
    assert.equal(config.serviceName, service);
    assert.ok("LogLevel" in config.config.Writable);
    const openapi = JSON.parse((await to(service, "/openapi.json")).text) as { openapi: string };
    assert.equal(openapi.openapi, "3.1.0");
  }
});

test("an unknown path is 404 and a wrong method 405, in the words of Go's router", async () => {
  for (const service of ["core-keeper", "core-metadata", "core-data", "core-command"] as const) {
    assert.equal(await said(service, "/nothing"), '404 {"message":"Not Found"}');
    assert.equal(await said(service, "/ping", { method: "DELETE" }), '405 {"message":"Method Not Allowed"}');
  }
  assert.equal(await said("core-metadata", "/device", { method: "GET" }), '405 {"message":"Method Not Allowed"}');
  assert.equal(await said("core-keeper", "/kvs/key/a/b", { method: "POST" }), '405 {"message":"Method Not Allowed"}');
});

test("X-Correlation-ID comes back, or is made", async () => {
  const given = await to("core-data", "/event/count", { headers: { "X-Correlation-ID": "my-id" } });
  assert.equal(given.headers["x-correlation-id"], "my-id");
  const made = await to("core-data", "/event/count");
  assert.match(String(made.headers["x-correlation-id"]), /^[0-9a-f-]{36}$/);
  const failed = await to("core-metadata", "/device/name/X", { headers: { "X-Correlation-ID": "f" } });
  assert.deepEqual([failed.status, failed.headers["x-correlation-id"]], [404, "f"]);
});

test("keys of a request may have any letter case; the item's requestId comes back", async () => {
  const requestId = "11111111-2222-4333-8444-555555555555";
  const service = { NAME: "Any-Case", BaseAddress: "http://localhost:1", adminSTATE: "UNLOCKED" };
  const body = [{ ApiVersion: "v3", REQUESTID: requestId, Service: service }];
  const { status, text } = await to("core-metadata", "/deviceservice", { body });
  assert.equal(status, 207);
  assert.match(
    text,
    new RegExp(`^\\[\\{"apiVersion":"v3","requestId":"${requestId}","statusCode":201,"id":"[0-9a-f-]{36}"\\}\\]$`),
  );
  // The registry too: Go writes HealthCheck, EdgeX's file healthCheck.
  const registration = {
    serviceId: "case",
    host: "h",
    port: 1,
    healthCheck: { Interval: "10s", path: "/p", type: "http" },
  };
  const registered = await said("core-keeper", "/registry", { body: { apiVersion: "v3", registration } });
  assert.equal(registered, '201 {"apiVersion":"v3","statusCode":201,"serviceName":"case"}');
  const found = await to("core-keeper", "/registry/serviceId/case");
  assert.match(
    found.text,
    /"status":"UNKNOWN","host":"h","port":1,"HealthCheck":\{"interval":"10s","path":"\/p","type":"http"\}\}\}$/,
  );
});

test("apiVersion is required where EdgeX requires it, and only there", async () => {
  const message = "AddRegistrationRequest.BaseRequest.Versionable.ApiVersion field is required";
  const registration = {
    serviceId: "v",
    host: "h",
    port: 1,
    HealthCheck: { interval: "10s", path: "/p", type: "http" },
  };
  assert.equal(
    await said("core-keeper", "/registry", { body: { registration } }),
    `400 ${JSON.stringify({ apiVersion: "v3", message, statusCode: 400 })}`,
  );
  assert.equal(
    await said("core-keeper", "/kvs/key/v", { method: "PUT", body: { value: "1" } }),
    '200 {"apiVersion":"v3","statusCode":200,"response":["v"]}',
  );
});

test("keeper's keys: raw and escaped slashes are one key, decoded once", async () => {
  const put = (key: string) => to("core-keeper", `/kvs/key/${key}`, { method: "PUT", body: { value: "x" } });
  assert.equal((await put("edgex/v4/a%2Fb")).status, 200);
  for (const key of ["edgex/v4/a/b", "edgex%2Fv4%2Fa%2Fb", "edgex%2Fv4/a/b"]) {
    assert.match(
      await said("core-keeper", `/kvs/key/${key}?plaintext=true`),
      /^200 .*"key":"edgex\/v4\/a\/b",.*"value":"x"/,
    );
  }
  assert.equal((await put("kp%2Ddev%2541")).status, 200);
  assert.match(await said("core-keeper", "/kvs/key/kp-dev%2541?keyOnly=true"), /"response":\["kp-dev%41"\]/);
  assert.equal(
    await said("core-keeper", "/kvs/key/none/"),
    `404 ${JSON.stringify({ apiVersion: "v3", message: "no key starting with 'none/' found", statusCode: 404 })}`,
  );
});

test("queries: blanks are trimmed, the first of two counts, bad ones are told as Go tells them", async () => {
  const bad = (message: string) => `400 ${JSON.stringify({ apiVersion: "v3", message, statusCode: 400 })}`;
  const list = (query: string) => said("core-metadata", `/device/all?${query}`);
  assert.equal(
    await list("limit=%201%20&offset=0"),
    '200 {"apiVersion":"v3","statusCode":200,"totalCount":0,"devices":[]}',
  );
  assert.equal(await list("limit=5&limit=x"), '200 {"apiVersion":"v3","statusCode":200,"totalCount":0,"devices":[]}');
  assert.equal(
    await list("limit=x"),
    bad('failed to parse querystring limit\'s value x into integer. Error:strconv.Atoi: parsing "x": invalid syntax'),
  );
  assert.equal(await list("limit=1025"), bad("querystring limit's value 1025 is out of min -1 ~ max 1024 range."));
  assert.equal(await list("offset=-1"), bad("querystring offset's value -1 is out of min 0 ~ max 2147483647 range."));
  assert.equal(
    await said("core-data", "/event/start/x/end/1"),
    bad(
      'failed to parse path param start\'s value x into integer. Error:strconv.ParseInt: parsing "x": invalid syntax',
    ),
  );
  assert.equal(
    await said("core-data", "/event/start/-1/end/1"),
    bad("path param start's value -1 is out of min 0 ~ max 9223372036854775807 range."),
  );
  assert.equal(await said("core-data", "/event/age/x", { method: "DELETE" }), bad("age format parsing failed"));
});

const ORIGIN = "1692721935934211905";
const NAMES = { device: "泵/1 b+# é%", profile: "p/+#", source: "all" };
const path = (names = NAMES): string =>
  `/event/svc/${[names.profile, names.device, names.source].map(encodeURIComponent).join("/")}`;

function eventText(id: string, readings: string): string {
  const { device, profile, source } = NAMES;
  const names = `"deviceName":${JSON.stringify(device)},"profileName":${JSON.stringify(profile)},"sourceName":"${source}"`;
  return `{"apiVersion":"v3","event":{"apiVersion":"v3","id":"${id}",${names},"origin":${ORIGIN},"readings":[${readings}]}}`;
}

function readingText(resource: string, valueType: string, rest: string): string {
  const names = `"deviceName":${JSON.stringify(NAMES.device)},"resourceName":"${resource}","profileName":${JSON.stringify(NAMES.profile)}`;
  return `{"origin":${ORIGIN},${names},"valueType":"${valueType}",${rest}}`;
}

test("an event in JSON: every digit, Go's float text, numbers by id and on request, strings else", async () => {
  const id = randomUUID();
  const readings = [
    readingText("i", "Uint64", '"value":"18446744073709551615"'),
    readingText("f", "Float32", '"value":"12.3"'),
    readingText("n", "Int8", '"value":null'),
    readingText("o", "Object", '"objectValue":{"a":[1,null],"b":1.0}'),
    readingText("b", "Bool", '"value":"true"'),
    readingText("x", "Binary", '"binaryValue":"AQI=","mediaType":"x/y"'),
  ].join(",");
  const added = await said("core-data", path(), { body: eventText(id, readings) });
  assert.equal(added, `201 {"apiVersion":"v3","statusCode":201,"id":"${id}"}`);

  const names = `"deviceName":${JSON.stringify(NAMES.device)},"resourceName":"R","profileName":${JSON.stringify(NAMES.profile)}`;
  const reading = (resource: string, rest: string) => `{"origin":${ORIGIN},${names.replace("R", resource)},${rest}}`;
  const get = async (query: string): Promise<string> =>
    (await to("core-data", `/reading/device/name/${encodeURIComponent(NAMES.device)}?${query}`)).text;
  const list = await get("limit=6");
  for (const text of [
    reading("i", '"valueType":"Uint64","value":"18446744073709551615"'),
    reading("f", '"valueType":"Float32","value":"1.23e+01"'),
    reading("n", '"valueType":"Int8","value":null,"binaryValue":null,"objectValue":null'),
    reading("o", '"valueType":"Object","objectValue":{"a":[1,null],"b":1}'),
    reading("b", '"valueType":"Bool","value":"true"'),
    reading("x", '"valueType":"Binary","binaryValue":"AQI=","mediaType":"x/y"'),
  ]) {
    assert.ok(list.includes(text), `${text}\nis not in\n${list}`);
  }
  assert.ok(list.startsWith('{"apiVersion":"v3","statusCode":200,"totalCount":6,"readings":[{"origin":'), list);
  const byId = (await to("core-data", `/event/id/${id}`)).text;
  assert.ok(byId.includes('"valueType":"Uint64","value":18446744073709551615'), byId);
  assert.ok(byId.includes('"valueType":"Float32","value":12.3'), byId);
  assert.ok((await get("numeric=true")).includes('"valueType":"Uint64","value":18446744073709551615'));
  assert.equal(
    await said("core-data", `/event/start/${ORIGIN}/end/${ORIGIN}?limit=0`),
    '200 {"apiVersion":"v3","statusCode":200,"totalCount":1,"events":[]}',
  );
});

test("an event in CBOR, for exactly its type in any letter case", async () => {
  const { device, profile, source } = NAMES;
  const id = randomUUID();
  const origin = BigInt(ORIGIN) + 1n;
  const names = { deviceName: device, profileName: profile };
  const reading = {
    origin,
    ...names,
    resourceName: "x",
    valueType: "Binary",
    binaryValue: new Uint8Array([1, 2]),
    mediaType: "x/y",
  };
  const event = { apiVersion: "v3", id, ...names, sourceName: source, origin, readings: [reading] };
  const body = encode({ apiVersion: "v3", event });
  const send = (type: string) => to("core-data", path(), { body, headers: { "content-type": type } });
  assert.equal((await send("application/CBOR")).status, 201);
  assert.match(
    (await to("core-data", `/event/id/${id}`)).text,
    new RegExp(`"origin":${origin},.*"binaryValue":"AQI="`),
  );
  const parameters = await send("application/cbor; charset=utf-8");
  assert.equal(parameters.status, 400, "with a parameter the body is read as JSON, as upstream");
  assert.equal((await send("application/json")).status, 400);
});

test("the type of a body does not matter where JSON is meant, as upstream", async () => {
  for (const type of [
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/json; charset=utf-8",
    undefined,
  ]) {
    const answer = await to("core-keeper", "/kvs/key/type", {
      method: "PUT",
      body: '{"value":"1"}',
      headers: { "content-type": type },
    });
    assert.equal(answer.status, 200, type);
  }
});

test("events that EdgeX refuses, in its words", async () => {
  const cases: readonly (readonly [readings: string, message: string])[] = [
    [readingText("i", "Int8", '"value":"300"'), "The value does not match the Int8 valueType"],
    [readingText("f", "Float64", '"value":"Inf"'), "invalid numeric value 'Inf'"],
    [
      readingText("x", "Binary", '"binaryValue":"AQI="'),
      "BinaryReading.MediaType field validation failed on the required_with tag with value 'BinaryValue'",
    ],
    [readingText("x", "Binary", '"binaryValue":"?","mediaType":"x/y"'), "Failed to unmarshal the byte array."],
    [readingText("i", "Int8", '"value":"1","id":"1"'), "uuid parsing failed"],
    ["", "AddEventRequest.Event.Readings field should greater than 0"],
  ];
  for (const [readings, message] of cases) {
    const { text } = await to("core-data", path(), { body: eventText(randomUUID(), readings) });
    const { details: _, ...frame } = JSON.parse(text) as Record<string, unknown>;
    assert.deepEqual(frame, { apiVersion: "v3", message, statusCode: 400 });
  }
  const wrongPath = await said("core-data", path({ ...NAMES, source: "S" }), {
    body: eventText(randomUUID(), readingText("i", "Int8", '"value":"1"')),
  });
  assert.equal(
    wrongPath,
    `400 ${JSON.stringify({ apiVersion: "v3", message: "event's sourceName all mismatches S", statusCode: 400 })}`,
  );
});

test("416 and 404 of core data", async () => {
  const count = (JSON.parse((await to("core-data", "/event/count")).text) as { count: number }).count;
  assert.equal(
    await said("core-data", "/event/all?offset=99"),
    `416 ${JSON.stringify({ apiVersion: "v3", message: `query objects bounds out of range. length:${count} offset:99`, statusCode: 416 })}`,
  );
  const id = randomUUID();
  assert.equal(
    await said("core-data", `/event/id/${id}`),
    `404 ${JSON.stringify({ apiVersion: "v3", message: `no event with id '${id}' found`, statusCode: 404 })}`,
  );
});

test("a body over the limit is 413, whether its length is told or not", async () => {
  const message = "request size exceed 25000 KB";
  const expected = `413 ${JSON.stringify({ apiVersion: "v3", message, statusCode: 413 })}`;
  const body = "x".repeat(25_000 * 1024 + 1);
  assert.equal(await said("core-data", path(), { body }), expected);
  assert.equal(await said("core-data", path(), { body, headers: { "transfer-encoding": "chunked" } }), expected);
  assert.equal((await to("core-data", "/ping")).status, 200, "the service goes on");
});

test("every operation of core data is routed", async () => {
  for (const [name, operation] of Object.entries(dataOperations)) {
    const url = operation.path
      .replace(/\{(start|age)\}/g, "1")
      .replace(/\{end\}/g, "2")
      .replace(/\{\w+\}/g, "x");
    if (operation.method !== "GET") continue;
    const { status, text } = await to("core-data", url);
    assert.notEqual(text, '{"message":"Not Found"}', name);
    assert.ok(status < 500, `${name}: ${status} ${text}`);
  }
});
