import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import fastify, { type FastifyInstance } from "fastify";
import { servePages } from "./pages.ts";

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "jx-pages-"));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

async function serving(t: TestContext, path: string): Promise<FastifyInstance> {
  const app = fastify();
  await servePages(app, path);
  app.get("/api/v3/thing", () => ({ a: 1 }));
  await app.ready();
  t.after(() => app.close());
  return app;
}

test("every answer carries the policy that nothing is loaded from outside and nothing frames us", async (t) => {
  const path = folder(t);
  writeFileSync(join(path, "index.html"), "<!doctype html>");
  const app = await serving(t, path);
  for (const url of ["/", "/api/v3/thing", "/nowhere"]) {
    const { headers } = await app.inject(url);
    const policy = String(headers["content-security-policy"]);
    assert.match(policy, /default-src 'self'/, url);
    assert.match(policy, /frame-ancestors 'none'/, url);
    assert.doesNotMatch(policy, /https?:|\*|unsafe-eval|script-src/, url);
    assert.equal(headers["x-content-type-options"], "nosniff", url);
    assert.equal(headers["referrer-policy"], "no-referrer", url);
  }
});

test("the page is asked for each time, its hashed files are kept", async (t) => {
  const path = folder(t);
  mkdirSync(join(path, "assets"));
  writeFileSync(join(path, "index.html"), "<!doctype html>");
  writeFileSync(join(path, "assets", "index-abc.js"), "1");
  const app = await serving(t, path);
  const page = await app.inject("/");
  assert.equal(page.headers["cache-control"], "no-cache");
  assert.match(String(page.headers["content-type"]), /text\/html/);
  const script = await app.inject("/assets/index-abc.js");
  assert.equal(script.headers["cache-control"], "public, max-age=31536000, immutable");
  assert.match(String(script.headers["content-type"]), /javascript/);
  const again = await app.inject({ url: "/", headers: { "if-none-match": String(page.headers.etag) } });
  assert.equal(again.statusCode, 304);
});

test("nothing outside the folder is served", async (t) => {
  const path = join(folder(t), "pages");
  mkdirSync(path);
  writeFileSync(join(path, "index.html"), "<!doctype html>");
  writeFileSync(join(path, "..", "secret.txt"), "secret");
  const app = await serving(t, path);
  for (const url of ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt"]) {
    const { statusCode, body } = await app.inject(url);
    assert.ok(statusCode >= 400, `${url}: ${statusCode}`);
    assert.doesNotMatch(body, /secret$/, url);
  }
});

test("without a built console the page says how to build it, in both languages", async (t) => {
  const app = await serving(t, folder(t));
  const { statusCode, body } = await app.inject("/");
  assert.equal(statusCode, 503);
  assert.match(body, /npm start[\s\S]*控制台尚未构建/);
});
