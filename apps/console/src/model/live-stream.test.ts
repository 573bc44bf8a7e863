import assert from "node:assert/strict";
import { mock, test } from "node:test";
import type { LiveMessage } from "@jx/contracts";
import { LiveStream, type Source } from "./live-stream.ts";

class FakeSource implements Source {
  readonly readyState = 1;
  onerror: ((event: never) => unknown) | null = null;
  closed = false;
  readonly #listeners = new Map<string, (event: { readonly data: string }) => void>();

  addEventListener(name: string, listener: (event: { readonly data: string }) => void): void {
    this.#listeners.set(name, listener);
  }

  close(): void {
    this.closed = true;
  }

  tell(name: string, data: unknown): void {
    this.#listeners.get(name)?.({ data: JSON.stringify(data) });
  }

  fail(): void {
    this.onerror?.(undefined as never);
  }
}

function setUp() {
  mock.timers.enable({ apis: ["setTimeout"] });
  const sources: FakeSource[] = [];
  const messages: LiveMessage[] = [];
  let lost = 0;
  const stream = new LiveStream({
    open: () => {
      const source = new FakeSource();
      sources.push(source);
      return source;
    },
    onMessage: (message) => messages.push(message),
    onLost: () => {
      lost += 1;
    },
  });
  return {
    sources,
    messages,
    lost: () => lost,
    last: () => sources.at(-1) as FakeSource,
    [Symbol.dispose]: () => {
      stream[Symbol.dispose]();
      mock.timers.reset();
    },
  };
}

test("messages come with their name and parsed data", () => {
  using it = setUp();
  it.last().tell("metadata", { type: "device", action: "add", subject: "a" });
  assert.deepEqual(it.messages, [{ name: "metadata", data: { type: "device", action: "add", subject: "a" } }]);
});

test("after an error it opens again, waiting twice as long each time, up to ten seconds", () => {
  using it = setUp();
  const waits: number[] = [];
  for (let i = 0; i < 7; i++) {
    const before = it.sources.length;
    it.last().fail();
    let waited = 0;
    while (it.sources.length === before) {
      mock.timers.tick(500);
      waited += 500;
    }
    waits.push(waited);
  }
  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  assert.ok(
    it.sources.slice(0, -1).every(({ closed }) => closed),
    "no connection is left behind",
  );
});

test("a message makes the next wait short again", () => {
  using it = setUp();
  it.last().fail();
  mock.timers.tick(500);
  it.last().fail();
  mock.timers.tick(1_000);
  assert.equal(it.sources.length, 3);
  it.last().tell("status", {});
  it.last().fail();
  mock.timers.tick(500);
  assert.equal(it.sources.length, 4);
});

test("five silent seconds count as lost; a message in time does not", () => {
  using it = setUp();
  mock.timers.tick(4_900);
  it.last().tell("status", {});
  mock.timers.tick(4_900);
  assert.equal(it.lost(), 0);
  mock.timers.tick(100);
  assert.equal(it.lost(), 1);
  assert.equal(it.sources[0]?.closed, true);
});

test("a connection that was given up is not heard any more", () => {
  using it = setUp();
  const old = it.last();
  old.fail();
  old.tell("status", {});
  old.fail();
  assert.deepEqual([it.messages.length, it.lost()], [0, 1]);
});

test("after its end nothing is opened", () => {
  const it = setUp();
  it.last().fail();
  it[Symbol.dispose]();
  mock.timers.enable({ apis: ["setTimeout"] });
  mock.timers.tick(60_000);
  mock.timers.reset();
  assert.equal(it.sources.length, 1);
});
