/** Servers that hang, trickle, break off or never stop: a client of ours is done with each in its time. */
import assert from "node:assert/strict";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import { type TestContext, test } from "node:test";
import { bytesOf } from "./answer-bytes.ts";
import { table } from "./http.fixture.ts";
import { httpClient } from "./http-client.ts";

const TIMEOUT_MS = 150;
/** Far more than the time-out, for a machine that does other things meanwhile. */
const LIMIT_MS = 5_000;

async function peer(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

function trickle(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json" });
  const timer = setInterval(() => response.write(" "), 20);
  response.on("close", () => clearInterval(timer));
}

const peers: readonly (readonly [what: string, kind: string, listener: RequestListener])[] = [
  ["takes the request and says nothing", "Timeout", () => undefined],
  ["sends its head and no body", "Timeout", (_request, response) => response.writeHead(200).flushHeaders()],
  ["sends a byte now and then, for ever", "Timeout", (_request, response) => trickle(response)],
  [
    "breaks off in the middle",
    "ServiceUnavailable",
    (_request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("{");
      setTimeout(() => response.destroy(), 20);
    },
  ],
  ["answers what is no JSON", "ContractInvalid", (_request, response) => void response.end("]")],
  ["answers brackets without end", "ContractInvalid", (_request, response) => void response.end("[".repeat(1_000_000))],
];

for (const [what, kind, listener] of peers) {
  test(`a peer that ${what}: ${kind}`, async (t) => {
    const baseUrl = await peer(t, listener);
    const client = httpClient(table, { baseUrl, timeoutMs: TIMEOUT_MS, newId: () => "id" });
    const start = performance.now();
    await assert.rejects(client.bare({}), { kind });
    await assert.rejects(client.asked({ body: {} }), { kind });
    assert.ok(performance.now() - start < LIMIT_MS);
  });
}

test("an answer without end is left when it has become too long", async (t) => {
  let closed = false;
  const url = await peer(t, (_request, response) => {
    response.on("close", () => {
      closed = true;
    });
    const more = (): void => {
      while (!response.destroyed && response.write("x".repeat(65_536)));
      response.once("drain", more);
    };
    more();
  });
  await assert.rejects(bytesOf(await fetch(url), 1_000_000), {
    kind: "Communication",
    message: "the answer is longer than 1000000 bytes",
  });
  for (let i = 0; i < 200 && !closed; i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(closed, "its connection is ended");
});
