/** Plain HTTP, for what a typed client hides: exact texts, headers, content types and what is no request at all. */
export interface RawRequest {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** `path` is under "/api/v3". */
export type Raw = (path: string, request?: RawRequest) => Promise<RawAnswer>;

/** `baseUrl` is "http://host:port/api/v3". Nothing is followed, added or mended on the way. */
export function rawOver(baseUrl: string, timeoutMs: number): Raw {
  return async (path, { method = "GET", headers = {}, body } = {}) => {
    const response = await fetch(baseUrl + path, {
      method,
      headers,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
}

/** Status and body as one line: "404 {…}". */
export async function said(answer: Promise<RawAnswer>): Promise<string> {
  const { status, text } = await answer;
  return `${status} ${text}`;
}

/** What EdgeX answers to a bad request, as `said` words it. */
export function bad(message: string): string {
  return `400 ${JSON.stringify({ apiVersion: "v3", message, statusCode: 400 })}`;
}
