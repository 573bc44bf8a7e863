import { AppError, messageOf } from "@jx/kit";
import { toBase64 } from "./base64.ts";

/**
 * JSON text as EdgeX peers exchange it. JavaScript numbers hold 53 bits, nanosecond origins need 61 and readings of
 * Int64 and Uint64 64: integers of 16 or more digits under these keys come back as bigint, everything else as JSON.parse
 * gives it.
 */
const LONG_INTEGER = /"(origin|timestamp|value)"\s*:\s*(-?\d{16,20})(?=\s*[,}])/g;
const LONG_KEYS: ReadonlySet<string> = new Set(["origin", "timestamp", "value"]);
/** Marks such an integer inside a string while JSON.parse runs; written as an escape, so no plain text looks like it. */
const MARK = "\u0000int64:";

/** Deeper JSON than this is refused: the code behind it walks recursively, and no EdgeX message nests half as deep. */
export const MAX_DEPTH = 64;

/**
 * Parses outside JSON. Throws ContractInvalid with what is wrong; for an empty text and for text that does not even
 * start as JSON the words are those of Go's encoding/json, which EdgeX answers with (edgex-behaviour.md §0).
 */
export function parseJson(text: string): unknown {
  checkDepth(text);
  let marked = false;
  const quoted = wellFormed(text).replace(LONG_INTEGER, (_, key: string, digits: string) => {
    marked = true;
    return `"${key}":"\\u0000int64:${digits}"`;
  });
  let value: unknown;
  try {
    value = JSON.parse(quoted);
  } catch (error) {
    throw new AppError("ContractInvalid", syntaxMessage(text, error), { code: "invalid-json" });
  }
  if (marked) unmark(value);
  return value;
}

/** An escape of half a surrogate pair, alone or not. */
const SURROGATE = /\\u[dD][89a-fA-F]/;
/** One escape after the other, so that none begins in the middle of another; the half without its other half is caught. */
const ESCAPE = /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(u[dD][89a-fA-F][\da-fA-F]{2})|.)/gs;

/** As Go reads it: half a surrogate pair, which no UTF-8 and so no database and no topic holds, becomes U+FFFD. */
function wellFormed(text: string): string {
  if (!SURROGATE.test(text)) return text;
  return text.replace(ESCAPE, (found, half: string | undefined) => (half === undefined ? found : "\\ufffd"));
}

/**
 * JSON.stringify that also takes what EdgeX values hold: bigint becomes its digits, bytes become base64 (as Go's []byte).
 * Non-finite numbers become null, as everywhere in JSON.
 */
export function stringifyJson(value: unknown): string {
  return JSON.stringify(value, replace) ?? "null";
}

/** JSON.rawJSON (ECMAScript proposal, in V8 since 11.4) prints text as it is; TypeScript's library lacks it. */
interface RawJson {
  rawJSON(text: string): unknown;
}

function replace(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return (JSON as unknown as RawJson).rawJSON(value.toString());
  if (value instanceof Uint8Array) return toBase64(value);
  return value;
}

function checkDepth(text: string): void {
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (c === 0x22) {
      i = endOfString(text, i);
    } else if (c === 0x7b || c === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) {
        throw new AppError("ContractInvalid", `the JSON nests deeper than ${MAX_DEPTH} levels at character ${i}`, {
          code: "json-too-deep",
        });
      }
    } else if (c === 0x7d || c === 0x5d) {
      depth -= 1;
    }
  }
}

/** Index of the closing quote of the string that opens at `start`; the text's end when there is none. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
  return text.length;
}

/** Bounded by MAX_DEPTH. */
function unmark(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) unmark(item);
    return;
  }
  const object = value as Record<string, unknown>;
  for (const key in object) {
    const inner = object[key];
    if (typeof inner === "object") unmark(inner);
    else if (typeof inner === "string" && inner.startsWith(MARK) && LONG_KEYS.has(key)) {
      object[key] = BigInt(inner.slice(MARK.length));
    }
  }
}

function syntaxMessage(text: string, error: unknown): string {
  const start = text.trimStart();
  if (start === "") return "EOF";
  const first = start[0] ?? "";
  if (!/[{["\-0-9tfn]/.test(first)) return `invalid character '${first}' looking for beginning of value`;
  const message = messageOf(error);
  const at = /at position (\d+)/.exec(message)?.[1];
  if (message.startsWith("Unexpected end") || (at !== undefined && Number(at) >= text.length)) return "unexpected EOF";
  return `the body is not valid JSON: ${message}`;
}
