import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { COMPILER_VERSION } from "./compiler-version.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** Grammar, checks, intermediate form and the units they convert. */
const SOURCES = ["engines/pangu/src/language/**/*.ts", "engines/pangu/src/{ir,catalog}.ts", "base/kit/src/units.ts"];

test("the compiler's version is the digest of its sources", () => {
  const digest = createHash("sha256");
  const files = globSync(SOURCES, { cwd: ROOT }).filter((file) => !file.endsWith(".test.ts"));
  assert.ok(files.length > 10);
  for (const file of files.sort()) digest.update(`${file}\0`).update(readFileSync(ROOT + file));
  const version = digest.digest("hex").slice(0, 16);
  assert.equal(COMPILER_VERSION, version, `write "${version}" into compiler-version.ts: the compiler has changed`);
});
