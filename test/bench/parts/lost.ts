import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Numbered } from "./events.ts";

/** How many of these numbers are in no event of the store; the edge that wrote it has ended. */
export function lostOf(folder: string, sent: readonly Numbered[]): number {
  const database = new DatabaseSync(join(folder, "core-data/events.db"), { readOnly: true });
  const count = database.prepare("SELECT count(DISTINCT origin) AS n FROM event WHERE origin BETWEEN ? AND ?");
  let lost = 0;
  for (const { first, count: numbers } of sent) {
    lost += numbers - Number(count.get(first, first + BigInt(numbers) - 1n)?.n);
  }
  database.close();
  return lost;
}
