import { AssertionError } from "node:assert/strict";
import { STATUS_OF } from "@jx/contracts";
import { isAppError, messageOf } from "@jx/kit";

/** What a step wanted and what came instead, as a person reads it. */
export interface Failure {
  readonly expected?: string;
  readonly got: string;
  /** What the step was looking at, where it says so. */
  readonly at?: string;
  /** The service did not answer in time, or not any more. */
  readonly silent: boolean;
}

/** Longer texts are cut: one failure is not to fill the screen. */
const MAX_TEXT = 500;

export function failureOf(error: unknown): Failure {
  const silent = isSilence(error);
  if (error instanceof AssertionError) {
    const { actual, expected, generatedMessage, message, operator } = error;
    // Of assert.ok (its operator is "==") and assert.fail only the message tells anything.
    if (operator === "==" || operator === "fail") return { got: cut(message), silent };
    const at = generatedMessage ? {} : { at: cut(message) };
    return { expected: textOf(expected), got: textOf(actual), ...at, silent };
  }
  if (isAppError(error)) return { got: cut(`${STATUS_OF[error.kind]} ${error.message}`), silent };
  return { got: cut(messageOf(error)), silent };
}

/** The router's own answers: the service has no such operation. */
export function isNotThere(error: unknown): boolean {
  if (!isAppError(error)) return false;
  const body = String(error.details?.["body"] ?? "").trim();
  return /^\{"message":"(?:Not Found|Method Not Allowed)"\}$/.test(body) || body === "404 page not found";
}

function isSilence(error: unknown): boolean {
  if (isAppError(error, "Timeout")) return true;
  if (isAppError(error, "ServiceUnavailable")) return error.details?.["status"] === undefined;
  // Plain requests: fetch's own errors.
  return error instanceof Error && (error.name === "TimeoutError" || error.message === "fetch failed");
}

function textOf(value: unknown): string {
  if (typeof value === "string") return cut(value);
  if (value instanceof RegExp) return cut(String(value));
  const plain = (_key: string, inner: unknown): unknown => {
    if (typeof inner === "bigint") return String(inner);
    if (inner instanceof Map) return Object.fromEntries(inner);
    return inner instanceof Uint8Array ? [...inner] : inner;
  };
  return cut(JSON.stringify(value, plain) ?? String(value));
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
