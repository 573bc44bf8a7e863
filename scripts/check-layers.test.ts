import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { checkLayers } from "./check-layers.ts";

const FOLDERS = [
  ..."base/kit base/contracts base/runtime base/stores engines/pangu edge/core-data edge/rules edge/device-sdk".split(
    " ",
  ),
  ..."edge/devices/modbus apps/edge apps/console plant test".split(" "),
];
const root = mkdtempSync(join(tmpdir(), "jx-layers-"));
after(() => rmSync(root, { recursive: true }));

/** Breaches in a house of empty packages plus `files`. */
function breaches(files: Readonly<Record<string, string>>): string[] {
  rmSync(root, { recursive: true });
  const workspaces = ["base/*", "engines/*", "edge/*", "edge/devices/*", "apps/*", "plant", "test"];
  const house: Record<string, string> = { "package.json": JSON.stringify({ workspaces }) };
  for (const folder of FOLDERS) house[`${folder}/package.json`] = JSON.stringify({ name: nameOf(folder) });
  for (const [file, text] of Object.entries({ ...house, ...files })) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return checkLayers(root);
}

const nameOf = (folder: string): string => `@jx/${folder.split("/").at(-1)}`;

test("the project's own house stands", () => {
  assert.deepEqual(checkLayers(process.cwd()), []);
});

test("an empty house stands", () => {
  assert.deepEqual(breaches({}), []);
});

const allowed: readonly (readonly [file: string, text: string])[] = [
  ["edge/core-data/src/a.ts", `import { x } from "@jx/runtime";\nexport * from "@jx/stores";`],
  ["edge/rules/src/a.ts", `const { parse } = await import("@jx/pangu");`],
  ["edge/devices/modbus/src/a.ts", `import type { Event } from "@jx/contracts";\nimport { x } from "@jx/device-sdk";`],
  ["apps/edge/src/main.ts", `import { x } from "@jx/core-data";\nconsole.log(process.env.JX_DATA);\nprocess.exit(1);`],
  ["plant/src/a.ts", `import { x } from "@jx/kit";`],
  ["test/e2e/a.test.ts", `import { x } from "@jx/edge";`],
  ["base/kit/src/deep/a.ts", `import { x } from "../b.ts";`],
  ["base/kit/src/a.ts", `// process.env is the host's\nexport const now = "new Date(0)";`],
  ["engines/pangu/src/generated/a.ts", `import { x } from "@jx/runtime";`],
  ["test/crash/a.test.ts", `import { x } from "../../edge/core-data/src/a.ts";`],
  ["edge/core-data/src/a.bench.ts", `console.log("1 µs");`],
  ["edge/core-data/src/a.test.ts", `process.env.JX_DATA = "";`],
];
for (const [file, text] of allowed) {
  test(`allowed: ${file} with ${text.split("\n")[0]}`, () => assert.deepEqual(breaches({ [file]: text }), []));
}

const forbidden: readonly (readonly [file: string, text: string, problem: RegExp])[] = [
  ["base/kit/src/a.ts", `import { x } from "@jx/contracts";`, /kit may not use @jx\/contracts/],
  ["base/stores/src/a.ts", `import {\n  x,\n} from "@jx/runtime";`, /stores may not use @jx\/runtime/],
  ["engines/pangu/src/a.ts", `export { x } from "@jx/contracts";`, /pangu may not use @jx\/contracts/],
  ["edge/core-data/src/a.ts", `import "@jx/rules";`, /core-data may not use @jx\/rules/],
  ["edge/core-data/src/a.test.ts", `const x = await import("@jx/rules");`, /core-data may not use @jx\/rules/],
  ["edge/devices/modbus/src/a.ts", `import { x } from "@jx/contracts";`, /modbus may not use @jx\/contracts/],
  ["edge/devices/modbus/src/a.ts", `import { x } from "@jx/runtime";`, /modbus may not use @jx\/runtime/],
  ["plant/src/a.ts", `import type { x } from "@jx/core-data";`, /plant may not use @jx\/core-data/],
  ["apps/console/src/a.tsx", `import { x } from "@jx/runtime";`, /console may not use @jx\/runtime/],
  [
    "edge/rules/package.json",
    `{"name":"@jx/rules","dependencies":{"@jx/core-data":"1"}}`,
    /package.json: @jx\/rules may not/,
  ],
  ["edge/rules/src/a.ts", `import { x } from "../../core-data/src/a.ts";`, /leaves the package/],
  ["edge/rules/src/a.ts", `const home = process.env.HOME;`, /process\.env belongs to the host/],
  ["base/runtime/src/a.ts", `process.exit(1);`, /process\.exit belongs to the host/],
  ["engines/pangu/src/a.ts", `console.log(1);`, /console\.log\( belongs to the host/],
  ["engines/pangu/src/a.ts", `const t = Date.now();`, /Date\.now in a pure package/],
  ["base/contracts/src/a.ts", `const t = new Date();`, /new Date\(\) in a pure package/],
];
for (const [file, text, problem] of forbidden) {
  test(`forbidden: ${file} with ${text}`, () => {
    const problems = breaches({ [file]: text });
    assert.equal(problems.length, 1, problems.join("\n"));
    assert.match(problems[0] ?? "", problem);
  });
}

test("what a database thread loads leaves the schemas out, directly and behind its own files", () => {
  const jobs = "edge/core-data/src/store/sqlite/jobs.ts";
  const behind = {
    [jobs]: `import { x } from "../a.ts";`,
    "edge/core-data/src/store/a.ts": `import { y } from "@jx/contracts";`,
  };
  assert.match(breaches(behind).join("\n"), /^edge\/core-data\/src\/store\/a\.ts: a database thread loads this/);
  const fine = `import type { Event } from "@jx/contracts";\nimport { z } from "@jx/contracts/value-type";`;
  assert.deepEqual(breaches({ [jobs]: fine }), []);
});
