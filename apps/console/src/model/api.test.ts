import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { ApiError, call, parseReply, path, refusalOf } from "./api.ts";

function answering(status: number, body: string) {
  return mock.method(globalThis, "fetch", async () => new Response(body, { status }));
}

test("64-bit integers keep all their digits", () => {
  assert.deepEqual(parseReply('{"origin":1795504192606514233,"n":7,"f":1.5,"text":"1795504192606514233"}'), {
    origin: "1795504192606514233",
    n: 7,
    f: 1.5,
    text: "1795504192606514233",
  });
});

test("names are escaped in a path", () => {
  assert.equal(path("/a/name", "1号泵/x", "r?"), "/a/name/1%E5%8F%B7%E6%B3%B5%2Fx/r%3F");
});

test("the edge's own message is the error's, whole", async () => {
  const fetched = answering(400, '{"apiVersion":"v3","message":"out of maximum value 1480","statusCode":400}');
  try {
    await assert.rejects(call("/x", { method: "PUT", body: { a: "1" } }), (error) => {
      assert.ok(error instanceof ApiError);
      assert.deepEqual([error.status, error.message], [400, "out of maximum value 1480"]);
      return true;
    });
    const init = fetched.mock.calls[0]?.arguments.at(1) as RequestInit | undefined;
    assert.equal(init?.body, '{"a":"1"}');
    assert.deepEqual(init?.headers, { "content-type": "application/json" });
  } finally {
    fetched.mock.restore();
  }
});

test("an error that is no JSON is told as it is, and one without text by its status", async () => {
  for (const [body, message] of [
    ["未授权 / not signed in\n", "未授权 / not signed in"],
    ["", "401 "],
  ] as const) {
    const fetched = answering(401, body);
    await assert.rejects(call("/x"), { name: "ApiError", status: 401, message });
    fetched.mock.restore();
  }
});

test("nothing that answers is status 0, and an abort stays an abort", async () => {
  const fetched = mock.method(globalThis, "fetch", async (_path: string, init: RequestInit) => {
    init.signal?.throwIfAborted();
    throw new TypeError("fetch failed");
  });
  try {
    await assert.rejects(call("/x"), { name: "ApiError", status: 0, message: "fetch failed" });
    await assert.rejects(call("/x", { signal: AbortSignal.abort() }), { name: "AbortError" });
  } finally {
    fetched.mock.restore();
  }
});

test("why a stream is refused is told in the edge's words; an open one is let go again", async () => {
  const refused = answering(503, '{"message":"no room for another viewer; at most 32"}');
  assert.equal(await refusalOf("/live"), "no room for another viewer; at most 32");
  refused.mock.restore();
  const open = answering(200, "event: status");
  assert.equal(await refusalOf("/live"), undefined);
  const init = open.mock.calls[0]?.arguments.at(1) as RequestInit | undefined;
  assert.equal(init?.signal?.aborted, true);
  open.mock.restore();
  const silent = mock.method(globalThis, "fetch", async () => {
    throw new TypeError("fetch failed");
  });
  assert.equal(await refusalOf("/live"), undefined, "nothing answers: the header says so");
  silent.mock.restore();
});
