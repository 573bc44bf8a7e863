import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { RUN_FILE } from "@jx/contracts";
import { readConfigFile } from "./config-file.ts";
import { writeRunFile } from "./run-file.ts";
import { VERSION } from "./version.ts";
import { unknownSections } from "./warnings.ts";

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "jx-edge-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("the version is package.json's, of the program and of the workspace", () => {
  for (const path of ["../package.json", "../../../package.json"]) {
    const { version } = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as { version: string };
    assert.equal(VERSION, version, path);
  }
});

test("a missing configuration is written as a template that says nothing yet", (t) => {
  const path = join(temporaryFolder(t), "new", "config.yaml");
  assert.deepEqual(readConfigFile(path), {});
  assert.deepEqual(readConfigFile(path), {});
  assert.match(readFileSync(path, "utf8"), /core-data:/);
});

test("sections become flat values; a BOM and empty sections do no harm", (t) => {
  const path = join(temporaryFolder(t), "c.yaml");
  writeFileSync(
    path,
    "\uFEFFall:\n  Writable: { LogLevel: DEBUG }\ncore-data:\n  Retention:\n    DefaultDuration: 24h\nrules:\n",
  );
  const file = readConfigFile(path);
  assert.deepEqual(Object.keys(file), ["all", "core-data", "rules"]);
  assert.deepEqual([...(file["all"] ?? [])], [["Writable/LogLevel", "DEBUG"]]);
  assert.deepEqual([...(file["core-data"] ?? [])], [["Retention/DefaultDuration", "24h"]]);
});

test("an error in the file is told with file, line and column", (t) => {
  const path = join(temporaryFolder(t), "c.yaml");
  const refuse = (content: string | Uint8Array, message: RegExp): void => {
    writeFileSync(path, content);
    assert.throws(() => readConfigFile(path), { kind: "ContractInvalid", code: "config-file", message });
  };
  refuse("all:\n  Writable: { LogLevel: [\n", /c\.yaml:3:1: /);
  refuse("all:\n  a: 1\n  a: 2\n", /c\.yaml:3:3: Map keys must be unique/);
  refuse("all:\n\tx: 1\n", /c\.yaml:2:1: /);
  refuse("core-data: DEBUG\n", /c\.yaml:1:12: "core-data" should hold settings/);
  refuse("- a\n- b\n", /the top level names services/);
  refuse(Uint8Array.of(0x61, 0x3a, 0x20, 0xb5, 0xb1), /not UTF-8/);
  refuse("#".repeat(1_000_001), /larger than 1000000 bytes/);
});

test("a document of aliases that blows up is refused", (t) => {
  const path = join(temporaryFolder(t), "c.yaml");
  const lines = [
    "a: &a { x: 1 }",
    ...[..."bcdefghij"].map(
      (name, i) => `${name}: &${name} { ${[..."pqrstuvwxy"].map((key) => `${key}: *${"abcdefghi"[i]}`).join(", ")} }`,
    ),
  ];
  writeFileSync(path, lines.join("\n"));
  assert.throws(() => readConfigFile(path), /alias/i);
});

test("sections that no service reads are told in both languages", () => {
  assert.deepEqual(unknownSections(["all", "core-data"], ["core-data"], "en"), []);
  assert.match(unknownSections(["core-dta"], ["core-data"], "en")[0] ?? "", /^"core-dta" .* all, core-data\.$/);
  assert.match(unknownSections(["core-dta"], ["core-data"], "zh")[0] ?? "", /“core-dta”/);
});

test("the run file is its owner's alone, whatever an earlier run left, and goes with the edge", (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, RUN_FILE);
  writeFileSync(path, "left by a crash");
  chmodSync(path, 0o644);
  writeFileSync(`${path}.new`, "");
  const content = { pid: 1, url: "http://127.0.0.1:4000", token: "t", version: VERSION, startedAt: 1 };
  {
    using _ = writeRunFile(folder, content);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(JSON.parse(readFileSync(path, "utf8")), content);
  }
  assert.equal(existsSync(path), false);
});
