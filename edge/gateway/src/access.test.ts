import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fastify, { type FastifyInstance } from "fastify";
import { Access, newToken } from "./access.ts";

const ADMIN = newToken();

async function guarded(t: TestContext, required = true): Promise<{ access: Access; app: FastifyInstance }> {
  const access = new Access({ required, adminToken: ADMIN });
  const app = fastify();
  access.install(app);
  app.get("/", () => "page");
  app.get("/api/v3/status", () => "status");
  app.get("/api/v3/ping", () => "ping");
  await app.ready();
  t.after(() => app.close());
  return { access, app };
}

/** The cookie of a sign-in, as a browser sends it back. */
function cookieOf(header: unknown): string {
  assert.ok(typeof header === "string");
  return header.split(";")[0] ?? "";
}

test("on loopback nobody is asked, and there is no one-time token", async (t) => {
  const { access, app } = await guarded(t, false);
  assert.equal((await app.inject("/")).statusCode, 200);
  assert.equal(access.oneTimeToken, undefined);
});

test("a stranger gets 401 in both languages for every path", async (t) => {
  const { app } = await guarded(t);
  for (const url of ["/", "/api/v3/status", "/?token=", "/?token=wrong", "/nowhere"]) {
    const { statusCode, body } = await app.inject(url);
    assert.equal(statusCode, 401, url);
    assert.match(body, /未授权[\s\S]*Not signed in/);
  }
});

test("a ping needs no sign-in, or keeper would take the gateway for dead", async (t) => {
  const { app } = await guarded(t);
  assert.equal((await app.inject("/api/v3/ping")).statusCode, 200);
  assert.equal((await app.inject("/api/v3/ping?token=wrong")).statusCode, 401);
  assert.equal((await app.inject("/api/v3/pings")).statusCode, 401);
});

test("the one-time link signs in once; its cookie is kept from scripts and from other sites", async (t) => {
  const { access, app } = await guarded(t);
  const url = `/?token=${access.oneTimeToken}`;
  const signedIn = await app.inject(url);
  assert.equal(signedIn.statusCode, 200);
  assert.match(signedIn.body, /url=\//);
  const set = String(signedIn.headers["set-cookie"]);
  assert.match(set, /HttpOnly/);
  assert.match(set, /SameSite=Strict/);
  assert.equal(signedIn.headers["cache-control"], "no-store");
  const cookie = cookieOf(set);
  assert.equal((await app.inject({ url: "/api/v3/status", headers: { cookie } })).statusCode, 200);
  assert.equal((await app.inject({ url: "/", headers: { cookie: `other=1; ${cookie}` } })).statusCode, 200);
  assert.equal((await app.inject({ url: "/", headers: { cookie: `x${cookie}` } })).statusCode, 401);
  assert.equal((await app.inject(url)).statusCode, 401, "the link works once");
  assert.equal(access.oneTimeToken, undefined);
});

test("a renewed link works and the one before it does not", async (t) => {
  const { access, app } = await guarded(t);
  const before = access.oneTimeToken;
  const renewed = access.renew();
  assert.notEqual(renewed, before);
  assert.equal((await app.inject(`/?token=${before}`)).statusCode, 401);
  assert.equal((await app.inject(`/?token=${renewed}`)).statusCode, 200);
});

test("programs of this machine's user come in with the admin token, and with nothing like it", async (t) => {
  const { app } = await guarded(t);
  const as = async (authorization: string): Promise<number> =>
    (await app.inject({ url: "/", headers: { authorization } })).statusCode;
  assert.equal(await as(`Bearer ${ADMIN}`), 200);
  assert.equal(await as(`Bearer ${ADMIN}x`), 401);
  assert.equal(await as(`Bearer ${ADMIN.slice(1)}`), 401);
  assert.equal(await as(`Basic ${ADMIN}`), 401);
  assert.equal(await as("Bearer "), 401);
});

test("sessions are bounded: the oldest goes first", async (t) => {
  const { access, app } = await guarded(t);
  const signIn = async (): Promise<string> =>
    cookieOf((await app.inject(`/?token=${access.renew()}`)).headers["set-cookie"]);
  const first = await signIn();
  const second = await signIn();
  for (let i = 0; i < 63; i++) await signIn();
  const status = async (cookie: string): Promise<number> =>
    (await app.inject({ url: "/", headers: { cookie } })).statusCode;
  assert.equal(await status(first), 401);
  assert.equal(await status(second), 200);
});

test("tokens are long and never the same", () => {
  const tokens = new Set(Array.from({ length: 1_000 }, newToken));
  assert.equal(tokens.size, 1_000);
  for (const token of tokens) assert.match(token, /^[\w-]{32}$/);
});
