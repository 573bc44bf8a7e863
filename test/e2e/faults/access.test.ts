/** Who may talk to the edge: a hostile page on the same machine, a name that is not ours, and the network. DESIGN §8.9. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type EdgeProcess, startEdgeProcess } from "../../support/edge-process.ts";
import { type Ask, ask } from "../../support/http.ts";

/** A door of the edge and a request that would change something behind it. */
function doors(edge: EdgeProcess): readonly (readonly [door: string, url: string, write: Ask])[] {
  const put = { method: "PUT", body: { value: "x" } };
  const kvs = `${edge.api("core-keeper")}/kvs/key/hostile`;
  const setting = { method: "PUT", body: { R: "1" } };
  const device = `${edge.api("device-virtual")}/device/name/d/R`;
  return [
    ["gateway", `${edge.url}/core-keeper/api/v3/kvs/key/hostile`, put],
    ["gateway's own", `${edge.url}/api/v3/demo/off`, { method: "POST" }],
    ["core-keeper", kvs, put],
    ["core-metadata", `${edge.api("core-metadata")}/device`, { body: [] }],
    ["core-data", `${edge.api("core-data")}/event/device/name/d`, { method: "DELETE" }],
    ["core-command", `${edge.api("core-command")}/device/name/d/R`, setting],
    ["rules", `${edge.api("rules")}/rule/file/a.pangu`, { method: "PUT", body: { text: "" } }],
    ["device-virtual", device, setting],
  ];
}

test("a hostile page reaches nothing, whatever it tries, on any port", async (t) => {
  const edge = await startEdgeProcess(t);
  const reads = doors(edge).map(([door, url]) => [door, new URL("/api/v3/version", url).href] as const);
  const evil: readonly (readonly [trick: string, headers: Record<string, string>])[] = [
    ["a script of another site", { origin: "http://evil.example" }],
    ["a page of another port of this machine", { origin: "http://127.0.0.1:1" }],
    ["a sandboxed frame", { origin: "null" }],
    ["an image or a form of another site", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
    ["another name for this address (DNS rebinding)", { host: "evil.example" }],
    ["a name that only begins like ours", { host: "localhost.evil.example" }],
  ];
  for (const [trick, headers] of evil) {
    for (const [door, url, write] of doors(edge)) {
      const { status, text } = await ask(url, { ...write, headers });
      assert.equal(status, 403, `${trick} at ${door}: ${status} ${text}`);
    }
    for (const [door, url] of reads) assert.equal((await ask(url, { headers })).status, 403, `${trick} reads ${door}`);
  }
  for (const [door, url] of doors(edge)) {
    const form = { "content-type": "application/x-www-form-urlencoded", origin: new URL(url).origin };
    const { status } = await ask(url, { method: "POST", body: "value=x", headers: form });
    assert.equal(status, 415, `a form at ${door}`);
  }
  const preflight = await ask(`${edge.url}/api/v3/status`, {
    method: "OPTIONS",
    headers: { origin: "http://evil.example" },
  });
  assert.equal(preflight.headers["access-control-allow-origin"], undefined);
  assert.equal((await ask(`${edge.api("core-keeper")}/kvs/key/hostile`)).status, 404, "nothing was written");
});

test("our own page, programs without a page, and a link from elsewhere are let in", async (t) => {
  const edge = await startEdgeProcess(t, { args: ["--allow-host", "box.example"] });
  const kvs = `${edge.api("core-keeper")}/kvs/key/own`;
  const put = { method: "PUT", body: { value: "x" } };
  const { origin, port } = new URL(kvs);
  assert.equal((await ask(kvs, put)).status, 200);
  assert.equal((await ask(kvs, { ...put, headers: { origin, "sec-fetch-site": "same-origin" } })).status, 200);
  assert.equal((await ask(kvs, { headers: { host: `localhost:${port}` } })).status, 200);
  assert.equal((await ask(kvs, { headers: { host: `box.example:${port}` } })).status, 200);
  const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
  assert.equal((await ask(kvs, { headers: link })).status, 200);
});

test("on the network: nothing without the token, the printed link once, a program with the file's token", async (t) => {
  const edge = await startEdgeProcess(t, { args: ["--listen", "127.0.0.2"] });
  const status = `${edge.url}/api/v3/status`;
  for (const url of [
    status,
    `${edge.url}/`,
    `${edge.url}/metrics`,
    `${edge.url}/api/v3/live`,
    `${edge.url}/core-data/api/v3/event/count`,
  ]) {
    const { status, text } = await ask(url);
    assert.equal(status, 401, url);
    assert.match(text, /jx status --link/);
  }
  assert.equal((await ask(`${edge.url}/api/v3/link`, { method: "POST" })).status, 401);
  assert.equal((await ask(status, { headers: { authorization: "Bearer wrong" } })).status, 401);
  assert.equal((await ask(`${edge.url}/?token=wrong`)).status, 401);

  const link = /http:\/\/\S+token=\S+/.exec(edge.output())?.[0] ?? assert.fail(edge.output());
  const signedIn = await ask(link);
  assert.equal(signedIn.status, 200);
  assert.match(signedIn.text, /http-equiv="refresh" content="0;url=\/"/, "the page goes on without the token");
  const [cookie = ""] = [signedIn.headers["set-cookie"] ?? ""].flat();
  assert.match(cookie, /^jx_session=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/$/);
  assert.equal((await ask(status, { headers: { cookie: cookie.split(";")[0] } })).status, 200);
  assert.equal((await ask(link)).status, 401, "the link works once");

  const bearer = { authorization: `Bearer ${edge.token}` };
  assert.equal((await ask(status, { headers: bearer })).status, 200);
  const renewed = await ask(`${edge.url}/api/v3/link`, { method: "POST", headers: bearer });
  const { token } = JSON.parse(renewed.text) as { token: string };
  assert.equal((await ask(`${edge.url}/?token=${token}`)).status, 200, "a new link for the next one");
  const log = await edge.stop();
  assert.ok(!log.includes(edge.token), "the program's token is not printed");
});
