import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { countLost, ROUND_NUMBERS, ROUNDS, writeAndKill } from "./crash.ts";

// Proves recovery. It proves nothing about syncing, for the page cache outlives the process: see power-cut.test.ts.
test(`kill -9 at ${ROUNDS} random moments under load loses and tears nothing`, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "jx-kill-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let events = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const first = round * ROUND_NUMBERS;
    const last = await writeAndKill(folder, first, Math.random() * 300);
    assert.equal(await countLost(folder, first, last), 0, `round ${round}: acknowledged events are gone`);
    events += last - first + 1;
  }
  t.diagnostic(`${events} acknowledged events over ${ROUNDS} kills, all there`);
});
