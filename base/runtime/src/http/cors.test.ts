/** Headers: go-mod-bootstrap v4.0.5 bootstrap/handlers/httpcors.go and its httpcors_test.go. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { CorsSettings } from "./cors.ts";
import { ask } from "./http.fixture.ts";
import { createServer, listen } from "./server.ts";

const PAGE = "https://shop.example";
const ON: CorsSettings = {
  EnableCORS: true,
  CORSAllowCredentials: true,
  CORSAllowedOrigin: PAGE,
  CORSAllowedMethods: "GET, POST",
  CORSAllowedHeaders: "Content-Type",
  CORSExposeHeaders: "X-Correlation-ID",
  CORSMaxAge: 3600,
};

async function serve(t: TestContext, cors?: CorsSettings) {
  const options = { host: "127.0.0.1", port: 0, name: "test", allowedHosts: [], maxBodyBytes: 1_000 };
  const app = createServer({ ...options, ...(cors === undefined ? {} : { cors: () => cors }) });
  t.after(() => app.close());
  app.get("/x", async () => ({ ok: true }));
  const port = await listen(app, options, { whoHolds: () => undefined });
  return async (method: string, headers: Record<string, string>, body?: string) => {
    const answer = await ask(port, "/x", { method, headers, ...(body === undefined ? {} : { body }) });
    const own = Object.entries(answer.headers).filter(([name]) => /^(access-control-|vary)/.test(name));
    return { status: answer.status, headers: Object.fromEntries(own) };
  };
}

const CROSS = { origin: PAGE, "sec-fetch-site": "cross-site" };
const PREFLIGHT = { ...CROSS, "access-control-request-method": "POST" };

test("a page that is let in gets EdgeX's headers, and leave to ask first", async (t) => {
  const send = await serve(t, ON);
  assert.deepEqual(await send("GET", CROSS), {
    status: 200,
    headers: {
      "access-control-allow-origin": PAGE,
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "X-Correlation-ID",
      vary: "Origin",
    },
  });
  assert.deepEqual(await send("OPTIONS", PREFLIGHT), {
    status: 200,
    headers: {
      "access-control-allow-origin": PAGE,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers": "Content-Type",
      "access-control-max-age": "3600",
      vary: "Origin",
    },
  });
  assert.deepEqual((await send("GET", {})).headers, {}, "no page, no headers");
});

test("every other page stays out, with CORS on and off", async (t) => {
  const send = await serve(t, ON);
  const off = await serve(t, { ...ON, EnableCORS: false });
  const none = await serve(t);
  const other = { ...CROSS, origin: "https://evil.example" };
  for (const [way, headers] of [
    [send, other],
    [off, CROSS],
    [none, CROSS],
  ] as const) {
    assert.deepEqual(await way("GET", headers), { status: 403, headers: {} });
    assert.equal((await way("OPTIONS", { ...headers, "access-control-request-method": "GET" })).status, 403);
  }
  const open = await serve(t, { ...ON, CORSAllowedOrigin: "*", CORSAllowCredentials: false });
  assert.equal((await open("GET", other)).headers["access-control-allow-origin"], "*");
});

test("a page that is let in may not send a form, and the Host is checked all the same", async (t) => {
  const send = await serve(t, ON);
  const form = { ...CROSS, "content-type": "text/plain", "content-length": "1" };
  assert.equal((await send("POST", form, "x")).status, 415);
  assert.equal((await send("GET", { ...CROSS, host: "rebound.example" })).status, 403);
});
