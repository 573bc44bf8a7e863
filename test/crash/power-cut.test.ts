import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { countLost, cutPower, ROUND_NUMBERS, ROUNDS, writeAndKill } from "./crash.ts";

const hasCompiler = process.platform === "linux" && spawnSync("cc", ["--version"]).status === 0;
const skip = hasCompiler ? false : "needs Linux and a C compiler (cc) for the disk that forgets";

interface Setup {
  readonly data: string;
  readonly shadow: string;
  readonly env: Readonly<Record<string, string>>;
}

function setUp(t: TestContext): Setup {
  const folder = mkdtempSync(join(tmpdir(), "jx-power-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [data, shadow, library] = ["data", "shadow", "power-cut.so"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(data);
  mkdirSync(shadow);
  const source = fileURLToPath(new URL("./power-cut.c", import.meta.url));
  const cc = spawnSync("cc", ["-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], { encoding: "utf8" });
  assert.equal(cc.status, 0, cc.stderr);
  return { data, shadow, env: { LD_PRELOAD: library, POWER_CUT_FOLDER: data, POWER_CUT_SHADOW: shadow } };
}

test("a power cut loses no acknowledged event and tears none", { skip }, async (t) => {
  const { data, shadow, env } = setUp(t);
  const rounds = Math.ceil(ROUNDS / 2);
  let events = 0;
  for (let round = 0; round < rounds; round += 1) {
    const first = round * ROUND_NUMBERS;
    const last = await writeAndKill(data, first, 50 + Math.random() * 300, { env });
    // Some rounds nothing unsynced reaches the disk, in others a part or nearly all of it.
    const share = [0, 0.5, 0.95][round % 3] ?? 0;
    cutPower(data, shadow, () => Math.random() < share);
    assert.equal(await countLost(data, first, last), 0, `round ${round}: acknowledged events are gone`);
    // The check wrote to the files; the next round starts from a disk that is in step with them.
    rmSync(shadow, { recursive: true });
    mkdirSync(shadow);
    cutPower(data, shadow, () => true);
    events += last - first + 1;
  }
  t.diagnostic(`${events} acknowledged events over ${rounds} power cuts, all there`);
});

test("with syncing switched off the same check finds lost events", { skip }, async (t) => {
  const { data, shadow, env } = setUp(t);
  const last = await writeAndKill(data, 0, 300, { env, synchronous: "OFF" });
  cutPower(data, shadow, () => false);
  const lost = await countLost(data, 0, last);
  t.diagnostic(`${lost} of ${last + 1} acknowledged events are lost`);
  assert.ok(lost > 0, "the test does not see that syncing is off");
});
