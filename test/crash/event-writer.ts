/**
 * The process that the crash tests kill: appends numbered events without a pause and prints a number once it and all
 * before it are acknowledged. Arguments: file, first number, FULL or OFF.
 */
import { writeSync } from "node:fs";
import { openSqliteEventStore } from "../../edge/core-data/src/store/sqlite.ts";
import { numberedEvent } from "./numbered-event.ts";

const [file = "", first = "0", synchronous] = process.argv.slice(2);
const OUTSTANDING = 16;

const store = await openSqliteEventStore({ file, synchronous: synchronous === "OFF" ? "OFF" : "FULL" });
let n = Number(first);
const waiting: Promise<void>[] = [];
for (;;) {
  const batch = Array.from({ length: 1 + (n % 7) }, (_, i) => numberedEvent(n + i));
  n += batch.length;
  const last = n - 1;
  waiting.push(store.append(batch).then(() => void writeSync(1, `${last}\n`)));
  if (waiting.length >= OUTSTANDING) await waiting.shift();
}
