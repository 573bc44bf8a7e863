import { API_VERSION, STATUS_OF, stringifyJson } from "@jx/contracts";
import { AppError, isAppError } from "@jx/kit";

/**
 * Errors of the services that core command calls, as EdgeX passes them on: the status stays, the message says who
 * failed (edgex-behaviour.md §3.2). Whether the other side is in this process or behind HTTP makes no difference.
 */
export async function fromMetadata<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw passOn(error, ({ message }) => message);
  }
}

/** A device service's answer to a set: its message. */
export const fromSet = fromMetadata;

/** A device service's answer to a get: EdgeX puts the whole JSON of the error into the message. */
export async function fromGet<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw passOn(error, bodyOf);
  }
}

function passOn(error: unknown, text: (error: AppError) => string): unknown {
  if (!isAppError(error)) return error;
  if (isUnreachable(error)) return new AppError("ServiceUnavailable", UNREACHABLE, { cause: error });
  const message = `request failed, status code: ${STATUS_OF[error.kind]}, err: ${text(error)}`;
  return new AppError(error.kind, message, { cause: error });
}

const UNREACHABLE = "failed to send a http request";

/** Nobody answered, as opposed to an answer that says "unavailable". */
function isUnreachable(error: AppError): boolean {
  if (error.details?.["status"] !== undefined) return false;
  return error.kind === "Timeout" || error.code === "not-running" || error.message === UNREACHABLE;
}

/** The JSON that the service sent, or would have sent: an in-process call has none. */
function bodyOf(error: AppError): string {
  const sent = error.details?.["body"];
  if (typeof sent === "string") return goEscape(sent);
  return goEscape(
    stringifyJson({ apiVersion: API_VERSION, message: error.message, statusCode: STATUS_OF[error.kind] }),
  );
}

/** encoding/json escapes these so that JSON may stand in HTML; outside of strings they do not occur. */
function goEscape(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
