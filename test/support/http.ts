/** Plain HTTP for tests: node:http, because fetch refuses to send a Host or an Origin of one's choice. */
import { request } from "node:http";

export interface Ask {
  readonly method?: string;
  /** undefined: not sent, not even the content-type that a body brings along. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Text and bytes go out as they are, anything else as JSON. */
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Sends exactly this request. A body without content-type goes as JSON. */
export function ask(url: string, { method, headers = {}, body }: Ask = {}): Promise<Answer> {
  const payload =
    body === undefined || typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
  const type = payload === undefined || "content-type" in headers ? {} : { "content-type": "application/json" };
  // Of a GET's body Node does not tell the length by itself.
  const length = payload === undefined || method !== "GET" ? {} : { "content-length": `${Buffer.byteLength(payload)}` };
  const given = Object.fromEntries(
    Object.entries({ ...type, ...length, ...headers }).filter(([, value]) => value !== undefined),
  );
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = request(
    url,
    { method: method ?? (payload === undefined ? "GET" : "POST"), headers: given, agent: false },
    (response) => {
      const chunks: Uint8Array[] = [];
      response.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    },
  );
  sent.on("error", reject);
  sent.end(payload);
  return promise;
}

/** The parsed answer of a request that must succeed. */
export async function askJson<T>(url: string, options: Ask = {}): Promise<T> {
  const { status, text } = await ask(url, options);
  if (status < 200 || status > 299) throw new Error(`${options.method ?? ""} ${url}: ${status} ${text.slice(0, 500)}`);
  return JSON.parse(text) as T;
}
