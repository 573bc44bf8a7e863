import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runCli } from "./cli.ts";
import { COMMANDS } from "./command-table.ts";
import { VERSION } from "./version.ts";

async function jx(args: readonly string[], environment: Record<string, string> = {}, answer?: string) {
  let out = "";
  let err = "";
  const exit = await runCli(args, {
    environment,
    terminal: false,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    ask: answer === undefined ? undefined : async () => answer,
    signal: new AbortController().signal,
  });
  return { exit, out, err };
}

function folder(t: { after(fn: () => void): void }): string {
  const path = mkdtempSync(join(tmpdir(), "jx-cli-"));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test("no command: an overview, in the user's language, and wrong usage", async () => {
  const zh = await jx([], { JX_LANG: "zh_CN.UTF-8" });
  assert.equal(zh.exit, 2);
  assert.match(zh.out, /命令行/);
  const en = await jx(["help"], { LANG: "zh_CN.UTF-8", JX_LANG: "en" });
  assert.equal(en.exit, 0);
  for (const { name } of COMMANDS) assert.ok(en.out.includes(`jx ${name}`), name);
  assert.match((await jx(["help", "--lang", "zh"], { JX_LANG: "en" })).out, /通用|命令行/);
});

test("every command has help in both languages, and no two are the same", async () => {
  assert.equal(new Set(COMMANDS.map(({ name }) => name)).size, COMMANDS.length);
  for (const command of COMMANDS) {
    const texts = [command.summary, ...Object.values(command.options ?? {}).map(({ summary }) => summary)];
    for (const { zh, en } of texts) {
      assert.match(zh, /\p{Script=Han}/u, command.name);
      assert.doesNotMatch(en, /\p{Script=Han}/u, command.name);
    }
    const { exit, out } = await jx([...command.name.split(" "), "--help"]);
    assert.equal(exit, 0);
    for (const option of Object.keys(command.options ?? {}))
      assert.ok(out.includes(`--${option}`), `${command.name} --${option}`);
  }
});

test("wrong usage is exit code 2 and says what is right", async () => {
  assert.match((await jx(["nonsense"])).err, /no command "nonsense"; jx help/);
  assert.match((await jx(["device"])).err, /jx device import/);
  assert.match((await jx(["device", "nonsense"])).err, /There is no command "device nonsense"/);
  assert.match((await jx(["read", "P1"])).err, /jx read DEVICE RESOURCE/);
  assert.match((await jx(["read", "P1", "Speed", "now"])).err, /"now" is one too many/);
  for (const args of [["nonsense"], ["device"], ["read", "P1"], ["status", "--nonsense"], ["status", "--lang", "fr"]])
    assert.equal((await jx(args)).exit, 2);
});

test("with no edge it says so and how to start one: exit code 3", async (t) => {
  const data = folder(t);
  const none = await jx(["status", "--data", data]);
  assert.equal(none.exit, 3);
  assert.match(none.err, /No edge is running on the data folder .*\n.*npm start.*jx doctor/s);
  assert.match((await jx(["status", "--data", data, "--lang", "zh"])).err, /没有正在运行的边缘/);
  const json = await jx(["status", "--data", data, "--json"]);
  assert.equal(json.exit, 3);
  assert.equal((JSON.parse(json.out) as { error: { exit: number } }).error.exit, 3);
});

test("a run file that an edge left behind when it was killed is no edge either", async (t) => {
  const data = folder(t);
  // Port 9 of loopback (discard, RFC 863): nobody listens there.
  writeFileSync(
    join(data, "run.json"),
    JSON.stringify({ pid: 1, url: "http://127.0.0.1:9", token: "x", version: "0", startedAt: 0 }),
  );
  for (const args of [["status"], ["status", "--link"], ["event", "tail"], ["read", "a", "b"]]) {
    const { exit, err } = await jx([...args, "--data", data]);
    assert.deepEqual([args, exit], [args, 3], err);
  }
});

test("a question that nobody can answer is wrong usage", async (t) => {
  const data = folder(t);
  writeFileSync(
    join(data, "run.json"),
    JSON.stringify({ pid: 1, url: "http://127.0.0.1:9", token: "x", version: "0", startedAt: 0 }),
  );
  const { exit, err } = await jx(["rule", "rm", "hot", "--data", data]);
  assert.equal(exit, 2);
  assert.match(err, /Remove the rule file hot\S*\?.*\n.*--yes/s);
});

test("a question answered with no does nothing; yes goes on to the edge", async (t) => {
  const data = folder(t);
  const run = { pid: 1, url: "http://127.0.0.1:9", token: "x", version: "0", startedAt: 0 };
  writeFileSync(join(data, "run.json"), JSON.stringify(run));
  const remove = ["rule", "rm", "hot", "--data", data];
  for (const answer of ["", "n", "no", "否", "quit"]) assert.equal((await jx(remove, {}, answer)).exit, 1, answer);
  for (const answer of ["y", "YES", " 是 "]) assert.equal((await jx(remove, {}, answer)).exit, 3, answer);
});

test("files with errors are exit code 4, before an edge is asked for", async (t) => {
  const data = folder(t);
  const bad = join(data, "p.yaml");
  writeFileSync(bad, "name: P\ndeviceResources:\n  - name: V\n    properties: { valueType: X, readWrite: R }\n");
  const profile = await jx(["device", "add", bad, "--data", data]);
  assert.equal(profile.exit, 4);
  assert.match(profile.err, /p\.yaml:4:30: .*valueType must be one of Bool, .*ObjectArray, not "X"/);
  const zh = await jx(["device", "add", bad, "--data", data, "--lang", "zh"]);
  assert.equal(zh.exit, 4);
  assert.match(
    zh.err,
    /p\.yaml:4:30：deviceResources\[0\]\.properties\.valueType 不是 EdgeX 的值类型，应为 Bool、.*ObjectArray 之一，现在是 "X"/,
  );
  assert.doesNotMatch(zh.err, /must be/);
  const table = join(data, "p.csv");
  writeFileSync(table, "Device,Resource,Host,Unit ID,Table,Address,Type\nM,V,10.0.0.1,1,holding,70000,Uint16\n");
  const points = await jx(["device", "import", table, "--addressing", "zero", "--data", data]);
  assert.equal(points.exit, 4);
  assert.match(points.err, /p\.csv:2 row 2 \[Address\] "70000".*\n.*1 error/s);
  assert.equal((await jx(["device", "import", table, "--data", data])).exit, 2);
  assert.equal((await jx(["device", "import", join(data, "none.csv"), "--data", data])).exit, 4);
  assert.equal((await jx(["rule", "check", join(data, "none.pangu"), "--data", data])).exit, 3);
});

test("a dry run and --out need no edge", async (t) => {
  const data = folder(t);
  const points = new URL("../../../docs/examples/points-zh.csv", import.meta.url).pathname;
  const dry = await jx(["device", "import", points, "--dry-run", "--data", data]);
  assert.equal(dry.exit, 0, dry.err);
  assert.match(dry.out, /冷却水表计.*nothing was written/s);
  const out = join(data, "out");
  const written = await jx(["device", "import", points, "--out", out, "--data", data, "--json"]);
  assert.deepEqual((JSON.parse(written.out) as { written: string[] }).written, [
    join(out, "Points-冷却水表计.yaml"),
    join(out, "devices.yaml"),
  ]);
  // What is written is what `jx device add` reads: it gets as far as asking for an edge.
  assert.equal(
    (await jx(["device", "add", join(out, "devices.yaml"), join(out, "Points-冷却水表计.yaml"), "--data", data])).exit,
    3,
  );
});

test("the version is that of the package", async () => {
  const file = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  assert.equal((JSON.parse(file) as { version: string }).version, VERSION);
  const { out } = await jx(["version", "--json", "--data", "/nonexistent"]);
  assert.deepEqual(JSON.parse(out), { jx: VERSION, node: process.version, edge: null });
});
