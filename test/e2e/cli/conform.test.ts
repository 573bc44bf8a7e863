/** `jx conform` against a whole edge of ours, and against servers that do otherwise than EdgeX. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { freePort } from "../../support/free-port.ts";
import { RunningEdge } from "./running-edge.ts";

interface Step {
  readonly name: string;
  readonly outcome: string;
  readonly failure?: { readonly expected?: string; readonly got: string };
  readonly skip?: { readonly why: string };
}
interface Report {
  readonly passed: boolean;
  readonly services: readonly {
    readonly service: string;
    readonly reached: { readonly state: string; readonly problem?: string };
    readonly run?: { readonly steps: readonly Step[]; readonly tried: readonly string[]; readonly operations: number };
  }[];
  readonly swept: readonly string[] | null;
}

const CORE = ["core-keeper", "core-metadata", "core-data", "core-command", "device-virtual"];

test("a whole edge", async (t) => {
  await using edge = new RunningEdge();
  await edge.start();
  const status = JSON.parse((await edge.jx("status", "--json")).out) as { services: { key: string; port: number }[] };
  const at = CORE.flatMap((key) => {
    const port = status.services.find((service) => service.key === key)?.port;
    return ["--at", `${key}=http://127.0.0.1:${port}`];
  });
  const conform = async (...args: readonly string[]) => {
    const { exit, out, err } = await edge.jx("conform", "127.0.0.1", ...at, ...args, "--json");
    return { exit, err, report: JSON.parse(out) as Report };
  };
  const failures = ({ services }: Report) =>
    services.flatMap(({ service, run }) =>
      (run?.steps ?? [])
        .filter(({ outcome }) => outcome !== "passed" && outcome !== "skipped")
        .map((step) => [service, step]),
    );

  await t.test("only asking: every step passes, every service is looked at", async () => {
    const { exit, err, report } = await conform();
    assert.deepEqual(failures(report), [], err);
    assert.equal(exit, 0);
    assert.deepEqual(
      report.services.map(({ service }) => service),
      CORE,
    );
    for (const { service, run } of report.services) {
      assert.ok(
        (run?.steps ?? []).some(({ outcome }) => outcome === "passed"),
        service,
      );
      const skipped = new Set((run?.steps ?? []).flatMap(({ skip }) => (skip === undefined ? [] : [skip.why])));
      assert.ok(skipped.has("read-only"), service);
    }
  });

  await t.test("writing: every step passes, and nothing of it is left", async () => {
    const before = await edge.jx("device", "ls", "--json");
    const { exit, err, report } = await conform("--write");
    assert.deepEqual(failures(report), [], err);
    assert.equal(exit, 0);
    assert.ok(
      (report.swept ?? []).every((line) => line.includes("jx-conform-")),
      "it deletes only its own",
    );
    const after = await edge.jx("device", "ls", "--json");
    const names = (text: string) => (JSON.parse(text) as { name: string }[]).map(({ name }) => name).sort();
    assert.deepEqual(names(after.out), names(before.out));
    const tried = report.services.find(({ service }) => service === "core-metadata")?.run;
    assert.ok((tried?.tried.length ?? 0) >= 25, "nearly every operation is tried");
  });

  await t.test("what an aborted run left is deleted on request", async () => {
    const port = status.services.find(({ key }) => key === "core-metadata")?.port;
    const service = (name: string) => ({
      apiVersion: "v3",
      service: { name, baseAddress: "http://h:1", adminState: "UNLOCKED" },
    });
    const body = JSON.stringify([service("jx-conform-dead-服务"), service("somebody else's jx-conform-")]);
    const url = `http://127.0.0.1:${port}/api/v3/deviceservice`;
    assert.equal((await fetch(url, { method: "POST", body })).status, 207);
    const { out, exit } = await edge.jx("conform", "127.0.0.1", ...at, "--clean");
    assert.match(out, /^device service jx-conform-dead-服务\n1 deleted\.\n$/);
    assert.equal(exit, 0);
  });

  await t.test("the report is for people, in both languages", async () => {
    const en = await edge.jx("conform", "127.0.0.1", ...at, "--service", "core-keeper");
    assert.match(en.out, /^Only asks: GET requests alone/);
    assert.match(en.out, /core-keeper {2}http:\/\/127\.0\.0\.1:\d+ {2}EdgeX 4\.\d+\.\d+ {2}JX Edge /);
    assert.match(en.out, /✓ \d+ passed .* – \d+ skipped .* \d+ of \d+ operations tried/);
    assert.match(en.out, /– \d+ skipped: they write; --write runs them/);
    const zh = await edge.jx("conform", "127.0.0.1", ...at, "--service", "core-keeper", "--lang", "zh");
    assert.match(zh.out, /^只读/);
    assert.match(zh.out, /全部通过。\n$/);
  });
});

/** An HTTP server of the test; the requests it saw, as "GET /api/v3/ping". */
async function serve(t: TestContext, answer: RequestListener): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const jx = async (...args: readonly string[]) => {
  await using edge = new RunningEdge();
  return edge.jx("conform", "127.0.0.1", ...args);
};

test("a server that answers wrongly is told with what was expected and what came", async (t) => {
  const { url, seen } = await serve(t, (request, response) => {
    const path = request.url ?? "";
    response.setHeader("content-type", "application/json");
    if (path.endsWith("/version")) response.end('{"apiVersion":"v3","version":"4.0.2","serviceName":"core-data"}');
    else if (path.includes("/event/count")) response.end('{"apiVersion":"v3","statusCode":200,"count":7}');
    else if (path.includes("/aged")) response.end();
    else if (path.includes("/reading/")) {
      response.statusCode = 404;
      response.end('{"message":"Not Found"}');
    } else response.end('{"apiVersion":"v3","statusCode":200,"totalCount":0,"events":[]}');
  });
  const args = ["--service", "core-data", "--at", `core-data=${url}`];
  const { exit, out, err } = await jx(...args);
  assert.equal(exit, 1, err);
  assert.match(out, /core-data {2}http:\S+ {2}EdgeX 4\.0\.2\n/);
  assert.match(out, /✗ \d+ failed/);
  assert.match(out, /✗ pages beyond the end.*\n +expected {2}.*416 query objects bounds.*\n +got +accepted/);
  assert.match(out, /∅ \d+ not there/);
  assert.match(out, /not there: .*GET \/reading\/all/);
  assert.match(out, /only a JX service can pass: EdgeX serves none/);
  assert.match(out, /Not passed: core-data\n$/);
  assert.match((await jx(...args, "--lang", "zh")).out, /应为 {2}.*\n +实际 {2}/);
  assert.deepEqual(
    seen.filter((request) => !request.startsWith("GET ")),
    [],
    "only GET",
  );
  const json = JSON.parse((await jx(...args, "--json")).out) as Report;
  assert.equal(json.passed, false);
});

test("writing is not tried where a service that is needed is not there", async (t) => {
  const { url, seen } = await serve(t, (request, response) => {
    response.end(request.url?.endsWith("/version") ? '{"version":"4.0.2","serviceName":"core-metadata"}' : "{}");
  });
  const args = ["--service", "core-metadata", "--at", `core-metadata=${url}`, "--write"];
  const { out } = await jx(...args);
  assert.match(out, /skipped: need core-keeper, device-virtual/);
  assert.deepEqual(
    seen.filter((request) => !/^(?:GET|POST) /.test(request)),
    [],
  );
});

test("a service that is silent, gone or something else is told as that, and soon", async (t) => {
  const silent = await serve(t, () => {});
  const other = await serve(t, (_request, response) => response.end("<html>"));
  const { exit, out } = await jx(
    ...[
      "--at",
      `core-keeper=${silent.url}`,
      "--at",
      `core-metadata=${other.url}`,
      "--at",
      `core-data=http://127.0.0.1:${await freePort()}`,
    ],
    ...["--service", "core-keeper,core-metadata,core-data", "--timeout", "0.5"],
  );
  assert.equal(exit, 1);
  assert.match(out, /core-keeper .* no answer in time: no answer from .* within 500 ms/);
  assert.match(out, /core-metadata .* not an EdgeX service: GET \/version: /);
  assert.match(out, /core-data .* cannot be reached: .*ECONNREFUSED/);
});

test("a service that falls silent midway is not asked to the end", async (t) => {
  let asked = 0;
  const { url } = await serve(t, (request, response) => {
    asked += 1;
    if (asked === 1) response.end('{"version":"4.0.2","serviceName":"core-data"}');
    else request.resume();
  });
  const { exit, out } = await jx("--at", `core-data=${url}`, "--service", "core-data", "--timeout", "0.5");
  assert.equal(exit, 1);
  assert.match(out, /– \d+ skipped: the service had stopped answering/);
  assert.ok(asked < 5, `${asked} requests`);
});

test("what was typed wrongly is told", async () => {
  for (const [args, text] of [
    [["--at", "core-data"], /--at is "core-data"; it should be SERVICE=URL/],
    [["--service", "core-dta"], /no checks for a service "core-dta"/],
    [["--service", "device-x"], /The port of device-x is not known: add --at/],
    [["--timeout", "0"], /--timeout is "0"/],
  ] as const) {
    const { exit, err } = await jx(...args);
    assert.equal(exit, 2);
    assert.match(err, text);
  }
  await using edge = new RunningEdge();
  assert.match((await edge.jx("conform", "box:59880")).err, /without a port/);
});
