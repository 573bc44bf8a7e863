import { AppError, sleep, type Told } from "@jx/kit";
import { sqlToInt, sqlToText } from "../sql-values.ts";
import { describeAddress, type PostgresAddress } from "./address.ts";
import type { Sql } from "./sql.ts";

/** First half of our advisory locks' keys: "JXST". The other half is the schema. */
const LOCK_CLASS = 0x4a585354;
const RETRY_MS = 250;

export interface LockOptions {
  readonly address: PostgresAddress;
  readonly schema: string;
  /** How long an older holder may take to go, ms. */
  readonly waitMs: number;
  /** A session of our own that the server has not missed yet: it is ended instead of waited for. */
  readonly formerPid?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  onWait?(told: Told): void;
}

/**
 * Makes this session the only one that writes to the schema. The lock is the session's: it ends with the connection,
 * and all writes go by this connection, so nobody writes who does not hold it.
 * @throws AppError StatusConflict naming the holder when it is still there after `waitMs`.
 */
export async function lockSchema(sql: Sql, options: LockOptions): Promise<void> {
  const { address, schema, waitMs, formerPid } = options;
  const key = [LOCK_CLASS, schema];
  const deadline = performance.now() + waitMs;
  for (let told = false; ; ) {
    const [got] = await sql("SELECT pg_try_advisory_lock($1::int, hashtext($2)) AS got", key);
    if (got?.["got"] === true) return;
    const holder = await findHolder(sql, key);
    if (holder !== undefined && holder.pid === formerPid)
      await sql("SELECT pg_terminate_backend($1::int)", [formerPid]);
    const place = describeAddress(address);
    const text = `${place}, schema ${schema}, is in use by ${holder?.text ?? "another edge"}`;
    const facts = { place, schema, holder: holder?.text, pid: holder?.pid };
    if (performance.now() + RETRY_MS > deadline) {
      throw new AppError("StatusConflict", `${text}; stop it, or give this edge another database (--store)`, {
        code: "store-locked",
        details: facts,
      });
    }
    if (!told) {
      const seconds = Math.round(waitMs / 1_000);
      const message = `${text}; waiting at most ${seconds} s for it to end`;
      options.onWait?.({ message, code: "schema-awaited", details: { ...facts, seconds } });
    }
    told = true;
    await sleep(RETRY_MS, options.signal);
  }
}

/** pg_locks spells the two halves of a key classid and objid, with objsubid 2 (postgres 15, §54.12). */
async function findHolder(
  sql: Sql,
  key: readonly unknown[],
): Promise<{ readonly pid: number; readonly text: string } | undefined> {
  const [row] = await sql(
    `SELECT a.pid, a.application_name, coalesce(host(a.client_addr), 'this server') AS client, coalesce(a.backend_start::text, 'an unknown time') AS since
     FROM pg_locks l JOIN pg_stat_activity a USING (pid)
     WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND l.classid::bigint = $1::bigint AND l.objid = hashtext($2)::oid`,
    key,
  );
  if (row === undefined) return undefined;
  const pid = sqlToInt(row["pid"]);
  const name = sqlToText(row["application_name"]);
  return { pid, text: `${name} from ${sqlToText(row["client"])} (session ${pid}, since ${sqlToText(row["since"])})` };
}
