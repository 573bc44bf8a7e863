import type { ServiceContext } from "@jx/runtime";
import { loggedWatch, type OpenReport, type PostgresReport } from "@jx/stores";
import type { DocumentStore } from "./document-store.ts";
import { openPostgresDocumentStore } from "./postgres.ts";
import { openSqliteStore } from "./sqlite.ts";

type Context = Pick<ServiceContext<never>, "key" | "dataDir" | "database" | "log" | "metrics" | "signal">;

/** The store that the host has chosen: `metadata.db` in the service's folder, or its schema on PostgreSQL. */
export function openDocumentStore(
  context: Context,
): Promise<DocumentStore & { readonly report: OpenReport | PostgresReport }> {
  const { key, dataDir, database, signal } = context;
  if (database === undefined) return openSqliteStore(dataDir);
  return openPostgresDocumentStore({ address: database, service: key, signal, watch: loggedWatch(context) });
}
