import { AppError } from "@jx/kit";
import { type PartialAddress, POSTGRES_PORT, type PostgresAddress, parsePostgresUrl } from "./address.ts";

/** Where keeper, metadata and core data keep their tables, as far as flag and environment say it. */
export type StoreChoice = { readonly kind: "sqlite" } | { readonly kind: "postgres"; readonly address: PartialAddress };

/** @throws AppError ContractInvalid without the text, which may hold a password. */
export function storeChoice(text: string | undefined): StoreChoice {
  if (text === undefined || text === "sqlite") return { kind: "sqlite" };
  if (text === "postgres") return { kind: "postgres", address: {} };
  if (/^postgres(?:ql)?:/.test(text)) return { kind: "postgres", address: parsePostgresUrl(text) };
  const right = "sqlite, postgres, or postgres://user:password@host:5432/database";
  throw new AppError("ContractInvalid", `--store is no store that there is; it should be ${right}`, {
    code: "store-choice",
  });
}

/** As edgex-go's client names it where EDGEX_DBNAME does not (internal/pkg/db/postgres/client.go). */
const EDGEX_DATABASE = "edgex_db";

/**
 * The whole address: what the option leaves open comes from EdgeX's settings of all services, which `setting`
 * looks up where they can be read without keeper, for that lies in the store (Database/Host and Port, InsecureSecrets' DB).
 * There is no default password. Undefined with SQLite.
 */
export function databaseAddress(
  choice: StoreChoice,
  environment: Readonly<Record<string, string | undefined>>,
  setting: (key: string) => string | undefined,
): PostgresAddress | undefined {
  if (choice.kind === "sqlite") return undefined;
  const { host, port, database, user, password, tls } = choice.address;
  const secret = "Writable/InsecureSecrets/DB/SecretData";
  return {
    host: host ?? setting("Database/Host") ?? "localhost",
    port: port ?? portOf(setting("Database/Port")),
    database: database ?? environment["EDGEX_DBNAME"] ?? EDGEX_DATABASE,
    user: user ?? setting(`${secret}/username`) ?? "postgres",
    password: password ?? environment["JX_STORE_PASSWORD"] ?? setting(`${secret}/password`),
    tls: tls ?? "disable",
  };
}

function portOf(text: string | undefined): number {
  if (text === undefined) return POSTGRES_PORT;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port <= 65_535) return port;
  throw new AppError("ContractInvalid", `Database/Port is "${text}"; it should be a port from 1 to 65535`, {
    code: "database-port",
    details: { value: text },
  });
}
