/** kill -9 of the whole edge at random moments, under load by REST and with the demo polled; DESIGN §8.1, §8.14. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { killedStart, startEdgeProcess, temporaryFolder } from "../support/edge-process.ts";
import { startSink } from "../support/modbus-sink.ts";
import { ROUND_NUMBERS, ROUNDS } from "./crash.ts";
import { actedFirings, Button, install, postNumbers, storedNumbers } from "./edge-load.ts";

const POSTERS = 4;
const LOAD_MS = 700;
/** Every so many rounds it is killed while it starts, too. */
const STARTING_EVERY = 5;
const STARTING_MS = 1_500;

test(`kill -9 of the whole edge, ${ROUNDS} times: what was acknowledged is there, no firing is lost or repeated`, async (t) => {
  const data = temporaryFolder(t, "jx-edge-kill-");
  const sink = await startSink(t);
  const button = new Button();
  let edge = await startEdgeProcess(t, { data, demo: true });
  await install(edge, sink.port);
  let events = 0;
  let starts = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const first = (round + 1) * ROUND_NUMBERS;
    const acknowledged: number[] = [];
    let n = first;
    const next = (): number => n++;
    const going = new AbortController();
    const load = [
      button.work(edge, going.signal),
      ...Array.from({ length: POSTERS }, () => postNumbers(edge, next, acknowledged)),
    ];
    await sleep(Math.random() * LOAD_MS);
    going.abort();
    await edge.crash();
    await Promise.all(load);

    const killedStarting = round % STARTING_EVERY === 0;
    if (killedStarting) {
      await killedStart(t, data, Math.random() * STARTING_MS, { demo: true });
      starts += 1;
    }
    edge = await startEdgeProcess(t, { data, demo: true });
    const stored = await storedNumbers(edge, first);
    const lost = acknowledged.filter((each) => !stored.has(each));
    assert.deepEqual(lost, [], `round ${round}: acknowledged events are gone`);
    // A start that was killed may have recovered the store and taken the line about it along.
    const told = killedStarting || tellsRecovery(data);
    assert.ok(told, `round ${round}: the log does not say that the store was recovered`);
    assert.ok(await button.settle(edge), "the edge is there");
    events += acknowledged.length;
  }
  assert.equal((await actedFirings(edge))?.length, button.presses, "each press has acted in exactly one firing");
  const repeated = sink.writes() - button.presses;
  assert.ok(repeated >= 0 && repeated <= ROUNDS, `${sink.writes()} writes for ${button.presses} presses`);
  await edge.stop();
  t.diagnostic(
    `${ROUNDS} kills under load and ${starts} while starting: ${events} acknowledged events all there; ` +
      `${button.presses} presses, each fired once, ${repeated} writes repeated by a kill within a group commit`,
  );
});

/** The last opening of the event store, as the log tells it. */
function tellsRecovery(data: string): boolean {
  const lines = readFileSync(join(data, "logs", "edge.log"), "utf8")
    .trimEnd()
    .split("\n");
  const opened = lines.findLast((line) => line.includes('"event store opened"')) ?? "{}";
  const { unclean, check } = JSON.parse(opened) as { unclean?: boolean; check?: string };
  return unclean === true && check === "ok";
}
