/**
 * A rolling swap rehearsed: one service after another is taken out of a running system, another installation of it is
 * put in its place (a data folder of its own, the same port and database), and then the first one again. A device counts
 * all the time; what its events number, and what is commanded meanwhile, tells what a swap costs.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Commander, commander } from "./commander.ts";
import { missing, SERVICES, type Service, type System, startSystem, type Window } from "./system.ts";
import { storedEvents, type Witness, type Witnessed, witness } from "./witness.ts";

/** What docs/deploy.md promises of a restart, with room for a busy machine: the machine's own start of Node is in it. */
const WINDOW_MS = 20_000;
/** Commands are answered again this long after the service says that it is up. */
const AGAIN_MS = 5_000;
/** What the broker, the witness and core data may lie apart in seeing one event. */
const BLUR_MS = 250;
const DEVICE = "own-device";

test("every service is swapped and swapped back while a device counts", {
  skip: missing(),
  timeout: 300_000,
}, async (t) => {
  const system = await startSystem(t);
  const events = await witness(t, system.brokerPort);
  const commands = commander(t, system.api("core-command"), `${DEVICE}/Level`);
  await events.more(20, 0);
  await commands.answeredAfter(0);
  const windows: Window[] = [];
  for (const service of SERVICES) {
    for (const folder of ["second", "first"]) {
      const window = await system.restart(service, { folder });
      windows.push(window);
      await afterSwap(t, window, { system, events, commands, folder });
    }
  }
  await system.stop("device-virtual");
  const stored = await storedEvents(system.api("core-data"), DEVICE);
  await t.test("outside the windows of core data every event is stored, and none is stored twice", () =>
    allStored(t, events.seen, stored, windows),
  );
  await t.test("the device service has left out no number while it ran", () => numbered(events.seen, windows));
  await t.test("commands fail in the windows of what they go through, and in no other", () =>
    answered(commands, windows),
  );
});

interface Swapped {
  readonly system: System;
  readonly events: Witness;
  readonly commands: Commander;
  readonly folder: string;
}

async function afterSwap(t: TestContext, window: Window, { events, commands, folder }: Swapped): Promise<void> {
  const { service, from, to } = window;
  const again = await commands.answeredAfter(to);
  t.diagnostic(
    `${service} → ${folder}: away ${Math.round(to - from)} ms, commands answered ${Math.round(again - to)} ms after`,
  );
  assert.ok(to - from < WINDOW_MS, `${service} was away for ${to - from} ms`);
  assert.ok(again - to < AGAIN_MS, `after ${service} commands were answered ${again - to} ms late`);
  await events.more(20, to, AGAIN_MS);
  await sleep(2 * BLUR_MS);
}

function within(at: number, windows: readonly Window[], services: readonly Service[]): boolean {
  return windows.some(
    ({ service, from, to }) => services.includes(service) && at > from - BLUR_MS && at < to + BLUR_MS,
  );
}

function allStored(
  t: TestContext,
  seen: readonly Witnessed[],
  stored: ReadonlyMap<string, number>,
  windows: readonly Window[],
): void {
  const due = seen.filter(({ at }) => !within(at, windows, ["core-data"]));
  t.diagnostic(
    `${seen.length} events published, ${due.length} of them outside core data's windows, ${stored.size} stored`,
  );
  assert.ok(due.length > 200, "the device has counted");
  assert.deepEqual(
    due.filter(({ id }) => stored.get(id) !== 1),
    [],
    "lost, or stored twice",
  );
  assert.deepEqual(
    [...stored.values()].filter((times) => times !== 1),
    [],
  );
}

/** A device service begins anew with each start; in between each number follows on the one before. */
function numbered(seen: readonly Witnessed[], windows: readonly Window[]): void {
  const counts = seen.filter(({ source }) => source === "Count");
  const gaps = counts.filter(({ number, at }, i) => {
    const before = counts[i - 1];
    return before !== undefined && number !== before.number + 1 && !within(at, windows, ["device-virtual"]);
  });
  // The first after a start of the device service may come later than its window.
  const starts = windows.filter(({ service }) => service === "device-virtual").length;
  assert.ok(gaps.length <= starts, JSON.stringify(gaps));
}

function answered({ asked }: Commander, windows: readonly Window[]): void {
  const path: readonly Service[] = ["core-command", "core-metadata", "device-virtual"];
  const excused = windows.map((window) => ({ ...window, to: window.to + AGAIN_MS }));
  const failed = asked.filter(({ at, answered: good }) => !good && !within(at, excused, path));
  assert.deepEqual(failed, []);
  assert.ok(asked.filter(({ answered: good }) => good).length > 100);
}
