import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError, deferred, isAppError } from "@jx/kit";
import type { AnySession } from "../driver.ts";
import { until } from "../test-parts.ts";
import { Backoff } from "./backoff.ts";
import { Breaker } from "./breaker.ts";
import { Connection, type ConnectionDeps } from "./connection.ts";

function session(maxInFlight = 1): AnySession & { lose(reason?: AppError): void; disposed: boolean } {
  const closed = deferred<AppError | undefined>();
  return {
    maxInFlight,
    closed: closed.promise,
    disposed: false,
    lose: (reason) => closed.resolve(reason),
    read: async () => [],
    write: async () => undefined,
    async [Symbol.asyncDispose]() {
      this.disposed = true;
      closed.resolve(undefined);
    },
  };
}

function connect(deps: Partial<ConnectionDeps>): Connection {
  return new Connection(
    { key: "tcp 1.2.3.4:502", openTimeoutMs: 200 },
    { open: async () => session(), monotonic: () => performance.now(), random: () => 0.5, ...deps },
  );
}

test("opens when first needed, and serves writes before reads before polls", async () => {
  let opened = 0;
  await using connection = connect({
    open: async () => {
      opened += 1;
      return session();
    },
  });
  assert.equal(opened, 0);
  await connection.request("read", 1_000, async () => undefined);
  const order: string[] = [];
  const gate = deferred<void>();
  const first = connection.request("poll", 1_000, async () => {
    order.push("first poll");
    await gate.promise;
  });
  const others = (["poll", "read", "write", "poll", "write", "read"] as const).map((priority) =>
    connection.request(priority, 1_000, async () => void order.push(priority)),
  );
  await until(() => order.length === 1, "the first poll");
  gate.resolve();
  await Promise.all([first, ...others]);
  assert.deepEqual(order, ["first poll", "write", "write", "read", "read", "poll", "poll"]);
  assert.equal(opened, 1);
});

test("never has more than maxInFlight exchanges on the wire", async () => {
  await using connection = connect({ open: async () => session(3) });
  let now = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 20 }, () =>
      connection.request("read", 1_000, async () => {
        now += 1;
        most = Math.max(most, now);
        await new Promise((resolve) => setTimeout(resolve, 1));
        now -= 1;
      }),
    ),
  );
  assert.equal(most, 3);
});

test("an exchange that takes too long is aborted and costs nobody else", async () => {
  await using connection = connect({});
  const slow = connection.request("read", 20, (_, { signal }) => {
    return new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  });
  const next = connection.request("read", 1_000, async () => "answer");
  await assert.rejects(slow, { kind: "Timeout", message: "tcp 1.2.3.4:502 gave no answer within 20 ms" });
  assert.equal(await next, "answer");
});

test("a driver that does not give up loses its session", async () => {
  const sessions: ReturnType<typeof session>[] = [];
  await using connection = connect({
    open: async () => {
      const made = session();
      sessions.push(made);
      return made;
    },
  });
  await assert.rejects(
    connection.request("read", 5, () => new Promise(() => undefined)),
    { kind: "Timeout" },
  );
  assert.equal(sessions[0]?.disposed, true);
  assert.equal(await connection.request("read", 100, async () => "new session"), "new session");
  assert.equal(sessions.length, 2);
});

test("while it backs off polls fail at once, and a write tries right away", async () => {
  let attempts = 0;
  let now = 0;
  let there = false;
  await using connection = connect({
    monotonic: () => now,
    open: async () => {
      attempts += 1;
      if (!there) throw new AppError("ServiceUnavailable", "connect ECONNREFUSED 1.2.3.4:502");
      return session();
    },
  });
  const poll = (): Promise<string> => connection.request("poll", 100, async () => "polled");
  const refused = {
    kind: "ServiceUnavailable",
    message: "tcp 1.2.3.4:502 is not connected: connect ECONNREFUSED 1.2.3.4:502; next attempt in 250 ms",
  };
  await assert.rejects(poll(), refused);
  await assert.rejects(poll(), refused);
  assert.equal(attempts, 1);
  there = true;
  assert.equal(await connection.request("write", 100, async () => "written"), "written");
  assert.equal(attempts, 2);
  now = 300;
  assert.equal(await poll(), "polled");
});

test("a lost session is opened again; a server that hangs up at once is backed off from", async () => {
  let now = 0;
  let attempts = 0;
  const sessions: ReturnType<typeof session>[] = [];
  await using connection = connect({
    monotonic: () => now,
    open: async () => {
      attempts += 1;
      const made = session();
      sessions.push(made);
      return made;
    },
  });
  for (const [ceiling, at] of [
    [500, 0],
    [1_000, 300],
    [2_000, 900],
  ] as const) {
    now = at;
    const poll = connection.request("poll", 100, async (open) => {
      (open as ReturnType<typeof session>).lose(new AppError("Communication", "reset by peer"));
      throw new AppError("Communication", "reset by peer");
    });
    await assert.rejects(poll, { kind: "Communication" });
    await assert.rejects(
      connection.request("poll", 100, async () => "too early"),
      (error) => isAppError(error) && error.message.endsWith(`next attempt in ${ceiling / 2} ms`),
    );
  }
  assert.equal(attempts, 3);
});

test("one answered exchange makes the back-off start anew", async () => {
  let there = false;
  let now = 0;
  const sessions: ReturnType<typeof session>[] = [];
  await using connection = connect({
    monotonic: () => now,
    open: async () => {
      if (!there) throw new AppError("ServiceUnavailable", "refused");
      const made = session();
      sessions.push(made);
      return made;
    },
  });
  const poll = (): Promise<string> => connection.request("poll", 100, async () => "polled");
  for (const wait of [250, 500, 1_000]) {
    await assert.rejects(poll(), { message: new RegExp(`next attempt in ${wait} ms$`) });
    now += wait;
  }
  there = true;
  assert.equal(await poll(), "polled");
  sessions[0]?.lose(new AppError("Communication", "reset by peer"));
  await until(() => !connection.stats.open, "the loss");
  await assert.rejects(poll(), { message: /reset by peer; next attempt in 250 ms$/ });
});

test("queues are bounded", async () => {
  await using connection = connect({ open: () => new Promise(() => undefined) });
  const waiting = Array.from({ length: 1_000 }, () => connection.request("poll", 10, async () => undefined));
  await assert.rejects(
    connection.request("poll", 10, async () => undefined),
    { kind: "ServiceUnavailable", message: /1000 requests wait already/ },
  );
  assert.equal(connection.stats.refused, 1);
  const all = Promise.allSettled(waiting);
  await connection[Symbol.asyncDispose]();
  assert.ok((await all).every(({ status }) => status === "rejected"));
});

test("closing ends what runs and what waits", async () => {
  const connection = connect({});
  const running = connection.request("read", 10_000, (_, { signal }) => {
    return new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  });
  const waiting = connection.request("read", 10_000, async () => undefined);
  const settled = Promise.allSettled([running, waiting]);
  await until(() => connection.stats.open, "the session");
  await connection[Symbol.asyncDispose]();
  for (const result of await settled) {
    assert.ok(result.status === "rejected" && isAppError(result.reason, "Aborted"));
  }
  await assert.rejects(
    connection.request("read", 10, async () => undefined),
    { kind: "Aborted" },
  );
});

test("keepOpen opens by itself and again after each loss", async () => {
  const sessions: ReturnType<typeof session>[] = [];
  await using connection = connect({
    random: () => 0,
    open: async () => {
      const made = session();
      sessions.push(made);
      return made;
    },
  });
  connection.keepOpen();
  await until(() => sessions.length === 1, "the first session");
  sessions[0]?.lose();
  await until(() => sessions.length === 2, "the second session");
});

test("back-off doubles under full jitter from 0.5 s to 30 s", () => {
  const backoff = new Backoff({ baseMs: 500, capMs: 30_000 }, () => 1);
  const waits = Array.from({ length: 8 }, () => backoff.next());
  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  backoff.reset();
  assert.equal(backoff.next(), 500);
  assert.equal(new Backoff({ baseMs: 500, capMs: 30_000 }, () => 0).next(), 0);
});

test("the breaker leaves a silent device alone but for probes", () => {
  const breaker = new Breaker();
  breaker.failed(0);
  assert.equal(breaker.allows(1), true, "one failure is no pattern");
  breaker.failed(10);
  assert.equal(breaker.allows(11), false);
  assert.equal(breaker.allows(1_010), true, "the probe");
  assert.equal(breaker.allows(1_011), false, "one probe only");
  breaker.failed(1_100);
  assert.equal(breaker.allows(3_000), false);
  assert.equal(breaker.allows(3_100), true);
  for (let i = 0; i < 20; i += 1) breaker.failed(10_000);
  assert.equal(breaker.allows(39_999), false);
  assert.equal(breaker.allows(40_000), true, "never longer than 30 s");
  breaker.succeeded();
  assert.equal(breaker.allows(40_001), true);
});
