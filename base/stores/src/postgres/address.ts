import { AppError } from "@jx/kit";

/** Where a PostgreSQL database is and who asks. */
export interface PostgresAddress {
  /** Name, IP address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Never printed. */
  readonly password: string | undefined;
  /** require: encrypted, whoever answers; verify-full: the certificate must be the host's as well (libpq's words). */
  readonly tls: TlsMode;
}

const TLS_MODES = ["disable", "require", "verify-full"] as const;
export type TlsMode = (typeof TLS_MODES)[number];

export const POSTGRES_PORT = 5432;

/** An address as far as a person has written it. */
export type PartialAddress = { readonly [K in keyof PostgresAddress]?: PostgresAddress[K] | undefined };

/**
 * Reads `postgres://user:password@host:port/database?sslmode=require`, each part of which may be missing; `?host=/folder`
 * names a Unix socket, as with libpq.
 * @throws AppError ContractInvalid, which repeats no part of the text: a password may be in any of them.
 */
export function parsePostgresUrl(text: string): PartialAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^postgres(?:ql)?:\/\//.test(text))
    throw wrong("it is no address of PostgreSQL", "no-address");
  const unknown = [...url.searchParams.keys()].find((name) => name !== "sslmode" && name !== "host");
  if (unknown !== undefined) throw wrong("of the options after ? only sslmode and host are known", "option");
  const given = (part: string): string | undefined => (part === "" ? undefined : decodePart(part));
  return {
    host: url.searchParams.get("host") ?? given(url.hostname.replace(/^\[|\]$/g, "")),
    port: url.port === "" ? undefined : Number(url.port),
    user: given(url.username),
    password: given(url.password),
    database: given(url.pathname.slice(1)),
    tls: tlsMode(url.searchParams.get("sslmode") ?? undefined),
  };
}

function tlsMode(text: string | undefined): TlsMode | undefined {
  if (text === undefined) return undefined;
  const mode = TLS_MODES.find((each) => each === text);
  if (mode === undefined) throw wrong(`sslmode is one of ${TLS_MODES.join(", ")}`, "sslmode");
  return mode;
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw wrong("a % in it begins no percent-encoded character", "percent");
  }
}

function wrong(why: string, fault: "no-address" | "option" | "sslmode" | "percent"): AppError {
  const right = "postgres://user:password@host:5432/database, with %40 for @ and %2F for / inside user or password";
  return new AppError("ContractInvalid", `the address of the store cannot be used: ${why}; write it like ${right}`, {
    code: "store-address",
    details: { fault },
  });
}

/** For people and logs: without the password. */
export function describeAddress({ host, port, database, user }: Omit<PostgresAddress, "password" | "tls">): string {
  const place = host.includes(":") ? `[${host}]` : host;
  return `postgres://${user}@${place}:${port}/${database}`;
}
