/**
 * The process whose server is stopped under it: appends numbered events without a pause and prints a number once it and
 * all before it are acknowledged; an error ends it. Arguments: address as JSON, first number, "on" or "off".
 */
import { writeSync } from "node:fs";
import type { PostgresAddress } from "@jx/stores";
import pg from "pg";
import { openPostgresEventStore } from "../../edge/core-data/src/store/postgres.ts";
import { numberedEvent } from "./numbered-event.ts";

const [address = "", first = "0", synchronous] = process.argv.slice(2);
const OUTSTANDING = 16;

if (synchronous === "off") switchOff();

const store = await openPostgresEventStore({ address: JSON.parse(address) as PostgresAddress, service: "core-data" });
let n = Number(first);
const waiting: Promise<void>[] = [];
for (;;) {
  const batch = Array.from({ length: 1 + (n % 7) }, (_, i) => numberedEvent(n + i));
  n += batch.length;
  const last = n - 1;
  waiting.push(
    store.append(batch).then(
      () => void writeSync(1, `${last}\n`),
      () => process.exit(0),
    ),
  );
  if (waiting.length >= OUTSTANDING) await waiting.shift();
}

/** No server that commits so is used; here the statement that fixes the session's setting is turned into its opposite. */
function switchOff(): void {
  const client = pg.Client.prototype as { query(query: { readonly text: string }): unknown };
  const { query } = client;
  const PINNED = "current_setting('synchronous_commit'), false)";
  client.query = function (this: unknown, config) {
    return query.call(this, { ...config, text: config.text.replace(PINNED, "'off', false)") });
  };
}
