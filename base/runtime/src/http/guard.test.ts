import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { handlers, serve, table } from "./http.fixture.ts";

test("only names of this machine are taken as Host: no page gets here by a name of its own", async (t) => {
  const { ask, port } = await serve(t, table, handlers, { allowedHosts: ["Box.Plant.Example", "fd00::5"] });
  const status = async (host: string) => (await ask("/api/v3/bare", { headers: { host } })).status;
  for (const host of ["localhost", "LOCALHOST:80", `127.0.0.1:${port}`, "127.9.9.9", "[::1]:4000", "box.plant.example"])
    assert.equal(await status(host), 200, host);
  assert.equal(await status("[fd00::5]:4000"), 200, "IPv6 addresses are written in brackets");
  for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.1.5", "a@localhost"])
    assert.equal(await status(host), 403, host);
  const { text } = await ask("/api/v3/bare", { headers: { host: "edge7:4000" } });
  assert.match(text, /"apiVersion":"v3","message":"Host \\"edge7:4000\\" .*--allow-host edge7\)","statusCode":403/);
});

test("the address a connection came in at is a name of this machine", async (t) => {
  const own = Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === "IPv4" && !each.internal)?.address;
  if (own === undefined) return t.skip("this machine has no address besides loopback");
  const { port } = await serve(t, table, handlers, { host: "0.0.0.0" });
  const { ok } = await fetch(`http://${own}:${port}/api/v3/bare`);
  assert.equal(ok, true);
});

test("pages of other origins are refused, whatever they ask; programs and our own pages are not", async (t) => {
  const { ask, port } = await serve(t, table, handlers);
  const host = `localhost:${port}`;
  const status = async (headers: Record<string, string>, method = "GET", body?: string) =>
    (
      await ask(method === "GET" ? "/api/v3/bare" : "/api/v3/single", {
        method,
        headers: { host, ...headers },
        ...(body === undefined ? {} : { body }),
      })
    ).status;
  const json = { "content-type": "application/json" };
  const body = '{"text":"a"}';
  assert.equal(await status({}, "POST", body), 201, "a program sends no origin and need not name a type");
  assert.equal(await status({ origin: `http://${host}`, ...json }, "POST", body), 201);
  assert.equal(await status({ origin: `http://${host}`, "sec-fetch-site": "same-origin" }), 200);
  assert.equal(await status({ origin: `http://localhost:${port + 1}`, ...json }, "POST", body), 403, "another port");
  assert.equal(await status({ origin: "https://evil.example" }), 403);
  assert.equal(await status({ origin: "null" }), 403, "a sandboxed frame or a file");
  for (const site of ["cross-site", "same-site"]) assert.equal(await status({ "sec-fetch-site": site }), 403);
  assert.equal(await status({ "sec-fetch-site": "none" }), 200, "typed by the user");
  const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
  assert.equal(await status(link), 200, "a link on another page may lead here");
  assert.equal(await status({ ...link, ...json }, "POST", body), 403, "a form on another page may not");
});

test("what a page may send is of a type that needs the same origin", async (t) => {
  const { ask, port } = await serve(t, table, handlers);
  const headers = { host: `localhost:${port}`, origin: `http://localhost:${port}` };
  const body = '{"text":"a"}';
  const send = async (type?: string) =>
    (
      await ask("/api/v3/single", {
        method: "POST",
        body,
        headers: { ...headers, ...(type && { "content-type": type }) },
      })
    ).status;
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", undefined])
    assert.equal(await send(type), 415, String(type));
  for (const type of ["application/json", "application/json; charset=utf-8"]) assert.equal(await send(type), 201, type);
  assert.equal((await ask("/api/v3/empty", { method: "DELETE", headers })).status, 204, "nothing is sent");
});
