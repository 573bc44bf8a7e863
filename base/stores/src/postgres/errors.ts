import { AppError, isAppError, messageOf } from "@jx/kit";
import { describeAddress, type PostgresAddress } from "./address.ts";

/** What pg throws: the server's own errors have a severity and an SQLSTATE, those of the socket Node's code. */
interface PostgresFailure {
  readonly severity?: string;
  readonly code?: string;
}

/** The connection is of no more use. What did not come through postgresError is a defect in a write, and no such loss. */
export function isConnectionLoss(error: unknown): boolean {
  return isAppError(error) && error.code === "connection-lost";
}

const NOBODY_THERE = /^(?:ECONN|EHOST|ENET|ETIMEDOUT|EPIPE|ENOENT|ENOTFOUND|EAI_AGAIN)/;

/** Nobody answers, or the server is starting, stopping or full (SQLSTATE 57P03, 57P01, 53300): time may mend it. */
export function isNotThereYet(error: unknown): boolean {
  const { severity, code = "" } = error as PostgresFailure;
  if (severity !== undefined) return /^(?:57P0[123]|53300)$/.test(code);
  return NOBODY_THERE.test(code) || /terminated|timeout/i.test(messageOf(error));
}

/**
 * Turns what pg threw into an AppError that says what helps. SQLSTATEs:
 * https://www.postgresql.org/docs/15/errcodes-appendix.html
 */
export function postgresError(error: unknown, address: PostgresAddress): AppError {
  if (isAppError(error)) return error;
  const place = describeAddress(address);
  const { severity, code = "" } = error as PostgresFailure;
  const reason = messageOf(error) || code;
  const details = { place, reason, user: address.user, database: address.database };
  // pg's own words for a password that the server asks for and nobody gave (pg/lib/crypto/sasl.js).
  if (severity === undefined && reason.startsWith("SASL"))
    return new AppError("Storage", `${place}: ${reason}${ACCESS_HELP}`, { code: "access", details, cause: error });
  if (severity === undefined) {
    const text = `the connection to ${place} is lost: ${reason}; it is tried again, see that the server runs`;
    return new AppError("Storage", text, { code: "connection-lost", details, cause: error });
  }
  const [kind, name, help] = explain(code, address);
  return new AppError(kind, `${place}: ${reason}${help}`, { code: name, details, cause: error });
}

const ACCESS_HELP = "; look at user and password (--store, JX_STORE_PASSWORD) and at the server's pg_hba.conf";

function explain(
  code: string,
  { user, database }: PostgresAddress,
): readonly ["Storage" | "LimitExceeded" | "Timeout", code: string, help: string] {
  switch (code) {
    case "28P01":
    case "28000":
      return ["Storage", "access", ACCESS_HELP];
    case "3D000":
      return ["Storage", "no-database", `; make it: createdb --encoding UTF8 --owner ${user} ${database}`];
    case "42501":
      return ["Storage", "permission", `; let it make schemas: GRANT CREATE ON DATABASE "${database}" TO "${user}"`];
    case "53100":
      return ["Storage", "server-disk-full", "; free space on the server's disk, then try again"];
    case "53200":
    case "53300":
      return ["Storage", "server-full", "; raise max_connections or the memory of the server"];
    case "54000":
      return ["LimitExceeded", "too-long", "; a name is longer than PostgreSQL's indexes take (about 2,700 bytes)"];
    case "57014":
      return ["Timeout", "statement-timeout", "; ask for less at once"];
    case "25006":
      return ["Storage", "server-read-only", "; the server takes no writes: choose its primary"];
    default:
      return /^(57P|08)/.test(code) ? ["Storage", "connection-lost", ""] : ["Storage", "server-refused", ""];
  }
}
