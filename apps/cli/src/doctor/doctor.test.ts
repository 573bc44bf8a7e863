import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { SERVICES_FILE } from "@jx/contracts";
import { coreCommand } from "@jx/core-command";
import { coreData } from "@jx/core-data";
import { coreKeeper } from "@jx/core-keeper";
import { coreMetadata } from "@jx/core-metadata";
import { deviceModbus } from "@jx/device-modbus";
import { deviceVirtual } from "@jx/device-virtual";
import { rules } from "@jx/rules";
import { lockFolder } from "@jx/stores";
import { runningAlone } from "./alone.ts";
import { checkConfigFile } from "./config-file.ts";
import { checkData } from "./data.ts";
import { checkMachine } from "./machine.ts";
import { checkPorts, DEFAULT_PORTS, wantedPorts } from "./ports.ts";
import { checkSystem } from "./system.ts";

function folder(t: { after(fn: () => void): void }): string {
  const path = mkdtempSync(join(tmpdir(), "jx-doctor-"));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test("the ports are those of the services", () => {
  const services = [coreCommand, coreData, coreKeeper, coreMetadata, deviceModbus, deviceVirtual, rules];
  const { gateway: _console, ...ports } = DEFAULT_PORTS;
  assert.deepEqual(ports, Object.fromEntries(services.map(({ key, port }) => [key, port])));
});

test("file and environment move a port, and 0 asks for none", (t) => {
  const data = folder(t);
  writeFileSync(join(data, "config.yaml"), "core-data: { Service: { Port: 1234 } }\nrules: { Service: { Port: 5 } }\n");
  const ports = new Map(
    wantedPorts(data, { RULES_SERVICE_PORT: "0", JX_MQTT_PORT: "2" }).map(({ name, port }) => [name, port]),
  );
  assert.deepEqual(
    [ports.get("core-data"), ports.get("rules"), ports.get("mqtt"), ports.get("core-command")],
    [1234, undefined, 2, 59_882],
  );
});

test("a taken port names its holder", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const wanted = [{ name: "rules", port, optional: false, choose: "RULES_SERVICE_PORT=N" }];
  const [taken] = await checkPorts(wanted);
  assert.equal(taken?.state, "bad");
  assert.match(taken?.help?.en ?? "", /RULES_SERVICE_PORT=N/);
  if (process.platform !== "linux") return;
  assert.match(taken?.text.en ?? "", new RegExp(`taken by .*pid ${process.pid}`));
});

test("Node, clock and memory", () => {
  const good = {
    node: "v24.1.0",
    platform: "linux",
    arch: "x64",
    now: Date.UTC(2026, 10, 1),
    freeBytes: 1e9,
    totalBytes: 2e9,
  };
  assert.deepEqual(
    checkMachine(good).map(({ state }) => state),
    ["ok", "ok", "ok"],
  );
  const poor = { ...good, node: "v20.0.0", now: 0, freeBytes: 5e7 };
  assert.deepEqual(
    checkMachine(poor).map(({ state }) => state),
    ["bad", "bad", "warn"],
  );
  assert.match(checkMachine(poor)[1]?.text.en ?? "", /1970/);
});

test("a fresh data folder is well, also when it is not there yet, and nothing is left in it", async (t) => {
  const parent = folder(t);
  const findings = await checkData(join(parent, "not", "yet"), undefined);
  assert.deepEqual(
    findings.map(({ check }) => check),
    ["data folder", "sync"],
  );
  assert.ok(
    findings.every(({ state }) => state !== "bad"),
    JSON.stringify(findings),
  );
  assert.deepEqual(
    (await checkData(parent, undefined)).map(({ check }) => check),
    ["data folder", "sync", "lock"],
  );
});

test("who holds the folder, and a damaged file, are told", async (t) => {
  const data = folder(t);
  mkdirSync(join(data, "core-data"));
  writeFileSync(join(data, "core-data", "events.db"), "x".repeat(5_000));
  using _lock = lockFolder(data);
  const states = new Map((await checkData(data, undefined)).map(({ check, state }) => [check, state]));
  assert.equal(states.get("file core-data/events.db"), "bad");
  if (process.platform === "linux") assert.equal(states.get("lock"), "warn");
  const own = new Map((await checkData(data, process.pid)).map(({ check, state }) => [check, state]));
  assert.equal(own.get("lock"), "ok");
});

test("a database is read without leaving a file behind, also one in use", async (t) => {
  const data = folder(t);
  mkdirSync(join(data, "rules"));
  const file = join(data, "rules", "rules.db");
  const versions = async () =>
    (await checkData(data, undefined))
      .filter(({ check }) => check === "file rules/rules.db")
      .map(({ text }) => text.en);
  const db = new DatabaseSync(file);
  db.exec("PRAGMA journal_mode=WAL; CREATE TABLE t (x); PRAGMA user_version=7");
  assert.deepEqual(await versions(), ["rules/rules.db: format version 7"]);
  db.close();
  assert.deepEqual(await versions(), ["rules/rules.db: format version 7"]);
  assert.deepEqual(readdirSync(join(data, "rules")), ["rules.db"]);
});

test("a damaged configuration file is told with its place", (t) => {
  const data = folder(t);
  assert.equal(checkConfigFile(data).state, "ok");
  writeFileSync(join(data, "config.yaml"), "core-data:\n  Service: { Port: 1\n");
  const finding = checkConfigFile(data);
  assert.equal(finding.state, "bad");
  assert.match(finding.text.en, /config\.yaml:3:1: /);
});

test("services without a gateway are asked; a file that a crash left points to nobody", {
  skip: process.platform !== "linux",
}, async (t) => {
  const data = folder(t);
  assert.equal(await runningAlone(data), undefined);
  // Port 9 of loopback (discard, RFC 863): nobody listens there.
  const services = [{ key: "core-data", address: "http://127.0.0.1:9" }];
  const write = (pid: number) =>
    writeFileSync(join(data, SERVICES_FILE), JSON.stringify({ pid, version: "0", startedAt: 0, services }));
  write(process.pid);
  assert.equal(await runningAlone(data), undefined, "nobody uses the folder and nobody answers");
  using _lock = lockFolder(data);
  const alone = await runningAlone(data);
  assert.match(alone?.finding.text.en ?? "", /^core-data 0 runs here without a gateway/);
  const overview = (await alone?.system()) ?? assert.fail();
  assert.deepEqual(checkSystem(overview).map(({ state, check }) => `${check} ${state}`)[0], "service core-data bad");
  write(process.pid + 1);
  assert.equal(await runningAlone(data), undefined, "another process uses the folder");
  writeFileSync(join(data, SERVICES_FILE), "{");
  assert.equal(await runningAlone(data), undefined);
});
