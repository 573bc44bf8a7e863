import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { mallocSettings, nodeFlags } from "./memory.mjs";

test("the release's launcher starts the edge with the flags and settings of a start from source", () => {
  const launcher = readFileSync(join(import.meta.dirname, "release/jx"), "utf8");
  assert.deepEqual(/bin\/node" (--.+) "\$home\/lib\/edge\.js"/.exec(launcher)?.[1]?.split(" "), nodeFlags);
  const settings = [...launcher.matchAll(/(MALLOC_\w+)="\$\{\1:-(\d+)\}"/g)].map(([, name, value]) => [name, value]);
  assert.deepEqual(Object.fromEntries(settings), mallocSettings);
});

test("this Node takes the flags", () => {
  const { status, stderr } = spawnSync(process.execPath, [...nodeFlags, "-e", ""], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
});
