import type { ServiceContext } from "@jx/runtime";
import { loggedWatch, type OpenReport, type PostgresReport } from "@jx/stores";
import type { KeeperStore } from "./keeper-store.ts";
import { openPostgresKeeperStore } from "./postgres.ts";
import { openSqliteStore } from "./sqlite.ts";

type Context = Pick<ServiceContext<never>, "key" | "dataDir" | "database" | "log" | "metrics" | "signal">;

/** The store that the host has chosen: `keeper.db` in the service's folder, or its schema on PostgreSQL. */
export function openKeeperStore(
  context: Context,
): Promise<KeeperStore & { readonly report: OpenReport | PostgresReport }> {
  const { key, dataDir, database, signal } = context;
  if (database === undefined) return openSqliteStore(dataDir);
  return openPostgresKeeperStore({ address: database, service: key, signal, watch: loggedWatch(context) });
}
