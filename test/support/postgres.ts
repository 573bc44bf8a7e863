/** A real PostgreSQL server of the test's own: made by initdb in a temporary folder, on a free port of loopback. */
import { spawnSync } from "node:child_process";
import { appendFileSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PostgresAddress } from "@jx/stores";
import { freePort } from "./free-port.ts";

/** Debian keeps the server's programs where no PATH looks. */
const DEBIAN = "/usr/lib/postgresql";

/** The newest server that is installed, from 15 on. */
function findPrograms(): string | undefined {
  const versions = existsSync(DEBIAN)
    ? readdirSync(DEBIAN)
        .map(Number)
        .sort((a, b) => b - a)
    : [];
  const found = versions.filter((version) => version >= 15).map((version) => `${DEBIAN}/${version}/bin`);
  const asked = spawnSync("pg_config", ["--bindir"], { encoding: "utf8" });
  if (asked.error === undefined) found.push(asked.stdout.trim());
  return found.find((folder) => existsSync(join(folder, "initdb")));
}

/** For `test(…, { skip })`: why no server can be started here, or false; nothing is skipped under JX_REQUIRE_PEERS=1. */
export function missingPostgres(): string | false {
  if (process.env.JX_REQUIRE_PEERS === "1" || findPrograms() !== undefined) return false;
  return "PostgreSQL 15 or newer is not installed: apt-get install -y postgresql";
}

export interface PostgresServer extends AsyncDisposable {
  /** Of the superuser and the database "postgres". */
  readonly address: PostgresAddress;
  /** An empty database of its own, in UTF-8 unless said otherwise. */
  createDatabase(encoding?: string): Promise<PostgresAddress>;
  /** Runs SQL as superuser; gives what psql prints, one line a row. */
  psql(sql: string, database?: string): string;
  /** A line for postgresql.conf, in force after a reload or restart. */
  configure(line: string): void;
  reload(): void;
  /** Takes TLS as well from now on, with a certificate that nobody has signed but itself. */
  enableTls(): void;
  /** Stops the server; immediate: without a checkpoint or a word, as a crash does. */
  stop(mode: "fast" | "immediate"): void;
  start(): Promise<void>;
}

/** As --store and JX_STORE take it. */
export function postgresUrl({ user, password = "", host, port, database }: PostgresAddress): string {
  return `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
}

export async function startPostgres(settings: readonly string[] = []): Promise<PostgresServer> {
  const bin = findPrograms();
  if (bin === undefined) throw new Error("PostgreSQL is not installed: apt-get install -y postgresql");
  const folder = mkdtempSync(join(tmpdir(), "jx-postgres-"));
  const data = join(folder, "data");
  const port = await freePort();
  const password = "p@ss/word";
  // The server refuses to run as root; Debian's package made the user.
  const asUser = process.getuid?.() === 0 ? ["runuser", "-u", "postgres", "--"] : [];
  if (asUser.length > 0) chownSync(folder, idOf("-u"), idOf("-g"));
  const run = (program: string, args: readonly string[], input?: string): string => {
    const [command = "", ...rest] = [...asUser, join(bin, program), ...args];
    // With the suite's own mark in it, by which a server that outlives a test is found.
    const env = { ...process.env, PGPASSWORD: password, LC_ALL: "C.UTF-8" };
    // What pg_ctl starts would keep a pipe open.
    const out = program === "pg_ctl" ? "ignore" : "pipe";
    const done = spawnSync(command, rest, { encoding: "utf8", env, cwd: folder, input, stdio: ["pipe", out, out] });
    if (done.status !== 0)
      throw new Error(`${program} ${args.join(" ")} ended with ${done.status}: ${done.stderr ?? ""}`);
    return done.stdout ?? "";
  };
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, password, { mode: 0o644 });
  // Without syncing what initdb itself writes: only the server's own syncing is what tests are about.
  const access = ["--auth", "scram-sha-256", "--username", "postgres", "--pwfile", passwordFile];
  run("initdb", ["--pgdata", data, "--no-sync", "--encoding", "UTF8", "--locale", "C.UTF-8", ...access]);
  const configure = (line: string): void => appendFileSync(join(data, "postgresql.conf"), `${line}\n`);
  configure(`listen_addresses = '127.0.0.1'\nport = ${port}\nunix_socket_directories = '${folder}'`);
  configure("shared_buffers = 32MB\nautovacuum_naptime = 1min\nlogging_collector = off");
  for (const line of settings) configure(line);
  const control = (...args: string[]): void =>
    void run("pg_ctl", ["--pgdata", data, "--wait", "--timeout", "60", "--log", join(folder, "log"), ...args]);

  const address = {
    host: "127.0.0.1",
    port,
    user: "postgres",
    password,
    database: "postgres",
    tls: "disable",
  } as const;
  let running = false;
  let databases = 0;
  const psql = (sql: string, database = "postgres"): string => {
    const place = ["--host", "127.0.0.1", "--port", String(port), "--username", "postgres", "--dbname", database];
    return run(
      "psql",
      [...place, "--no-psqlrc", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"],
      sql,
    ).trim();
  };
  const server: PostgresServer = {
    address,
    async createDatabase(encoding = "UTF8") {
      databases += 1;
      const database = `jx_${databases}`;
      psql(`CREATE DATABASE ${database} ENCODING '${encoding}' TEMPLATE template0 LOCALE 'C'`);
      return { ...address, database };
    },
    psql,
    configure,
    reload: () => control("reload"),
    enableTls() {
      const [key, certificate] = [join(data, "server.key"), join(data, "server.crt")];
      const subject = ["-subj", "/CN=localhost", "-days", "2", "-keyout", key, "-out", certificate];
      const [command = "", ...rest] = [
        ...asUser,
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        ...subject,
      ];
      const made = spawnSync(command, rest, { encoding: "utf8", cwd: folder });
      if (made.status !== 0) throw new Error(`openssl ended with ${made.status}: ${made.stderr}`);
      configure("ssl = on");
      control("reload");
    },
    stop(mode) {
      control("stop", "--mode", mode);
      running = false;
    },
    async start() {
      control("start");
      running = true;
    },
    async [Symbol.asyncDispose]() {
      if (running) control("stop", "--mode", "immediate");
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await server.start();
    return server;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function idOf(flag: "-u" | "-g"): number {
  return Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout);
}
