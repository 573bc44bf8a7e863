/** What the crash tests share: run the writer, kill it, and check what it left. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openSqliteEventStore } from "../../edge/core-data/src/store/sqlite.ts";
import { isWhole } from "./numbered-event.ts";

export const ROUNDS = Number(process.env.JX_CRASH_ROUNDS ?? 20);
export const DATABASE = "events.db";

/** Numbers are never used twice over the rounds of a test. */
export const ROUND_NUMBERS = 10_000_000;

const WRITER = fileURLToPath(new URL("./event-writer.ts", import.meta.url));

/**
 * Starts the writer in `folder`, kills it `afterMs` after its first acknowledgement, and gives the last number that it
 * acknowledged. Numbers start at `first`.
 */
export async function writeAndKill(
  folder: string,
  first: number,
  afterMs: number,
  options: { readonly env?: Readonly<Record<string, string>>; readonly synchronous?: "FULL" | "OFF" } = {},
): Promise<number> {
  const args = [WRITER, join(folder, DATABASE), String(first), options.synchronous ?? "FULL"];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...options.env },
  });
  try {
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    await Promise.race([
      once(child.stdout, "data"),
      once(child, "exit").then(() => assert.fail("the writer ended by itself")),
    ]);
    await sleep(afterMs);
    child.kill("SIGKILL");
    await once(child, "close");
    const lines = output.slice(0, output.lastIndexOf("\n")).split("\n");
    return Number(lines.at(-1));
  } finally {
    child.kill("SIGKILL");
  }
}

/** Counts what was acknowledged in [first, last] and is not there; asserts that no event is torn and the file is sound. */
export async function countLost(folder: string, first: number, last: number): Promise<number> {
  await using store = await openSqliteEventStore({ file: join(folder, DATABASE) });
  // Without syncs a power cut leaves no log at all, hence nothing to check.
  if (store.report.unclean) assert.equal(store.report.check, "ok");
  const filter = { start: BigInt(first), end: BigInt(first + ROUND_NUMBERS - 1) };
  const { items } = await store.events(filter, { offset: 0, limit: ROUND_NUMBERS });
  for (const event of items) assert.ok(isWhole(event), `event ${event.origin} is torn`);
  const present = new Set(items.map((event) => Number(event.origin)));
  assert.equal(present.size, items.length, "an event is there twice");
  let lost = 0;
  for (let n = first; n <= last; n += 1) if (!present.has(n)) lost += 1;
  return lost;
}

const SECTOR = 512;

/**
 * Replaces the files in `folder` by what a power cut leaves: the shadow, in which only synced bytes are, and of the
 * unsynced bytes any sectors that the disk happened to write.
 */
export function cutPower(folder: string, shadow: string, luck: () => boolean): void {
  for (const name of new Set([...readdirSync(folder), ...readdirSync(shadow)])) {
    if (name.endsWith("-shm")) continue; // never synced, rebuilt by SQLite
    const live = read(join(folder, name));
    const left = new Uint8Array(Math.max(live.length, read(join(shadow, name)).length));
    const synced = read(join(shadow, name));
    left.set(synced);
    let end = synced.length;
    for (let at = 0; at < live.length; at += SECTOR) {
      const sector = live.subarray(at, at + SECTOR);
      if (Buffer.compare(sector, left.subarray(at, at + sector.length)) === 0 || !luck()) continue;
      left.set(sector, at);
      end = Math.max(end, at + sector.length);
    }
    for (const place of [folder, shadow]) writeFileSync(join(place, name), left.subarray(0, end));
  }
}

function read(file: string): Uint8Array {
  return existsSync(file) ? readFileSync(file) : new Uint8Array();
}
