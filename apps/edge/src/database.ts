import { existsSync } from "node:fs";
import { join } from "node:path";
import type { SystemStatus } from "@jx/contracts";
import type { Told } from "@jx/kit";
import type { Flat } from "@jx/runtime";
import { databaseAddress, inspectPostgres } from "@jx/stores";
import { commonSetting } from "./common-setting.ts";
import type { EdgeOptions } from "./options.ts";
import type { Selection } from "./services.ts";

/** How long a database server may take to come up beside us, ms. */
const SERVER_WAIT_MS = 60_000;
/** Where the tables are with SQLite, in the data folder. */
const FILES = ["core-keeper/keeper.db", "core-metadata/metadata.db", "core-data/events.db"];

export interface Database {
  /** undefined: SQLite files, or no service with tables runs here. */
  readonly address: ReturnType<typeof databaseAddress>;
  readonly store: SystemStatus["store"];
  /** SQLite files of an earlier choice, which nobody reads now. */
  readonly unusedFiles: readonly string[];
}

export interface DatabaseDeps {
  readonly file: Readonly<Record<string, Flat>>;
  readonly signal: AbortSignal | undefined;
  readonly onWait: (told: Told) => void;
}

/**
 * Where the tables are kept, by --store, environment and EdgeX's Database settings. A server is looked at first of all:
 * what is wrong with it is told before anything has been opened.
 * @throws AppError as databaseAddress and inspectPostgres do
 */
export async function chooseDatabase(
  options: EdgeOptions,
  { keepsTables, keepsAnything, alone }: Selection,
  { file, signal, onWait }: DatabaseDeps,
): Promise<Database> {
  const { environment, store } = options;
  const setting = (key: string): string | undefined => commonSetting(key, { environment, file, alone });
  const address = keepsTables ? databaseAddress(store, environment, setting) : undefined;
  if (address === undefined) {
    const sqlite = { kind: "sqlite", version: process.versions.sqlite ?? "" } as const;
    return { address, store: keepsAnything ? sqlite : undefined, unusedFiles: [] };
  }
  const server = await inspectPostgres(address, { waitMs: SERVER_WAIT_MS, signal, onWait });
  return {
    address,
    store: { kind: "postgres", ...server },
    unusedFiles: FILES.filter((name) => existsSync(join(options.dataDir, name))),
  };
}
