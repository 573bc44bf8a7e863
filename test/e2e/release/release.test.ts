import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { buildConsole } from "../../../scripts/build-console.ts";
import { buildPrograms, stage } from "../../../scripts/release/stage.ts";
import type { Visit } from "./visitor.ts";

/** A network of its own: nothing but loopback, and every port free. */
const ALONE = ["-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"];
/** All that the launcher asks of the machine besides /bin/sh; no Node. */
const TOOLS = ["dirname", "readlink", "id"];

test("unpacked without network, Node or npm it starts, serves its page, answers jx, and stops", async (t) => {
  if (spawnSync("unshare", [...ALONE, "true"]).status !== 0) {
    if (process.env.JX_REQUIRE_PEERS === "1")
      assert.fail("a network namespace is required: apt-get install -y iproute2");
    return t.skip("no network namespace can be made here (unshare, ip)");
  }
  const root = join(import.meta.dirname, "../../..");
  const folder = mkdtempSync(join(tmpdir(), "jx-release-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const release = join(folder, "jx-edge");
  const tools = join(folder, "tools");
  mkdirSync(tools);
  for (const tool of TOOLS) symlinkSync(`/usr/bin/${tool}`, join(tools, tool));
  buildConsole(root);
  const programs = await buildPrograms(root, join(folder, "lib"));
  const arch = process.arch === "arm64" ? "arm64" : "x64";
  stage({ root, arch, version: "0.0.0-test", tested: true, folder: release }, programs);
  symlinkSync("jx-edge/jx", join(folder, "jx"));

  const visitor = [join(release, "bin", "node"), join(import.meta.dirname, "visitor.ts"), folder];
  const { stdout, stderr, status } = spawnSync("unshare", [...ALONE, ...visitor], {
    encoding: "utf8",
    timeout: 120_000,
  });
  assert.equal(status, 0, stderr);
  const visit = JSON.parse(stdout) as Visit;
  assert.match(visit.startText, /Console +http:\/\/127\.0\.0\.1:\d+/);
  assert.match(visit.page, /<html[\s\S]*<script[^>]+src=/, visit.startText);
  assert.equal(visit.script.slice(0, 4), "200 ");
  assert.equal(visit.statusExit, 0, visit.status);
  assert.match(visit.status, /0\.1\.0/);
  assert.ok(visit.eventsStored > 0, `no event was stored: ${visit.status}`);
  assert.equal(visit.startExit, "exit code 0", visit.startText);
});
