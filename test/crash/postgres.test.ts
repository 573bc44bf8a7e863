import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { PostgresAddress } from "@jx/stores";
import { openPostgresEventStore } from "../../edge/core-data/src/store/postgres.ts";
import { missingPostgres, type PostgresServer, startPostgres } from "../support/postgres.ts";
import { ROUND_NUMBERS, ROUNDS } from "./crash.ts";
import { isWhole } from "./numbered-event.ts";

const skip = missingPostgres();
const WRITER = fileURLToPath(new URL("./postgres-writer.ts", import.meta.url));

/**
 * Stops the server at once (`pg_ctl stop -m immediate`: no checkpoint, no log buffer written out) `afterMs` after the
 * writer's first acknowledgement, and starts it again. Gives the last number that was acknowledged.
 */
async function writeAndStop(
  server: PostgresServer,
  address: PostgresAddress,
  first: number,
  afterMs: number,
  synchronous: "on" | "off" = "on",
): Promise<number> {
  const args = [WRITER, JSON.stringify(address), String(first), synchronous];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    await Promise.race([
      once(child.stdout ?? child, "data"),
      once(child, "exit").then(() => assert.fail("the writer ended by itself")),
    ]);
    await sleep(afterMs);
    const closed = once(child, "close");
    server.stop("immediate");
    await closed;
    await server.start();
    return Number(output.slice(0, output.lastIndexOf("\n")).split("\n").at(-1));
  } finally {
    child.kill("SIGKILL");
  }
}

/** Counts what was acknowledged in [first, last] and is not there; asserts that no event is torn or there twice. */
async function countLost(address: PostgresAddress, first: number, last: number): Promise<number> {
  await using store = await openPostgresEventStore({ address, service: "core-data" });
  const filter = { start: BigInt(first), end: BigInt(first + ROUND_NUMBERS - 1) };
  const present = new Set<number>();
  const limit = 10_000;
  for (let offset = 0; ; offset += limit) {
    const { items } = await store.events(filter, { offset, limit });
    for (const event of items) {
      assert.ok(isWhole(event), `event ${event.origin} is torn`);
      assert.ok(!present.has(Number(event.origin)), `event ${event.origin} is there twice`);
      present.add(Number(event.origin));
    }
    if (items.length < limit) break;
  }
  let lost = 0;
  for (let n = first; n <= last; n += 1) if (!present.has(n)) lost += 1;
  return lost;
}

test("PostgreSQL: a server stopped in the middle of writing loses no acknowledged event", { skip }, async (t) => {
  await using server = await startPostgres();
  const address = await server.createDatabase();
  const rounds = Math.ceil(ROUNDS / 4);
  let events = 0;
  for (let round = 0; round < rounds; round += 1) {
    const first = round * ROUND_NUMBERS;
    const last = await writeAndStop(server, address, first, Math.random() * 400);
    assert.equal(await countLost(address, first, last), 0, `round ${round}: acknowledged events are gone`);
    events += last - first + 1;
  }
  t.diagnostic(`${events} acknowledged events over ${rounds} stops, all there`);
});

test("PostgreSQL: with synchronous_commit off the same check finds lost events", { skip }, async (t) => {
  await using server = await startPostgres();
  const address = await server.createDatabase();
  const last = await writeAndStop(server, address, 0, 300, "off");
  const lost = await countLost(address, 0, last);
  t.diagnostic(`${lost} of ${last + 1} acknowledged events are lost`);
  assert.ok(lost > 0, "the test does not see that synchronous_commit is off");
});
