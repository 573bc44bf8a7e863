import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** As a release does it: the program, the thread and each store's module are entries of their own. */
test("a store works from a bundle that says where its thread and its module lie", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "jx-bundle-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const program = join(folder, "program.ts");
  writeFileSync(
    program,
    `import { openStore } from ${JSON.stringify(here("./index.ts"))};
    const at = (name) => new URL(name, import.meta.url);
    await using store = await openStore(
      { file: process.argv[2], module: at("./notes.mjs"), reader: true }, { threadEntry: at("./thread.mjs") });
    await store.write("add", "bundled");
    console.log(JSON.stringify(await store.read("all", undefined)));`,
  );
  await build({
    entryPoints: { program, thread: here("./worker/main.ts"), notes: here("./notes.fixture.ts") },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  const run = spawnSync(process.execPath, [join(folder, "program.mjs"), join(folder, "notes.db")], {
    encoding: "utf8",
  });
  assert.equal(run.stdout.trim(), '["bundled"]', run.stderr);
});
