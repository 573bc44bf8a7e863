import { join } from "node:path";
import type { ServiceContext } from "@jx/runtime";
import { loggedWatch } from "@jx/stores";
import type { EventStore } from "./event-store.ts";
import { openPostgresEventStore } from "./postgres.ts";
import { openSqliteEventStore } from "./sqlite.ts";

type Context = Pick<ServiceContext<never>, "key" | "dataDir" | "database" | "log" | "metrics" | "signal">;

/** The event store that the host has chosen: `events.db` in the service's folder, or its schema on PostgreSQL. */
export function openEventStore(context: Context): Promise<EventStore> {
  const { key, dataDir, database, signal } = context;
  if (database === undefined) return openSqliteEventStore({ file: join(dataDir, "events.db") });
  return openPostgresEventStore({ address: database, service: key, signal, watch: loggedWatch(context) });
}
