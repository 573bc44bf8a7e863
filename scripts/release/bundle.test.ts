import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { bundle } from "./bundle.ts";

/** A checkout with these files. */
function checkout(t: TestContext, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "jx-bundle-"));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

test("workers, programs and assets named by a run-time URL are found from the bundle", async (t) => {
  const root = checkout(t, {
    "apps/a/src/main.ts": `
      import { once } from "node:events";
      import { readFileSync } from "node:fs";
      import { Worker } from "node:worker_threads";
      import { helper } from "./deep/helper.ts";
      const [answer] = await once(new Worker(helper), "message");
      const page = readFileSync(new URL("page.html", new URL("../assets/", import.meta.url)), "utf8");
      console.log(answer, page);`,
    "apps/a/src/deep/helper.ts": `export const helper: URL = new URL("./worker.ts", import.meta.url);`,
    "apps/a/src/deep/worker.ts": `
      import { parentPort, workerData } from "node:worker_threads";
      const { twice } = await import(new URL("./twice.ts", import.meta.url).href);
      parentPort?.postMessage(twice(21));`,
    "apps/a/src/deep/twice.ts": `export const twice = (n: number): number => 2 * n;`,
    "apps/a/assets/page.html": "the page",
    "package.json": `{ "type": "module" }`,
  });
  const out = join(root, "out");
  await bundle({ root, entries: { a: "apps/a/src/main.ts" }, out });
  rmSync(join(root, "apps"), { recursive: true });
  assert.equal(execFileSync(process.execPath, [join(out, "a.js")], { encoding: "utf8" }), "42 the page\n");
});

test("a run-time URL that leads nowhere stops the release", async (t) => {
  const root = checkout(t, { "a.ts": `console.log(new URL("./b.ts", import.meta.url));` });
  const result = bundle({ root, entries: { a: "a.ts" }, out: join(root, "out") });
  await assert.rejects(result, /a\.ts names \.\/b\.ts, which does not exist/);
});
