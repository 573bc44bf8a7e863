import { AppError } from "@jx/kit";
import { COMMON_CONFIG, environmentName, type Flat } from "@jx/runtime";
import { type PartialAddress, POSTGRES_PORT, type PostgresAddress, parsePostgresUrl } from "@jx/stores";

/** Where keeper, metadata and core data keep their tables, as far as flag and environment say it. */
export type StoreChoice = { readonly kind: "sqlite" } | { readonly kind: "postgres"; readonly address: PartialAddress };

/** @throws AppError ContractInvalid without the text, which may hold a password. */
export function storeChoice(text: string | undefined): StoreChoice {
  if (text === undefined || text === "sqlite") return { kind: "sqlite" };
  if (text === "postgres") return { kind: "postgres", address: {} };
  if (/^postgres(?:ql)?:/.test(text)) return { kind: "postgres", address: parsePostgresUrl(text) };
  const right = "sqlite, postgres, or postgres://user:password@host:5432/database";
  throw new AppError("ContractInvalid", `--store is no store that there is; it should be ${right}`);
}

export interface StoreSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The configuration file: section → flat values. */
  readonly file: Readonly<Record<string, Flat>>;
  /** One service runs, and EdgeX's names need no prefix. */
  readonly alone: boolean;
}

/** As edgex-go's client names it where EDGEX_DBNAME does not (internal/pkg/db/postgres/client.go). */
const EDGEX_DATABASE = "edgex_db";

/**
 * The whole address: what the option leaves open comes from EdgeX's settings of all services, by their names in
 * environment and file (Database/Host and Port, InsecureSecrets' DB). Keeper has them as well, but lies in the store.
 * There is no default password. Undefined with SQLite.
 */
export function databaseAddress(choice: StoreChoice, sources: StoreSources): PostgresAddress | undefined {
  if (choice.kind === "sqlite") return undefined;
  const { environment } = sources;
  const { host, port, database, user, password, tls } = choice.address;
  const secret = "Writable/InsecureSecrets/DB/SecretData";
  return {
    host: host ?? setting("Database/Host", sources) ?? "localhost",
    port: port ?? portOf(setting("Database/Port", sources)),
    database: database ?? environment["EDGEX_DBNAME"] ?? EDGEX_DATABASE,
    user: user ?? setting(`${secret}/username`, sources) ?? "postgres",
    password: password ?? environment["JX_STORE_PASSWORD"] ?? setting(`${secret}/password`, sources),
    tls: tls ?? "disable",
  };
}

function setting(key: string, { environment, file, alone }: StoreSources): string | undefined {
  const common = `all-services/${key}`;
  return (
    environment[environmentName(common)] ??
    (alone ? environment[environmentName(key)] : undefined) ??
    file[COMMON_CONFIG]?.get(common) ??
    file["all"]?.get(key)
  );
}

function portOf(text: string | undefined): number {
  if (text === undefined) return POSTGRES_PORT;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port <= 65_535) return port;
  throw new AppError("ContractInvalid", `Database/Port is "${text}"; it should be a port from 1 to 65535`);
}
