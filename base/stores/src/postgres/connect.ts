import { isAbsolute } from "node:path";
import { sleep, type Told } from "@jx/kit";
import type { Client, ClientConfig } from "pg";
import { describeAddress, type PostgresAddress } from "./address.ts";
import { isNotThereYet, postgresError } from "./errors.ts";

export interface ConnectOptions {
  readonly address: PostgresAddress;
  /** For the server's list of sessions: "jx-edge core-data, process 4711 on box". */
  readonly applicationName: string;
  /** Where unqualified names are looked up. */
  readonly schema: string;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** An answer that takes longer is a dead network or a server that hangs; the connection is given up. */
const QUERY_TIMEOUT_MS = 60_000;
const RETRY_MS = 500;

/** pg's words for our options. The client itself is imported only where a connection is made. */
export function clientConfig({ address, applicationName, schema }: ConnectOptions): ClientConfig {
  const { host, port, database, user, password, tls } = address;
  // JIT compiling costs more than our short statements take.
  // The rest undoes what a role may have been given and our reading of the answers cannot take.
  const settings = `-c search_path=${schema} -c jit=off -c extra_float_digits=1 -c bytea_output=hex -c client_encoding=UTF8`;
  return {
    host,
    port,
    database,
    user,
    // Not undefined: pg would look for PGPASSWORD and a file of the home folder, which nobody chose here.
    password: password ?? "",
    ssl: tls === "disable" || isAbsolute(host) ? false : { rejectUnauthorized: tls === "verify-full" },
    application_name: applicationName.slice(0, 63),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    options: settings,
  };
}

/** @throws AppError, see postgresError */
export async function connect(options: ConnectOptions): Promise<Client> {
  try {
    return await tryConnect(options);
  } catch (error) {
    throw postgresError(error, options.address);
  }
}

/**
 * Connects, and waits for a server that is not there yet: after a power cut both start at the same moment.
 * @throws AppError Storage when nobody answered within `waitMs`, or at once when the server refuses.
 */
export async function connectPatiently(
  options: ConnectOptions,
  wait: { readonly waitMs: number; readonly signal?: AbortSignal | undefined; onWait?(told: Told): void },
): Promise<Client> {
  const deadline = performance.now() + wait.waitMs;
  for (let told = false; ; ) {
    try {
      return await tryConnect(options);
    } catch (error) {
      if (!isNotThereYet(error) || performance.now() + RETRY_MS > deadline) throw postgresError(error, options.address);
      if (!told) {
        const place = describeAddress(options.address);
        const seconds = Math.round(wait.waitMs / 1_000);
        const message = `waiting for PostgreSQL at ${place}, at most ${seconds} s`;
        wait.onWait?.({ message, code: "postgres-awaited", details: { place, seconds } });
      }
      told = true;
      await sleep(RETRY_MS, wait.signal);
    }
  }
}

async function tryConnect(options: ConnectOptions): Promise<Client> {
  const { Client } = await import("pg");
  const client = new Client(clientConfig(options));
  // Without a listener a connection that breaks while idle would end the process.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    void client.end().catch(() => undefined);
    throw error;
  }
}
