/** The apart system after restarts and crashes of its parts, in orders that nobody plans. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Commander, commander } from "./commander.ts";
import { missing, SERVICES, type System, startSystem } from "./system.ts";
import { storedEvents, type Witness, witness } from "./witness.ts";

const LIMIT_MS = 30_000;
const DEVICE = "own-device";

interface Scene {
  readonly system: System;
  readonly events: Witness;
  readonly commands: Commander;
}

/** What comes from now on is published, stored and commanded as ever. */
async function goesOn({ system, events, commands }: Scene): Promise<void> {
  const now = performance.now();
  await commands.answeredAfter(now);
  const before = await countOf(system);
  await events.more(20, now, LIMIT_MS);
  const deadline = performance.now() + LIMIT_MS;
  while ((await countOf(system)) < before + 10) assert.ok(performance.now() < deadline, "nothing is stored");
}

async function countOf(system: System): Promise<number> {
  const answer = await fetch(`${system.api("core-data")}/event/count/device/name/${DEVICE}`);
  return ((await answer.json()) as { count: number }).count;
}

const turns: readonly (readonly [name: string, turn: (system: System) => Promise<unknown>])[] = [
  ["core data crashes", (system) => system.restart("core-data", { crash: true })],
  ["keeper crashes", (system) => system.restart("core-keeper", { crash: true })],
  ["metadata and the device service crash", crashTwo],
  ["core command crashes", (system) => system.restart("core-command", { crash: true })],
  ["the broker goes and comes", (system) => system.withoutBroker(async () => {})],
  [
    "core data starts while the broker is away",
    (system) => system.withoutBroker(async () => void (await system.restart("core-data"))),
  ],
  ["the database stops at once and comes", lostDatabase],
  ["all stop, and start in the order in which they stopped", allAgain],
];

async function crashTwo(system: System): Promise<void> {
  await system.restart("core-metadata", { crash: true });
  await system.restart("device-virtual", { crash: true });
}

async function lostDatabase({ postgres }: System): Promise<void> {
  postgres.stop("immediate");
  await postgres.start();
}

async function allAgain(system: System): Promise<void> {
  for (const service of [...SERVICES].reverse()) await system.stop(service);
  // All at once, the device service first: each waits for what it needs.
  await Promise.all([...SERVICES].reverse().map((service) => system.start(service)));
}

test("restarts and crashes in any order", { skip: missing(), timeout: 300_000 }, async (t) => {
  const system = await startSystem(t);
  const events = await witness(t, system.brokerPort);
  const commands = commander(t, system.api("core-command"), `${DEVICE}/Level`);
  const scene = { system, events, commands };
  await goesOn(scene);
  for (const [name, turn] of turns) {
    await t.test(name, async () => {
      await turn(system);
      await goesOn(scene);
    });
  }
  await t.test("nothing is stored twice", async () => {
    await system.stop("device-virtual");
    const stored = await storedEvents(system.api("core-data"), DEVICE);
    assert.deepEqual(
      [...stored.values()].filter((times) => times !== 1),
      [],
    );
  });
});
