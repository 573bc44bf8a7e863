import assert from "node:assert/strict";
import { once } from "node:events";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { AppError, type Told } from "@jx/kit";
import {
  databaseAddress,
  lockFolder,
  openDatabase,
  openPostgresStore,
  parsePostgresUrl,
  storeChoice,
} from "@jx/stores";
import { readCommonConfigFile, readConfigFile } from "../config-file.ts";
import { startEdge } from "../edge.ts";
import { type EdgeOptions, parseOptions } from "../options.ts";
import { failureText, WORDS, worded } from "./worded.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const CHINESE = /[\u4e00-\u9fff]/;

/** Codes of the same files that a running service answers with; no start fails with them. */
const WHILE_RUNNING = ["store-behind", "store-away", "store-changed"];

/** Where what a start opens is checked: each code in these sources is shown to a person. */
const SOURCES = [
  "base/stores/src/**/*.ts",
  "base/runtime/src/config/*.ts",
  "base/runtime/src/host/*.ts",
  "base/runtime/src/http/server.ts",
  "base/runtime/src/mqtt/broker.ts",
  "edge/core-metadata/src/units.ts",
  "edge/core-command/src/external/settings.ts",
  "apps/edge/src/**/*.ts",
];

function codesThrown(): Set<string> {
  const files = globSync(SOURCES, { cwd: ROOT }).filter((file) => !/\.(test|fixture)\.ts$/.test(file));
  assert.ok(files.length > 50, `${files.length} files`);
  const pattern = /(?:code: |refuse\(\s*|return \[\s*(?:"[A-Z]\w+",\s*)?|: \["[A-Z]\w+",\s*|optionError\()"([a-z-]+)"/g;
  return new Set(
    files.flatMap((file) => [...readFileSync(join(ROOT, file), "utf8").matchAll(pattern)].map(([, code = ""]) => code)),
  );
}

test("every code that a start can fail or wait with has Chinese words, and no words are left without a code", () => {
  const thrown = codesThrown();
  for (const code of WHILE_RUNNING) assert.ok(thrown.delete(code), code);
  assert.deepEqual([...thrown].sort(), Object.keys(WORDS).sort());
});

/** Both languages say the facts; neither prints a hole. */
function saysInBoth(told: Told, facts: readonly string[]): void {
  const en = worded(told, "en");
  const zh = worded(told, "zh");
  assert.equal(en, told.message);
  assert.match(zh, CHINESE, en);
  for (const text of [en, zh]) {
    assert.doesNotMatch(text, /undefined|\[object|NaN/, text);
    for (const fact of facts) assert.ok(text.includes(fact), `"${text}" lacks "${fact}"`);
  }
}

function thrownBy(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    return error instanceof AppError ? error : assert.fail(String(error));
  }
  return assert.fail("nothing was thrown");
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "jx-told-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("options that do not fit are told in both languages, with option and value", () => {
  const cases: readonly (readonly [
    args: readonly string[],
    facts: readonly string[],
    environment?: Record<string, string>,
  ])[] = [
    [["--no-such"], ["--no-such"]],
    [["--port"], ["--port"]],
    [["extra"], ["extra"]],
    [
      ["--config", "/no/such"],
      ["--config", "/no/such"],
    ],
    [
      ["--port", "70000"],
      ["--port", "70000", "65535"],
    ],
    [
      ["--mqtt-broker", "a:b:c"],
      ["--mqtt-broker", "192.168.1.5:1883"],
    ],
    [
      ["--remote", "x"],
      ["--remote", "core-metadata=http://host:59881"],
    ],
    [
      ["--instance", "a b"],
      ["--instance", "a b", "64"],
    ],
    [
      ["--keeper", "nonsense"],
      ["--keeper", "nonsense", "keeper.http://edgex-core-keeper:59890"],
    ],
    [["--keeper", "http://h:1"], ["EDGEX_STARTUP_DURATION", "1.5"], { EDGEX_STARTUP_DURATION: "1.5" }],
    [
      ["--store", "oracle"],
      ["--store", "sqlite", "postgres://user:password@host:5432/database"],
    ],
    [["--store", "postgres://h/d?x=1"], ["sslmode"]],
    [
      ["--store", "postgres://h/d?sslmode=never"],
      ["sslmode", "verify-full"],
    ],
    [["--store", "postgres://u%zz@h/d"], ["%40"]],
  ];
  for (const [args, facts, environment = {}] of cases)
    saysInBoth(
      thrownBy(() => parseOptions(args, environment)),
      facts,
    );
  saysInBoth(
    thrownBy(() => parsePostgresUrl("mysql://h")),
    ["PostgreSQL", "%2F"],
  );
  const port = () => databaseAddress(storeChoice("postgres"), {}, (key) => (key === "Database/Port" ? "x" : undefined));
  saysInBoth(thrownBy(port), ["Database/Port", "65535"]);
});

test("a configuration file that does not fit is told in both languages, with its place", (t) => {
  const file = join(temporaryFolder(t), "c.yaml");
  const cases: readonly (readonly [string | Uint8Array, readonly string[], ((path: string) => unknown)?])[] = [
    ["all:\n  a: 1\n  a: 2\n", [`${file}:3:3`, "Map keys must be unique"]],
    ["core-data: DEBUG\n", [`${file}:1:12`, "core-data", "LogLevel"]],
    ["- a\n", [file, "core-data:"]],
    [Uint8Array.of(0xb5), [file, "UTF-8"]],
    ["#".repeat(1_000_001), [file, "1000000"]],
    ["Writable: { LogLevel: INFO }\n", [file, "Writable", "all-services"], readCommonConfigFile],
    ["", [file, "all-services"], readCommonConfigFile],
  ];
  for (const [content, facts, read = readConfigFile] of cases) {
    writeFileSync(file, content);
    saysInBoth(
      thrownBy(() => read(file)),
      facts,
    );
  }
});

function options(t: TestContext, args: readonly string[] = [], environment: Record<string, string> = {}): EdgeOptions {
  const all = [
    "--data",
    temporaryFolder(t),
    "--port",
    "0",
    "--no-demo",
    "--no-broker",
    "--only",
    "core-keeper",
    ...args,
  ];
  return parseOptions(all, { CORE_KEEPER_SERVICE_PORT: "0", ...environment }) as EdgeOptions;
}

async function failureOf(start: Promise<AsyncDisposable>): Promise<AppError> {
  try {
    await (await start)[Symbol.asyncDispose]();
  } catch (error) {
    return error instanceof AppError ? error : assert.fail(String(error));
  }
  return assert.fail("it has started");
}

test("a start that fails is told in both languages, and stands in the log in English", async (t) => {
  await using running = await startEdge(options(t));
  const [keeper] = running.host.services;
  const port = String(keeper?.port);
  const taken = options(t, [], { CORE_KEEPER_SERVICE_PORT: port });
  const inUse = await failureOf(startEdge(taken));
  saysInBoth(inUse, ["core-keeper", port, "CORE_KEEPER_SERVICE_PORT", "jx doctor"]);
  const log = readFileSync(join(taken.dataDir, "logs", "edge.log"), "utf8");
  assert.match(log, /the edge did not start/);
  assert.ok(log.includes(`the port is taken`), log);
  assert.doesNotMatch(log, CHINESE);

  const same = options(t, ["--data", running.paths.data]);
  saysInBoth(await failureOf(startEdge(same)), [running.paths.data, String(process.pid), "--data"]);
  saysInBoth(await failureOf(startEdge(options(t, ["--only", "core-dta"]))), ["core-dta", "core-data"]);
  const both = options(t, ["--keeper", "http://h:1"]);
  saysInBoth(await failureOf(startEdge(both)), ["--only core-keeper", "http://h:1"]);
  const elsewhere = options(t, ["--edgex-listen", "192.0.2.1"], { CORE_KEEPER_SERVICE_PORT: "0" });
  saysInBoth(await failureOf(startEdge(elsewhere)), ["core-keeper", "192.0.2.1", "0.0.0.0"]);
  const setting = options(t, [], { CORE_KEEPER_WRITABLE_LOGLEVEL: "LOUD" });
  saysInBoth(await failureOf(startEdge(setting)), ["core-keeper/Writable/LogLevel", "LOUD", "INFO"]);
  const number = options(t, [], { CORE_KEEPER_SERVICE_MAXREQUESTSIZE: "many" });
  saysInBoth(await failureOf(startEdge(number)), ["core-keeper/Service/MaxRequestSize", "many"]);
});

/** A port that nobody listens on, as far as anybody can know. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

test("what a start waits for is told in both languages: keeper, and a PostgreSQL server", async (t) => {
  const waits: Told[] = [];
  const data = temporaryFolder(t);
  const place = `http://127.0.0.1:${await freePort()}`;
  const args = ["--data", data, "--only", "core-data", "--keeper", place];
  const away = parseOptions(args, { EDGEX_STARTUP_DURATION: "1" }) as EdgeOptions;
  const failed = await failureOf(startEdge(away, undefined, (told) => waits.push(told)));
  saysInBoth(failed, [place, "ECONNREFUSED", "EDGEX_STARTUP_DURATION"]);
  assert.deepEqual(
    waits.map(({ code }) => code),
    ["keeper-awaited"],
  );
  for (const told of waits) saysInBoth(told, [place, "ECONNREFUSED"]);

  const seen: Told[] = [];
  const address = { host: "127.0.0.1", port: 1, database: "d", user: "u", password: "s3cret", tls: "disable" } as const;
  const watch = { waiting: (told: Told) => seen.push(told), lost: () => undefined, back: () => undefined };
  const open = openPostgresStore({ address, service: "core-data", migrations: [], connectWaitMs: 700, watch });
  const refused = await failureOf(open);
  saysInBoth(refused, ["postgres://u@127.0.0.1:1/d", "ECONNREFUSED"]);
  assert.doesNotMatch(worded(refused, "zh"), /s3cret/);
  assert.deepEqual(
    seen.map(({ code }) => code),
    ["postgres-awaited"],
  );
  for (const told of seen) saysInBoth(told, ["postgres://u@127.0.0.1:1/d"]);
});

test("a folder and files that cannot be used are told in both languages, with the path", (t) => {
  const folder = temporaryFolder(t);
  const schema = { name: "notes", applicationId: 7, migrations: ["CREATE TABLE a(x)"] };
  const file = join(folder, "notes.db");
  const open = (): AppError => thrownBy(() => openDatabase({ file, schema }));
  using db = new DatabaseSync(file);
  db.exec("CREATE TABLE b(x)");
  saysInBoth(open(), [file]);
  db.exec("PRAGMA application_id=7; PRAGMA user_version=9");
  saysInBoth(open(), [file, "9", "1"]);
  writeFileSync(join(folder, "plain"), "");
  saysInBoth(
    thrownBy(() => lockFolder(join(folder, "plain", "below"))),
    [join(folder, "plain", "below")],
  );
});

test("what has no words of its own is told in English, and that the start has failed in both", () => {
  const error = new AppError("ServerError", "odd", { code: "no-such-code" });
  assert.equal(failureText(error, "en"), "odd");
  assert.equal(failureText(error, "zh"), "启动失败：odd");
  assert.equal(failureText(new AppError("ServerError", "odd", { code: "constructor" }), "zh"), "启动失败：odd");
});
