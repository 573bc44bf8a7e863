import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { AnswerBytes } from "./answer-bytes.ts";

export interface BodyInit {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly body?: string | Uint8Array;
}

/** What fetch refuses to send and some of EdgeX's queries are: a GET with a body. */
export function getWithBody(url: string, { headers, signal, body }: BodyInit): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const request = url.startsWith("https:") ? httpsRequest : httpRequest;
  const length = String(Buffer.byteLength(body ?? ""));
  const sent = request(url, { method: "GET", headers: { ...headers, "content-length": length }, signal }, (answer) => {
    const bytes = new AnswerBytes();
    answer.on("data", (chunk: Uint8Array) => {
      try {
        bytes.add(chunk);
      } catch (error) {
        answer.destroy(error as Error);
      }
    });
    answer.on("error", reject);
    answer.on("end", () => {
      const type = answer.headers["content-type"];
      const status = answer.statusCode ?? 502;
      resolve(new Response(bytes.whole(), { status, headers: type === undefined ? {} : { "content-type": type } }));
    });
  });
  sent.on("error", reject);
  sent.end(body);
  return promise;
}
