/** JSON over fetch to the gateway that served this page. */

export class ApiError extends Error {
  /** HTTP status; 0 when nothing answered. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

export interface Call {
  readonly method?: "GET" | "POST" | "PUT";
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** Integers beyond 2^53 become decimal strings, where the browser lets a reviver see the source text. */
export function parseReply(text: string): unknown {
  return JSON.parse(text, (_key: string, value: unknown, context?: { readonly source?: string }) =>
    typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)
      ? (context?.source ?? String(value))
      : value,
  );
}

/** @throws ApiError with the edge's own message, whole */
export async function call<T>(path: string, { method = "GET", body, signal }: Call = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      ...(signal === undefined ? {} : { signal }),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiError(0, error instanceof Error ? error.message : String(error));
  }
  const text = await response.text();
  if (!response.ok) throw new ApiError(response.status, messageIn(text) ?? `${response.status} ${response.statusText}`);
  return parseReply(text) as T;
}

/** Why a stream is refused, in the edge's words; undefined when it is not, or when nothing answers at all. */
export async function refusalOf(path: string): Promise<string | undefined> {
  const abort = new AbortController();
  try {
    const response = await fetch(path, { signal: abort.signal });
    return response.ok ? undefined : (messageIn(await response.text()) ?? String(response.status));
  } catch {
    return undefined;
  } finally {
    abort.abort(); // A stream that was opened for this question goes on for ever.
  }
}

/** A path of name segments, each escaped: names may hold any character. */
export function path(base: string, ...names: readonly string[]): string {
  return [base, ...names.map(encodeURIComponent)].join("/");
}

function messageIn(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === "string" && message !== "" ? message : undefined;
  } catch {
    return text.trim() === "" ? undefined : text.trim();
  }
}
