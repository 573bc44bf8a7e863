import {
  type Client,
  commandOperations,
  dataOperations,
  type Handlers,
  keeperOperations,
  metadataOperations,
  rulesOperations,
  type Table,
} from "@jx/contracts";
import { addRoutes, type Clients, type Logger } from "@jx/runtime";
import type { FastifyInstance } from "fastify";

/** The services behind the one door, under the paths that EdgeX's own gateway uses ("/core-data/api/v3/…"). */
const TABLES = {
  "core-keeper": keeperOperations,
  "core-metadata": metadataOperations,
  "core-data": dataOperations,
  "core-command": commandOperations,
  rules: rulesOperations,
} as const;

export interface MountDeps {
  readonly clients: () => Clients;
  readonly log: Logger;
  readonly newId: () => string;
}

export function mountServices(app: FastifyInstance, deps: MountDeps): void {
  for (const [key, table] of Object.entries(TABLES)) {
    addRoutes<Table>(
      app,
      `/${key}/api/v3`,
      table,
      forward(table, () => deps.clients().of<Table>(key, table)),
      deps,
    );
  }
}

/** A client is what handlers are, but for the defaults that both fill in. */
function forward(table: Table, client: () => Client<Table>): Handlers<Table> {
  const out: Record<string, unknown> = {};
  for (const name of Object.keys(table)) {
    out[name] = (input: never, context: never) => client()[name]?.(input, context);
  }
  return out as Handlers<Table>;
}
