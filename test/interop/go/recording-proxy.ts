/** Stands before a service of ours, passes every request on unchanged, and keeps it with its answer. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { ask } from "../../support/http.ts";

export interface Raw {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly status: number;
  /** The answer as the service gave it. */
  readonly text: string;
}

export interface ProxyOptions {
  /** "http://127.0.0.1:40001", asked for at each request: the service may start after its proxy. */
  readonly target: () => string;
  readonly keep: (exchange: Raw) => void;
  /** The answer as the peer gets it, for one that names a place which stands behind a proxy as well. */
  readonly redirect?: (text: string) => string;
}

export interface RecordingProxy extends AsyncDisposable {
  readonly port: number;
}

/** What of a request's headers our services look at. */
const KEPT = ["content-type", "accept", "x-correlation-id"];

export async function startRecordingProxy(options: ProxyOptions): Promise<RecordingProxy> {
  const server = createServer((request, response) => void passOn(request, response, options));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function passOn(request: IncomingMessage, response: ServerResponse, options: ProxyOptions): Promise<void> {
  const { method = "GET", url: path = "/" } = request;
  const headers = Object.fromEntries(
    KEPT.flatMap((name) => {
      const value = request.headers[name];
      return typeof value === "string" ? [[name, value] as const] : [];
    }),
  );
  const body = (await buffer(request)).toString();
  const answer = await ask(options.target() + path, { method, headers, ...(body === "" ? {} : { body }) });
  options.keep({ method, path, headers, body, status: answer.status, text: answer.text });
  const type = answer.headers["content-type"];
  if (type !== undefined) response.setHeader("content-type", type);
  response.writeHead(answer.status);
  response.end(options.redirect?.(answer.text) ?? answer.text);
}
