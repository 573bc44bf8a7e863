/** A listener over a table of every framing, and raw requests to it. */
import { randomUUID } from "node:crypto";
import { type IncomingHttpHeaders, request } from "node:http";
import type { TestContext } from "node:test";
import { type Client, defineTable, type Handlers, type Table, Type } from "@jx/contracts";
import { createLogger } from "../log/pino-logger.ts";
import { httpClient } from "./http-client.ts";
import { addRoutes, type RouteDeps } from "./routes.ts";
import { createServer, listen, type ServerOptions } from "./server.ts";

const Text = Type.Object({ text: Type.String() });
const name = Type.Object({ name: Type.String() });
const path = { method: "GET", summary: "", output: Text, framing: "single", status: 200, errors: [] } as const;

export const table = defineTable({
  single: { ...path, method: "POST", path: "/single", body: Text, status: 201 },
  bare: { ...path, path: "/bare", framing: "bare" },
  plain: { ...path, path: "/plain", framing: "plain", output: Type.Array(Type.Integer()) },
  empty: { ...path, method: "DELETE", path: "/empty", framing: "empty", status: 204, output: Type.Object({}) },
  multi: { ...path, method: "POST", path: "/multi", framing: "multi", status: 207, body: Type.Array(Text) },
  named: { ...path, path: "/named/{name}/x", params: name },
  rest: { ...path, path: "/rest/{name*}", params: name },
  query: {
    ...path,
    path: "/query",
    query: Type.Object({
      n: Type.Integer({ default: 7 }),
      on: Type.Boolean({ default: false }),
      s: Type.Optional(Type.String()),
    }),
  },
  asked: { ...path, path: "/asked", body: Type.Object({ text: Type.Optional(Type.String()) }) },
  fails: { ...path, method: "PUT", path: "/fails" },
  slow: { ...path, path: "/slow" },
});

export const handlers: Handlers<typeof table> = {
  single: ({ body }) => ({ text: body.text }),
  bare: () => ({ text: "b" }),
  plain: () => [1, 2],
  empty: () => ({}),
  multi: ({ body }) => body.map(() => ({ statusCode: 201 })) as never,
  named: ({ name }) => ({ text: name }),
  rest: ({ name }) => ({ text: name }),
  query: (input) => ({ text: JSON.stringify(input) }),
  asked: ({ body }) => ({ text: body.text ?? "nothing" }),
  fails: () => {
    throw new Error("unexpected");
  },
  slow: () => new Promise((resolve) => setTimeout(() => resolve({ text: "late" }), 300)),
};

export interface Served<T extends Table> {
  readonly port: number;
  readonly url: string;
  readonly client: Client<T>;
  readonly logs: string[];
  ask(target: string, options?: AskOptions): Promise<Answer>;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export async function serve<T extends Table>(
  t: TestContext,
  operations: T,
  implementation: Handlers<T>,
  options: Partial<ServerOptions> & Partial<RouteDeps> & { clientTimeoutMs?: number } = {},
): Promise<Served<T>> {
  const server = { name: "t", host: "127.0.0.1", port: 0, allowedHosts: [], maxBodyBytes: 10_240, ...options };
  const logs: string[] = [];
  const log = createLogger({ level: "DEBUG", write: (line) => logs.push(line) });
  const app = createServer(server);
  t.after(() => app.close());
  addRoutes(app, "/api/v3", operations, implementation, { log, newId: randomUUID, ...options });
  const port = await listen(app, server, { whoHolds: () => undefined });
  const url = `http://127.0.0.1:${port}`;
  return {
    port,
    url,
    client: httpClient(operations, {
      baseUrl: `${url}/api/v3`,
      timeoutMs: options.clientTimeoutMs ?? 5_000,
      newId: randomUUID,
    }),
    logs,
    ask: (target, asked) => ask(port, target, asked),
  };
}

/** The target goes out as it is written, which fetch would tidy up. */
export function ask(port: number, target: string, { method = "GET", headers, body }: AskOptions = {}): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const all = { host: `127.0.0.1:${port}`, ...headers };
  const sent = request({ port, path: target, method, headers: all, agent: false }, (got) => {
    const chunks: Uint8Array[] = [];
    got.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    got.on("end", () =>
      resolve({ status: got.statusCode ?? 0, headers: got.headers, text: Buffer.concat(chunks).toString() }),
    );
  });
  sent.on("error", reject);
  sent.end(body);
  return promise;
}
