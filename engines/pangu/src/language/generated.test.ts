import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const pangu = fileURLToPath(new URL("../../", import.meta.url));
const cli = fileURLToPath(new URL("../../../../node_modules/langium-cli/bin/langium.js", import.meta.url));

test("the committed parser is what the grammar generates", {
  skip: existsSync(cli) ? false : "langium-cli is not installed",
}, () => {
  const folder = mkdtempSync(join(tmpdir(), "pangu-generated-"));
  try {
    mkdirSync(join(folder, "src/language"), { recursive: true });
    for (const file of ["langium-config.json", "src/language/pangu.langium"])
      cpSync(join(pangu, file), join(folder, file));
    execFileSync(process.execPath, [cli, "generate", "-f", join(folder, "langium-config.json")], { stdio: "pipe" });
    const fresh = join(folder, "src/language/generated");
    const committed = join(pangu, "src/language/generated");
    assert.deepEqual(readdirSync(fresh).sort(), readdirSync(committed).sort());
    for (const file of readdirSync(fresh)) {
      assert.equal(
        readFileSync(join(committed, file), "utf8"),
        readFileSync(join(fresh, file), "utf8"),
        `${file} is stale: npm run generate`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("evaluating compiled rules never loads Langium", () => {
  const script = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ resolve: (name, context, next) => { loaded.push(name); return next(name, context); } });
    await import(${JSON.stringify(new URL("../index.ts", import.meta.url).href)});
    console.log(JSON.stringify(loaded));
  `;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  const loaded = JSON.parse(output) as string[];
  assert.ok(loaded.includes("./engine/engine.ts"), output);
  assert.deepEqual(
    loaded.filter((name) => /langium|chevrotain|language/.test(name)),
    [],
  );
});
