import assert from "node:assert/strict";
import { test } from "node:test";
import { defineTable, type Handlers, inProcessClient, STATUS_OF, Type } from "@jx/contracts";
import { AppError, type ErrorKind } from "@jx/kit";
import { type Answer, handlers, serve, table } from "./http.fixture.ts";

const said = ({ status, text }: Answer): string => `${status} ${text}`;

test("a path that is no URL is 400 in the frame of every error", async (t) => {
  const { ask } = await serve(t, table, handlers);
  const { status, text } = await ask("/api/v3/named/x%zz/x");
  assert.deepEqual([status, Object.keys(JSON.parse(text) as object)], [400, ["apiVersion", "message", "statusCode"]]);
});

test("each framing as EdgeX has it", async (t) => {
  const { ask } = await serve(t, table, handlers);
  const id = "11111111-2222-4333-8444-555555555555";
  const single = JSON.stringify({ requestId: id, text: "ä" });
  assert.equal(
    said(await ask("/api/v3/single", { method: "POST", body: single })),
    `201 {"apiVersion":"v3","requestId":"${id}","statusCode":201,"text":"ä"}`,
  );
  assert.equal(said(await ask("/api/v3/bare")), '200 {"apiVersion":"v3","text":"b"}');
  assert.equal(said(await ask("/api/v3/plain")), "200 [1,2]");
  assert.equal(said(await ask("/api/v3/empty", { method: "DELETE" })), "204 ");
  const multi = async (body: string) => said(await ask("/api/v3/multi", { method: "POST", body }));
  assert.equal(await multi('[{"text":"a"}]'), '207 [{"apiVersion":"v3","statusCode":201}]');
  assert.equal(await multi("[]"), "207 null");
  assert.equal(await multi("null"), "207 null");
});

test("names come through whole: %2F, raw slashes, percents, Chinese, 800 characters", async (t) => {
  const { ask, client } = await serve(t, table, handlers);
  const read = async (target: string) => (JSON.parse((await ask(target)).text) as { text: string }).text;
  assert.equal(await read("/api/v3/named/a%2Fb/x"), "a/b");
  assert.equal(await read("/api/v3/named/100%25/x"), "100%");
  assert.equal(await read("/api/v3/named/%252F/x"), "%2F", "decoded once");
  assert.equal(await read("/api/v3/rest/a/b%2Fc//d"), "a/b/c//d");
  assert.equal(await read("/api/v3/rest/%252F"), "%2F", "decoded once");
  for (const name of ["a/b+# é", "泵".repeat(800), "?&=", "a b", "100%", "%2F"]) {
    assert.equal((await client.named({ name })).text, name);
    assert.equal((await client.rest({ name })).text, name);
  }
});

test("404 and 405 in the words of Go's router", async (t) => {
  const { ask } = await serve(t, table, handlers);
  assert.equal(said(await ask("/api/v3/nothing")), '404 {"message":"Not Found"}');
  const wrong = await ask("/api/v3/single", { method: "PATCH" });
  assert.equal(said(wrong), '405 {"message":"Method Not Allowed"}');
  assert.equal(wrong.headers.allow, "POST");
  assert.equal((await ask("/api/v3/rest/a/b", { method: "DELETE" })).status, 405);
});

test("JSON says application/json and no more (Should Return Content-Type of EdgeX's functional suite)", async (t) => {
  const { ask } = await serve(t, table, handlers);
  const typeOf = async (target: string, method = "GET") => (await ask(target, { method })).headers["content-type"];
  for (const target of ["/api/v3/bare", "/api/v3/plain", "/api/v3/query", "/api/v3/query?n=x", "/api/v3/named/x%zz/x"])
    assert.equal(await typeOf(target), "application/json", target);
  assert.equal(await typeOf("/api/v3/nothing"), "application/json", "404");
  assert.equal(await typeOf("/api/v3/single", "PATCH"), "application/json", "405");
  assert.equal(await typeOf("/api/v3/single", "POST"), "application/json", "400");
  assert.equal(await typeOf("/api/v3/fails", "PUT"), "application/json", "500");
  assert.equal(await typeOf("/api/v3/empty", "DELETE"), "application/json", "no body (CommandGET006)");
});

test("a correlation id comes back, or is made; the request id comes back with an error too", async (t) => {
  const { ask } = await serve(t, table, handlers);
  const headers = { "x-correlation-id": "mine" };
  assert.equal((await ask("/api/v3/bare", { headers })).headers["x-correlation-id"], "mine");
  assert.match(String((await ask("/api/v3/bare")).headers["x-correlation-id"]), /^[0-9a-f-]{36}$/);
  const failed = await ask("/api/v3/single", { method: "POST", body: '{"requestId":"r","text":1}', headers });
  assert.equal(failed.headers["x-correlation-id"], "mine");
  assert.match(said(failed), /^400 \{"apiVersion":"v3","requestId":"r","message":".+","statusCode":400/);
});

test("an unexpected error is 500 and is in the log with its stack; a refusal is not", async (t) => {
  const { ask, logs } = await serve(t, table, handlers);
  const { status } = await ask("/api/v3/fails", { method: "PUT" });
  assert.equal(status, 500);
  assert.match(logs.join(""), /"level":"ERROR".*"operation":"fails".*"stack":"Error: unexpected/);
});

test("every kind of error has its status, and comes back to a client as a kind of the same status", async (t) => {
  let kind: ErrorKind = "ServerError";
  const failing = {
    ...handlers,
    bare: () => {
      throw new AppError(kind, `because of ${kind}`, { details: { line: 3 } });
    },
  } as Handlers<typeof table>;
  const { ask, client } = await serve(t, table, failing);
  for (const each of Object.keys(STATUS_OF) as ErrorKind[]) {
    kind = each;
    assert.equal(
      said(await ask("/api/v3/bare")),
      `${STATUS_OF[each]} {"apiVersion":"v3","message":"because of ${each}","statusCode":${STATUS_OF[each]},"line":3}`.replace(
        ',"line":3',
        ',"details":{"line":3}',
      ),
    );
    await assert.rejects(client.bare({}), (error: unknown) => {
      assert.ok(error instanceof AppError);
      assert.equal(STATUS_OF[error.kind], STATUS_OF[each]);
      assert.equal(error.message, `because of ${each}`);
      assert.equal(error.details?.["line"], 3);
      return true;
    });
  }
});

test("queries: defaults, types, a value with another question mark", async (t) => {
  const { ask, client } = await serve(t, table, handlers);
  const read = async (query: string) =>
    JSON.parse((JSON.parse((await ask(`/api/v3/query${query}`)).text) as { text: string }).text) as unknown;
  assert.deepEqual(await read(""), { n: 7, on: false });
  assert.deepEqual(await read("?n=3&on=true&s=a?b%3Dc&n=4"), { n: 3, on: true, s: "a?b=c" });
  assert.equal((await ask("/api/v3/query?n=x")).status, 400);
  assert.deepEqual(JSON.parse((await client.query({ n: 1, s: "温度 ?&" })).text), { n: 1, on: false, s: "温度 ?&" });
});

test("bodies: too large is 413 in EdgeX's words, not UTF-8 and torn JSON are 400", async (t) => {
  const { ask } = await serve(t, table, handlers);
  const post = async (body: string | Uint8Array, headers = {}) =>
    said(await ask("/api/v3/single", { method: "POST", body, headers }));
  const large = JSON.stringify({ text: "x".repeat(10_240) });
  const refused = '413 {"apiVersion":"v3","message":"request size exceed 10 KB","statusCode":413}';
  assert.equal(await post(large), refused);
  assert.equal(await post(large, { "transfer-encoding": "chunked" }), refused);
  assert.match(await post(Uint8Array.of(0x22, 0xb5, 0xb1, 0x22)), /^400 .*not UTF-8/);
  assert.match(await post('{"text":'), /^400 .*unexpected EOF/);
  assert.match(await post('{"text":"a"}', { "content-type": "text/anything" }), /^201 /, "EdgeX asks for no type");
});

test("a handler may refuse before its body is looked at, by either way in", async (t) => {
  const admit = (): void => {
    throw new AppError("ServiceLocked", "closed");
  };
  const closed = { ...handlers, single: Object.assign(() => ({ text: "" }), { admit }) };
  const { ask, client } = await serve(t, table, closed);
  for (const body of ["{ torn", "", '{"text":"a"}']) {
    assert.match(said(await ask("/api/v3/single", { method: "POST", body })), /^423 .*closed/);
  }
  await assert.rejects(client.single({ body: { text: "a" } }), { kind: "ServiceLocked" });
  const local = inProcessClient(
    table,
    () => closed,
    () => "id",
  );
  await assert.rejects(local.single({ body: {} as never }), { kind: "ServiceLocked" });
});

test("long lists of an answer and of a request are taken apart and come whole", async (t) => {
  const Many = Type.Array(Type.Object({ n: Type.Integer() }));
  const common = { method: "POST", summary: "", body: Many, errors: [] } as const;
  const lists = defineTable({
    echo: {
      ...common,
      path: "/echo",
      output: Type.Object({ count: Type.Integer(), many: Many, more: Type.String() }),
      framing: "single",
      status: 200,
    },
  });
  const { ask, client } = await serve(t, lists, {
    echo: ({ body }) => ({ count: body.length, many: body, more: "ä" }),
  });
  for (const length of [0, 1, 64, 65, 128, 200]) {
    const body = Array.from({ length }, (_, n) => ({ n }));
    const { text } = await ask("/api/v3/echo", { method: "POST", body: JSON.stringify(body).replaceAll('"n"', '"N"') });
    const expected = { apiVersion: "v3", statusCode: 200, count: length, many: body, more: "ä" };
    assert.deepEqual(JSON.parse(text), expected);
    assert.deepEqual(await client.echo({ body }), { count: length, many: body, more: "ä" });
  }
  const bad = [...Array.from({ length: 150 }, (_, n) => ({ n })), { n: "x" }];
  assert.equal((await ask("/api/v3/echo", { method: "POST", body: JSON.stringify(bad) })).status, 400, "the last too");
});

test("an answer that takes longer than RequestTimeout is 503 in plain text", async (t) => {
  const { ask, client, logs } = await serve(t, table, handlers, { timeoutMs: () => 50 });
  const late = await ask("/api/v3/slow");
  assert.equal(said(late), "503 request timeout");
  assert.match(String(late.headers["content-type"]), /^text\/plain/);
  await assert.rejects(client.slow({}), { kind: "ServiceUnavailable", message: "request timeout" });
  assert.equal(said(await ask("/api/v3/bare")), '200 {"apiVersion":"v3","text":"b"}');
  assert.deepEqual(
    logs.filter((line) => /ERROR/.test(line)),
    [],
  );
});
