import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { AppError, isAppError } from "@jx/kit";
import { connectTo } from "./connect.ts";
import { Link } from "./link.ts";
import { encodeFrame } from "./mbap.ts";
import type { Request } from "./pdu.ts";
import { type Script, type ScriptedServer, scriptedServer } from "./scripted-server.ts";

const READ: Request = { function: 3, address: 0, quantity: 1 };
const never = new AbortController().signal;
const answer = (value: number): Uint8Array => Uint8Array.of(3, 2, value >> 8, value & 0xff);
/** Only a broken link needs so long. */
const quick = { signal: never, timeoutMs: 30_000 };
/** For what never comes. */
const hasty = { signal: never, timeoutMs: 30 };

async function until(check: () => boolean): Promise<void> {
  for (const end = performance.now() + 30_000; !check(); await delay(2)) assert.ok(performance.now() < end);
}

async function withLink(
  script: Script,
  body: (link: Link, server: ScriptedServer) => Promise<void>,
  idleTimeoutMs = 0,
): Promise<void> {
  await using server = await scriptedServer(script);
  const socket = await connectTo({ host: "127.0.0.1", port: server.port, connectDelayMs: 0 }, never);
  await using link = new Link({ peer: `127.0.0.1:${server.port}`, idleTimeoutMs }, { socket });
  await body(link, server);
}

test("requests in flight are matched by transaction, in whatever order the answers come", async () => {
  const held: Uint8Array[] = [];
  const script: Script = (request, socket) => {
    held.push(encodeFrame({ ...request, pdu: answer((request.pdu[2] ?? 0) * 100) }));
    if (held.length === 3) for (const frame of held.reverse()) socket.write(frame);
  };
  await withLink(script, async (link) => {
    const values = await Promise.all([1, 2, 3].map((address) => link.exchange(1, { ...READ, address }, quick)));
    assert.deepEqual(
      values.map((data) => (data[0] ?? 0) * 256 + (data[1] ?? 0)),
      [100, 200, 300],
    );
    assert.equal(link.counters.answers, 3);
  });
});

test("an answer that comes after its time-out is discarded, and the next request gets its own", async () => {
  let late: Uint8Array | undefined;
  const script: Script = (request, socket) => {
    if (request.pdu[2] === 7) {
      late = encodeFrame({ ...request, pdu: answer(0xdead) });
      return;
    }
    if (late !== undefined) socket.write(late);
    socket.write(encodeFrame({ ...request, pdu: answer(42) }));
  };
  await withLink(script, async (link) => {
    await assert.rejects(
      link.exchange(1, { ...READ, address: 7 }, hasty),
      (error) =>
        isAppError(error, "Timeout") &&
        /read holding registers 7 of unit 1 at 127.0.0.1:\d+: no answer within 30 ms/.test(error.message),
    );
    assert.deepEqual([...(await link.exchange(1, READ, quick))], [0, 42]);
    assert.equal(link.counters.strayAnswers, 1);
    assert.equal(link.counters.timeouts, 1);
  });
});

const WRONG: readonly [string, Script, RegExp][] = [
  ["another unit", (r, s) => s.write(encodeFrame({ ...r, unit: r.unit + 1, pdu: answer(1) })), /it is from unit 2/],
  [
    "another function",
    (r, s) => s.write(encodeFrame({ ...r, pdu: Uint8Array.of(4, 2, 0, 1) })),
    /function 3 was asked/,
  ],
  [
    "a wrong byte count",
    (r, s) => s.write(encodeFrame({ ...r, pdu: Uint8Array.of(3, 4, 0, 1) })),
    /2 data bytes were asked, byte count says 4, 2 came/,
  ],
  [
    "too many bytes",
    (r, s) => s.write(encodeFrame({ ...r, pdu: Uint8Array.of(3, 2, 0, 1, 0) })),
    /2 data bytes were asked/,
  ],
  ["too few bytes", (r, s) => s.write(encodeFrame({ ...r, pdu: Uint8Array.of(3, 2, 0) })), /1 came/],
];
for (const [what, script, message] of WRONG) {
  test(`an answer from ${what} is discarded, counted and told; the connection stays`, async () => {
    await withLink(script, async (link) => {
      await assert.rejects(
        link.exchange(1, READ, quick),
        (error) => isAppError(error, "Communication") && message.test(error.message),
      );
      assert.equal(link.counters.badAnswers, 1);
      assert.equal(link.counters.answers, 0);
      await assert.rejects(link.exchange(1, READ, quick), message);
    });
  });
}

test("an answer of a wrong transaction is never a value", async () => {
  await withLink(
    (request, socket) =>
      socket.write(encodeFrame({ ...request, transaction: request.transaction ^ 1, pdu: answer(1) })),
    async (link) => {
      await assert.rejects(link.exchange(1, READ, hasty), (error) => isAppError(error, "Timeout"));
      await until(() => link.counters.strayAnswers === 1);
    },
  );
});

test("a stream that is no Modbus TCP closes the connection, and everybody who waits hears why", async () => {
  await withLink(
    (_, socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"),
    async (link) => {
      await assert.rejects(
        link.exchange(1, READ, quick),
        (error) => isAppError(error, "Communication") && error.code === "modbus-bad-stream",
      );
      assert.equal((await link.closed)?.code, "modbus-bad-stream");
      await assert.rejects(link.exchange(1, READ, quick), /the connection is closed/);
    },
  );
});

test("after three time-outs without any answer the connection is given up", async () => {
  await withLink(
    () => undefined,
    async (link) => {
      for (let i = 0; i < 3; i++)
        await assert.rejects(link.exchange(1, READ, hasty), (error) => isAppError(error, "Timeout"));
      assert.match((await link.closed)?.message ?? "", /3 requests without an answer/);
    },
  );
});

test("a time-out that the SDK rings counts as one", async () => {
  await withLink(
    () => undefined,
    async (link) => {
      for (let i = 0; i < 3; i++) {
        const controller = new AbortController();
        setTimeout(() => controller.abort(new AppError("Timeout", "late")), 5);
        const context = { signal: controller.signal, timeoutMs: 1000 };
        await assert.rejects(link.exchange(1, READ, context), (error) => isAppError(error, "Timeout"));
      }
      assert.equal(link.counters.timeouts, 3);
      assert.match((await link.closed)?.message ?? "", /3 requests without an answer/);
    },
  );
});

test("a peer that goes away fails who waits, at once", async () => {
  await withLink(
    (_, socket) => socket.destroy(),
    async (link) => {
      await assert.rejects(link.exchange(1, READ, { signal: never, timeoutMs: 10_000 }), (error) => isAppError(error));
      assert.ok((await link.closed) !== undefined);
    },
  );
});

test("an abort ends the waiting and its late answer is discarded", async () => {
  const asked = Promise.withResolvers<() => void>();
  await withLink(
    (request, socket) => asked.resolve(() => socket.write(encodeFrame({ ...request, pdu: answer(1) }))),
    async (link) => {
      const controller = new AbortController();
      const context = { ...quick, signal: controller.signal };
      const pending = link.exchange(1, READ, context);
      controller.abort();
      await assert.rejects(pending, (error) => isAppError(error, "Aborted"));
      await assert.rejects(link.exchange(1, READ, context), (error) => isAppError(error, "Aborted"));
      const answerNow = await asked.promise;
      answerNow();
      await until(() => link.counters.strayAnswers === 1);
    },
  );
});

test("an answer between time-outs shows that the peer is there", async () => {
  await withLink(
    (request, socket) => request.pdu[2] === 1 && socket.write(encodeFrame({ ...request, pdu: answer(1) })),
    async (link) => {
      for (const address of [0, 0, 1, 0, 0, 1]) {
        await link.exchange(1, { ...READ, address }, address === 1 ? quick : hasty).catch(() => undefined);
      }
      assert.deepEqual([link.counters.timeouts, link.counters.answers], [4, 2]);
    },
  );
});

test("transaction numbers wrap at 16 bits, and one that was given up is not used again", async () => {
  await withLink(
    (request, socket) =>
      request.pdu[2] !== 7 && socket.write(encodeFrame({ ...request, pdu: answer(request.transaction) })),
    async (link, server) => {
      await assert.rejects(link.exchange(1, { ...READ, address: 7 }, hasty), (error) => isAppError(error, "Timeout"));
      for (let i = 0; i < 66_000; i += 500) {
        await Promise.all(Array.from({ length: 500 }, () => link.exchange(1, READ, quick)));
      }
      assert.equal(link.counters.answers, 66_000);
      const used = server.requests.map(({ transaction }) => transaction);
      assert.deepEqual(used.slice(0, 2), [1, 2]);
      assert.deepEqual(used.slice(65_534, 65_537), [65_535, 0, 2]);
    },
  );
});

test("a connection on which 64 answers are missing is given up", async () => {
  await withLink(
    () => undefined,
    async (link) => {
      const controller = new AbortController();
      const context = { signal: controller.signal, timeoutMs: 1000 };
      const all = Array.from({ length: 65 }, () => link.exchange(1, READ, context).catch(() => undefined));
      controller.abort();
      await Promise.all(all);
      assert.match((await link.closed)?.message ?? "", /64 answers are missing/);
    },
  );
});

test("an idle link closes itself, without a reason to worry", async () => {
  await withLink(
    () => undefined,
    async (link) => assert.equal(await link.closed, undefined),
    20,
  );
});

test("connecting: nobody there, an abort, a time-out, a peer that hangs up", async () => {
  const server = await scriptedServer(() => undefined);
  const { port } = server;
  await server[Symbol.asyncDispose]();
  const options = { host: "127.0.0.1", port, connectDelayMs: 0 };
  await assert.rejects(
    connectTo(options, never),
    (error) => isAppError(error, "ServiceUnavailable") && /nothing listens there; check Port/.test(error.message),
  );
  await assert.rejects(connectTo(options, AbortSignal.abort()), (error) => isAppError(error, "Aborted"));
  await using deaf = await scriptedServer(() => undefined);
  const late = AbortSignal.timeout(20);
  await assert.rejects(connectTo({ ...options, port: deaf.port, connectDelayMs: 5000 }, late), (error) =>
    isAppError(error, "Timeout"),
  );
  const before = deaf.connections;
  const pending = connectTo({ ...options, port: deaf.port, connectDelayMs: 30_000 }, never);
  until(() => deaf.connections > before).then(() => deaf.drop(), assert.ifError);
  await assert.rejects(pending, /closed before the first request/);
});
