/**
 * The closed set of error kinds. A kind says what the caller can do about it; contracts maps it to an HTTP status.
 * The names follow EdgeX's go-mod-core-contracts errors/types.go where it has one.
 */
export type ErrorKind =
  | "ContractInvalid" // the input is wrong; the message says which field and what would be right
  | "NotFound"
  | "DuplicateName"
  | "StatusConflict" // right input, wrong moment: something still uses it
  | "LimitExceeded" // larger than a stated limit
  | "RangeNotSatisfiable" // offset beyond the end
  | "ServiceLocked" // writes disabled, device locked or down
  | "NotAllowed" // read of a write-only resource and the like
  | "NotImplemented"
  | "Unauthorized"
  | "Forbidden"
  | "Communication" // the other side answered nonsense or broke off
  | "ServiceUnavailable" // the other side is not there
  | "Timeout"
  | "Storage" // disk full, read-only, damaged
  | "Aborted"
  | "ServerError";

export interface AppErrorOptions {
  /** Stable identifier within a package, such as "modbus-exception"; logged and sent, never translated. */
  readonly code?: string;
  readonly cause?: unknown;
  /** Facts a program can use (device, line, column …). */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Something for a person who watches a start: in English, as logs have it, and with the code and the facts from which
 * another language words it. An AppError is one.
 */
export type Told = Pick<AppError, "message" | "code" | "details">;

/** The one error class. The message says what was wrong, where, what would be right, and which command helps. */
export class AppError extends Error {
  readonly kind: ErrorKind;
  readonly code: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(kind: ErrorKind, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.kind = kind;
    this.code = options.code;
    this.details = options.details;
  }
}

export function isAppError(error: unknown, kind?: ErrorKind): error is AppError {
  return error instanceof AppError && (kind === undefined || error.kind === kind);
}

/** Wraps what is not ours yet; an AppError passes through unchanged. */
export function toAppError(error: unknown, kind: ErrorKind = "ServerError"): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof Error && error.name === "AbortError")
    return new AppError("Aborted", "aborted", { cause: error });
  return new AppError(kind, messageOf(error), { cause: error });
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
