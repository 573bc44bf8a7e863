import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { AppError } from "@jx/kit";
import { handlers, serve, table } from "./http.fixture.ts";
import { httpClient } from "./http-client.ts";

test("what a handler gives is what the client gets, of every framing", async (t) => {
  const { client } = await serve(t, table, handlers);
  assert.deepEqual(await client.single({ body: { text: "中" } }), { text: "中" });
  assert.deepEqual(await client.bare({}), { text: "b" });
  assert.deepEqual(await client.plain({}), [1, 2]);
  assert.deepEqual(await client.empty({}), {});
  assert.deepEqual(await client.multi({ body: [{ text: "a" }] }), [{ statusCode: 201 }]);
  assert.deepEqual(await client.multi({ body: [] }), []);
});

test("a GET takes a body where its operation has one, and does without", async (t) => {
  const { client, ask, url } = await serve(t, table, handlers);
  assert.deepEqual(await client.asked({ body: { text: "中" } }), { text: "中" });
  assert.match((await ask("/api/v3/asked")).text, /"text":"nothing"/);
  assert.match((await ask("/api/v3/asked", { headers: { "content-type": "application/json" } })).text, /"nothing"/);
  // Node sends a GET's body without its length unless it is told to.
  const cut = await ask("/api/v3/asked", { headers: { "content-length": "1" }, body: "{" });
  assert.deepEqual([cut.status, JSON.parse(cut.text).message], [400, "unexpected EOF"]);
  assert.equal((await ask("/api/v3/bare", { headers: { "content-length": "7" }, body: "ignored" })).status, 200);
  const chunked = { method: "GET", headers: { "transfer-encoding": "chunked" }, body: '{"text":"c"}' };
  assert.match((await ask("/api/v3/asked", chunked)).text, /"text":"c"/);
  const abort = new AbortController();
  const late = httpClient(table, { baseUrl: `${url}/api/v4`, timeoutMs: 2_000, newId: () => "id" });
  await assert.rejects(late.asked({ body: {} }), { kind: "NotFound" });
  abort.abort(new AppError("Aborted", "the edge is stopping"));
  await assert.rejects(client.asked({ body: {} }, { signal: abort.signal }), { kind: "Aborted" });
});

test("nobody answers in time: Timeout, with the address and the time", async (t) => {
  const { client, url } = await serve(t, table, handlers, { clientTimeoutMs: 30 });
  await assert.rejects(client.slow({}), { kind: "Timeout", message: `no answer from ${url}/api/v3 within 30 ms` });
});

test("a caller that gives up gets its own reason", async (t) => {
  const { client } = await serve(t, table, handlers);
  const abort = new AbortController();
  setTimeout(() => abort.abort(new AppError("Aborted", "the edge is stopping")), 20);
  await assert.rejects(client.slow({}, { signal: abort.signal }), { kind: "Aborted", message: "the edge is stopping" });
  await assert.rejects(client.bare({}, { signal: abort.signal }), { kind: "Aborted" });
});

test("nobody is there, or breaks off: ServiceUnavailable, with the address", async (t) => {
  const server = createServer((request) => request.socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const baseUrl = `http://127.0.0.1:${port}/api/v3`;
  const client = httpClient(table, { baseUrl, timeoutMs: 2_000, newId: () => "id" });
  const unavailable = (error: unknown): boolean =>
    error instanceof AppError && error.kind === "ServiceUnavailable" && error.details?.["url"] === baseUrl;
  await assert.rejects(client.bare({}), unavailable);
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(client.bare({}), unavailable);
  t.after(() => server.close());
});

test("an answer that is not JSON is an error with its text", async (t) => {
  const server = createServer((_request, response) => response.writeHead(502).end("<h1>bad gateway</h1>"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const client = httpClient(table, { baseUrl: `http://127.0.0.1:${port}`, timeoutMs: 2_000, newId: () => "id" });
  await assert.rejects(client.bare({}), { kind: "Communication", message: "<h1>bad gateway</h1>" });
});
