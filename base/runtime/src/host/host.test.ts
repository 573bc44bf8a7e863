import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { type JsonMessage, keeperOperations, topics } from "@jx/contracts";
import { AppError, isAppError } from "@jx/kit";
import { flatten } from "../config/flat.ts";
import { ask } from "../http/http.fixture.ts";
import { freePort, keeper, operations, setup, within } from "./host.fixture.ts";

test("services start in order and end in reverse; the signal comes first", async (t) => {
  const { host, service, steps, dataDir } = setup(t);
  const a = await host.start(service("a"));
  await host.start(service("b"));
  assert.deepEqual(
    host.services.map(({ key }) => key),
    ["a", "b"],
  );
  assert.equal(existsSync(join(dataDir, "a")), true);
  assert.equal((await ask(a.port, "/api/v3/hello")).text, '{"apiVersion":"v3","statusCode":200,"text":"hi"}');
  await host[Symbol.asyncDispose]();
  assert.deepEqual(steps, ["a started", "b started", "a told", "b told", "b ended", "a ended"]);
  await assert.rejects(ask(a.port, "/api/v3/hello"), { code: "ECONNREFUSED" });
  await assert.rejects(host.clients.of("a", operations).hello({}), { kind: "ServiceUnavailable" });
});

test("a start that fails lets go of its port and leaves the others running", async (t) => {
  const { host, service, steps } = setup(t);
  let port = 0;
  await host.start(service("a"));
  const probe = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });
  port = probe;
  const failing = { ...service("b", () => Promise.reject(new AppError("Storage", "the disk is full"))), port };
  await assert.rejects(host.start(failing), { kind: "Storage", message: "the disk is full" });
  await assert.rejects(ask(port, "/api/v3/ping"), { code: "ECONNREFUSED" });
  assert.deepEqual(
    host.services.map(({ key }) => key),
    ["a"],
  );
  const again = await host.start({ ...service("b"), port });
  assert.equal(again.port, port);
  assert.deepEqual(steps, ["a started", "b started"]);
});

test("a listener answers while its service starts: 503, still starting", async (t) => {
  const { host, service } = setup(t);
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const slow = service("slow", () => {
    begun.resolve();
    return gate.promise;
  });
  const port = await freePort();
  const starting = host.start({ ...slow, port });
  await begun.promise;
  const { status, text } = await ask(port, "/api/v3/hello");
  assert.deepEqual([status, (JSON.parse(text) as { message: string }).message], [503, "slow is still starting"]);
  gate.resolve();
  await starting;
  assert.equal((await ask(port, "/api/v3/hello")).status, 200);
});

test("SIGTERM in the middle of a start: what is open is closed, and nothing more starts", async (t) => {
  const stop = new AbortController();
  const { host, service, steps } = setup(t, {}, stop.signal);
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const port = await freePort();
  const starting = host.start({
    ...service("a", () => {
      begun.resolve();
      return gate.promise;
    }),
    port,
  });
  await begun.promise;
  stop.abort(new AppError("Aborted", "stopped by SIGTERM"));
  gate.resolve();
  await assert.rejects(starting, { kind: "Aborted", message: "stopped by SIGTERM" });
  await assert.rejects(host.start(service("b")), { kind: "Aborted" });
  assert.deepEqual(steps, ["a told", "a started", "a ended"]);
  await assert.rejects(ask(port, "/api/v3/ping"), { code: "ECONNREFUSED" });
});

test("one that does not stop cleanly is told and does not keep the others", async (t) => {
  const { host, service, steps, logs } = setup(t);
  await host.start(service("a"));
  const bad = service("bad");
  await host.start({
    ...bad,
    start: async (context) => ({
      ...(await bad.start(context)),
      [Symbol.asyncDispose]: () => Promise.reject(new Error("stuck")),
    }),
  });
  await host[Symbol.asyncDispose]();
  assert.ok(steps.includes("a ended"));
  assert.ok(logs.some(({ level, service: key }) => level === "ERROR" && key === "bad"));
});

test("keeper is seeded with what it lacks and is the truth afterwards; ports never come from it", async (t) => {
  const values = new Map([
    ["edgex/v4/a/Writable/Word", "kept"],
    ["edgex/v4/a/Service/Port", "1"],
  ]);
  const file = { all: new Map([["Writable/LogLevel", "WARN"]]), a: new Map([["Writable/Word", "file"]]) };
  const { host, bus, service } = setup(t, { file });
  await host.start(keeper(bus, values));
  const { config: live, port } = await host.start(service("a"));
  assert.notEqual(port, 1);
  const origins = new Map(live.describe().map(({ key, value, origin }) => [key, `${value} ${origin}`]));
  assert.equal(origins.get("Writable/Word"), "kept keeper");
  assert.deepEqual(live.outvoted, ["Writable/Word"]);
  assert.equal(origins.get("Writable/LogLevel"), "WARN file");
  assert.equal(origins.get("Service/RequestTimeout"), "5s default");
  assert.equal(values.get("edgex/v4/a/Writable/LogLevel"), "WARN");
  assert.equal(values.get("edgex/v4/a/Writable/Word"), "kept");
});

test("--overwrite writes file and environment over what keeper has", async (t) => {
  const values = new Map([["edgex/v4/a/Writable/Word", "kept"]]);
  const environment = { A_WRITABLE_WORD: "env", WRITABLE_WORD: "plain names count only for a service alone" };
  const { host, bus, service } = setup(t, { environment, overwriteConfig: true });
  await host.start(keeper(bus, values));
  await host.start(service("a"));
  assert.equal(values.get("edgex/v4/a/Writable/Word"), "env");
});

test("--overwrite leaves what only keeper has: settings made since, and secrets", async (t) => {
  const values = new Map([
    ["edgex/v4/a/Writable/Word", "set since"],
    ["edgex/v4/a/Writable/LogLevel", "DEBUG"],
  ]);
  const file = { a: new Map([["Writable/LogLevel", "WARN"]]) };
  const { host, bus, service } = setup(t, { file, overwriteConfig: true });
  await host.start(keeper(bus, values));
  const { config } = await host.start(service("a"));
  assert.equal(values.get("edgex/v4/a/Writable/Word"), "set since");
  assert.equal(values.get("edgex/v4/a/Writable/LogLevel"), "WARN");
  assert.deepEqual(config.outvoted, []);
});

test("a change in keeper is in force within a second: one key, many at once, the log level", async (t) => {
  const values = new Map<string, string>();
  const { host, bus, service, logs } = setup(t);
  await host.start(keeper(bus, values));
  const { config: live, port } = await host.start(service("a"));
  const kv = host.clients.of("core-keeper", keeperOperations);
  const put = (key: string, value: unknown) =>
    kv.putKey({ key: `edgex/v4/a/${key}`, flatten: typeof value === "object", body: { value } });
  const hello = async () => (JSON.parse((await ask(port, "/api/v3/hello")).text) as { text: string }).text;
  await put("Writable/Word", "hey");
  await within(1_000, async () => (await hello()) === "hey");
  await put("Writable", { Word: "both", LogLevel: "DEBUG" });
  await within(1_000, async () => (await hello()) === "both");
  await hello();
  assert.ok(logs.some(({ msg, level }) => msg === "said hello" && level === "DEBUG"));
  values.delete("edgex/v4/a/Writable/Word");
  await put("Writable/LogLevel", "INFO");
  await within(1_000, async () => (await hello()) === "hi");
  // What does not fit is told, and what fits beside it is taken.
  await put("Writable", { Word: "taken", Pause: "soon" });
  await within(1_000, async () => (await hello()) === "taken");
  assert.equal(live.describe().find(({ key }) => key === "Writable/Pause")?.value, "1s");
  assert.ok(logs.some(({ level, msg }) => level === "WARN" && /refused/.test(msg)));
});

test("a change while a service reads its configuration is not missed", async (t) => {
  const word = "edgex/v4/a/Writable/Word";
  const values = new Map([[word, "before"]]);
  const { host, bus, service } = setup(t);
  // Between what the service reads and what it seeds somebody else writes.
  const meanwhile = (key: string): void => {
    if (key === "edgex/v4/a") values.set(word, "meanwhile");
  };
  await host.start(keeper(bus, values, [], meanwhile));
  const { port } = await host.start(service("a"));
  await within(1_000, async () => (await ask(port, "/api/v3/hello")).text.includes("meanwhile"));
});

test("what all share is under the service's own: in force, changed, overruled, and never written for it", async (t) => {
  const common = "edgex/v4/core-common-config-bootstrapper/all-services";
  const values = new Map([
    [`${common}/Service/MaxResultCount`, "77"],
    [`${common}/Writable/Telemetry/Interval`, "7s"],
  ]);
  const { host, bus, service } = setup(t);
  await host.start(keeper(bus, values));
  const { config: live } = await host.start(service("a"));
  assert.equal(live.common.Service.MaxResultCount, 77);
  assert.equal(live.describe().find(({ key }) => key === "Service/MaxResultCount")?.origin, "common");
  assert.equal(values.has("edgex/v4/a/Service/MaxResultCount"), false);
  assert.equal(values.get("edgex/v4/a/Writable/Word"), "hi", "its own is written");
  const kv = host.clients.of("core-keeper", keeperOperations);
  const interval = async (text: string) => live.common.Writable.Telemetry.Interval === text;
  await kv.putKey({ key: `${common}/Writable/Telemetry/Interval`, body: { value: "8s" } });
  await within(1_000, () => interval("8s"));
  await kv.putKey({ key: "edgex/v4/a/Writable/Telemetry/Interval", body: { value: "9s" } });
  await within(1_000, () => interval("9s"));
  await kv.putKey({ key: `${common}/Writable/Telemetry/Interval`, body: { value: "10s" } });
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(live.common.Writable.Telemetry.Interval, "9s", "overruled");
  values.delete("edgex/v4/a/Writable/Telemetry/Interval");
  host.refresh(); // as after a time without a bus, and without its notices
  await within(1_000, () => interval("10s"));
});

test("without keeper what all share comes from the file", async (t) => {
  const common = new Map([["all-services/Service/MaxResultCount", "33"]]);
  const { host, service } = setup(t, { file: { "core-common-config-bootstrapper": common } });
  const { config: live } = await host.start(service("a"));
  assert.equal(live.common.Service.MaxResultCount, 33);
});

test("a value in keeper that does not fit does not keep a service from starting", async (t) => {
  const values = new Map([["edgex/v4/a/Writable/LogLevel", "LOUD"]]);
  const { host, bus, service, logs } = setup(t);
  await host.start(keeper(bus, values));
  const { config: live } = await host.start(service("a"));
  assert.equal(live.common.Writable.LogLevel, "INFO");
  assert.ok(logs.some(({ level, msg }) => level === "WARN" && /refused/.test(msg)));
  assert.equal(values.get("edgex/v4/a/Writable/LogLevel"), "LOUD", "what a person wrote is theirs to mend");
});

test("keys of the file that no service reads are told", async (t) => {
  const { host, service, logs } = setup(t, { file: { a: flatten({ Writable: { Wrod: "x" } }) } });
  await host.start(service("a"));
  assert.match(JSON.stringify(logs), /"keys":\["Writable\/Wrod"\]/);
});

test("RequestTimeout limits every answer, but of a service that keeps time itself", async (t) => {
  const { host, service } = setup(t, { file: { all: flatten({ Service: { RequestTimeout: "20ms" } }) } });
  const slow = (key: string) => {
    const definition = service(key);
    return {
      ...definition,
      start: async (context: Parameters<typeof definition.start>[0]) => ({
        ...(await definition.start(context)),
        handlers: { hello: () => new Promise<{ text: string }>((done) => setTimeout(done, 200, { text: "late" })) },
      }),
    };
  };
  const limited = await host.start(slow("a"));
  assert.deepEqual([(await ask(limited.port, "/api/v3/hello")).text], ["request timeout"]);
  const own = await host.start({ ...slow("b"), keepsTime: true });
  assert.equal((await ask(own.port, "/api/v3/hello")).status, 200);
});

test("after a time without a bus every service that runs is told to look again", async (t) => {
  const { host, service, steps } = setup(t);
  for (const key of ["a", "b"]) {
    const definition = service(key);
    const start = async (context: Parameters<typeof definition.start>[0]) => ({
      ...(await definition.start(context)),
      refresh: () => void steps.push(`${key} looks again`),
    });
    await host.start({ ...definition, start });
  }
  host.refresh();
  assert.deepEqual(steps.slice(-2), ["a looks again", "b looks again"]);
});

test("secrets are masked in /config, in origins and in logs", async (t) => {
  const { host, service, logs } = setup(t, { file: { a: flatten({ Login: { Password: "p4ss" } }) } });
  const { port, config: live } = await host.start(service("a"));
  const { text } = await ask(port, "/api/v3/config");
  assert.match(text, /"Login":\{"Password":"\*\*\*"\}/);
  assert.equal(JSON.stringify([text, live.describe(), logs]).includes("p4ss"), false);
  assert.equal((live.current as { Login: { Password: string } }).Login.Password, "p4ss");
});

test("a service is registered while it runs and halted when it ends, as EdgeX does", async (t) => {
  const registry: string[] = [];
  const first = setup(t);
  await first.host.start(keeper(first.bus, new Map(), registry));
  await first.host.start(first.service("a"));
  await first.host[Symbol.asyncDispose]();
  assert.deepEqual(registry, ["a UP", "a HALT"]);
  const second = setup(t);
  await second.host.start(keeper(second.bus, new Map(), registry));
  await second.host.start(second.service("a"));
  assert.deepEqual(registry.slice(2), ["a UP"]);
});

test("two hosts: a service alone by name finds the others over HTTP, and its configuration too", async (t) => {
  const values = new Map([["edgex/v4/b/Writable/Word", "from afar"]]);
  const left = setup(t);
  const kept = await left.host.start(keeper(left.bus, values));
  const a = await left.host.start(left.service("a"));
  const right = setup(t, {
    alone: true,
    environment: { WRITABLE_LOGLEVEL: "DEBUG" },
    remote: { "core-keeper": kept.baseAddress, a: a.baseAddress },
  });
  const b = await right.host.start(right.service("b"));
  assert.equal(b.config.common.Writable.LogLevel, "DEBUG", "EdgeX's plain names count for a service alone");
  assert.deepEqual(await right.host.clients.of("a", operations).hello({}), { text: "hi" });
  assert.deepEqual(await right.host.clients.of("b", operations).hello({}), { text: "from afar" });
  await assert.rejects(right.host.clients.of("c", operations).hello({}), { kind: "ServiceUnavailable" });
});

test("keeper is not there: the start says so", async (t) => {
  const port = await freePort();
  const { host, service } = setup(t, { remote: { "core-keeper": `http://127.0.0.1:${port}` } });
  await assert.rejects(host.start(service("a")), (error: unknown) => {
    assert.ok(isAppError(error, "ServiceUnavailable"));
    assert.match(error.message, /^a cannot read its configuration from core-keeper: .*is core-keeper running\?$/);
    return true;
  });
});

// A notice alone, such as another process sends over MQTT, is enough: its value is not looked at.
test("a notice of a key that stands as it was changes nothing", async (t) => {
  const values = new Map<string, string>();
  const { host, bus, service } = setup(t);
  await host.start(keeper(bus, values));
  const { config: live } = await host.start(service("a"));
  let changes = 0;
  live.onChange(() => {
    changes += 1;
  });
  const topic = topics.configChange("edgex/v4/a/Writable/Word");
  const notice: JsonMessage = { kind: "json", topic, payload: { value: "liar" }, correlationId: "", from: "outside" };
  await bus.publish(notice);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(changes, 0);
});
