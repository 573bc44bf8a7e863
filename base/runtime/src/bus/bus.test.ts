import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonMessage, Message } from "@jx/contracts";
import { createBus } from "./bus.ts";
import { TopicTree } from "./topic-tree.ts";

const message = (topic: string, payload: unknown = null): JsonMessage => ({
  kind: "json",
  topic,
  payload,
  correlationId: "",
  from: "inside",
});

test("topic filters match as MQTT 3.1.1 §4.7 says", () => {
  const cases: [string, string, boolean][] = [
    ["sport/tennis/player1/#", "sport/tennis/player1", true],
    ["sport/tennis/player1/#", "sport/tennis/player1/ranking", true],
    ["sport/#", "sport", true],
    ["sport/tennis/+", "sport/tennis/player1", true],
    ["sport/tennis/+", "sport/tennis/player1/ranking", false],
    ["sport/+", "sport", false],
    ["sport/+", "sport/", true],
    ["+/+", "/finance", true],
    ["/+", "/finance", true],
    ["+", "/finance", false],
  ];
  for (const [filter, topic, expected] of cases) {
    const tree = new TopicTree<string>();
    tree.add(filter, "x");
    assert.equal(tree.match(topic).length === 1, expected, `${filter} ${topic}`);
    tree.remove(filter, "x");
    assert.equal(tree.match(topic).length, 0);
  }
});

test("publish never runs a subscriber in the caller's stack, and order holds", async () => {
  const bus = createBus({ onError: assert.ifError });
  const seen: unknown[] = [];
  const handle = bus.subscribe("a/#", { name: "t", policy: "block", capacity: 10 }, (m) => {
    seen.push((m as JsonMessage).payload);
  });
  for (let i = 0; i < 5; i += 1) void bus.publish(message("a/b", i));
  assert.deepEqual(seen, []);
  await handle.drained();
  assert.deepEqual(seen, [0, 1, 2, 3, 4]);
});

test("block: publish waits for room and loses nothing", async () => {
  const bus = createBus({ onError: assert.ifError });
  const seen: unknown[] = [];
  const handle = bus.subscribe("a", { name: "t", policy: "block", capacity: 2 }, async (m) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    seen.push((m as JsonMessage).payload);
  });
  let waited = 0;
  for (let i = 0; i < 20; i += 1) {
    const wait = bus.publish(message("a", i));
    if (wait !== undefined) {
      waited += 1;
      await wait;
    }
  }
  await handle.drained();
  assert.deepEqual(
    seen,
    Array.from({ length: 20 }, (_, i) => i),
  );
  assert.ok(waited > 0);
});

test("latest: a slow subscriber sees the newest message of each topic", async () => {
  const bus = createBus({ onError: assert.ifError });
  const seen: unknown[] = [];
  const handle = bus.subscribe("#", { name: "t", policy: "latest", capacity: 10 }, (m) => {
    seen.push([m.topic, (m as JsonMessage).payload]);
  });
  for (let i = 0; i < 100; i += 1) void bus.publish(message(i % 2 === 0 ? "a" : "b", i));
  await handle.drained();
  assert.deepEqual(seen, [
    ["a", 98],
    ["b", 99],
  ]);
  assert.equal(bus.stats()[0]?.dropped, 98);
});

test("drop-oldest: bounded, and what is dropped is counted", async () => {
  const bus = createBus({ onError: assert.ifError });
  const seen: unknown[] = [];
  const handle = bus.subscribe("a", { name: "t", policy: "drop-oldest", capacity: 3 }, (m) => {
    seen.push((m as JsonMessage).payload);
  });
  for (let i = 0; i < 10; i += 1) void bus.publish(message("a", i));
  await handle.drained();
  assert.deepEqual(seen, [7, 8, 9]);
  assert.equal(bus.stats()[0]?.dropped, 7);
});

test("a subscriber that throws is counted and the others go on", async () => {
  const errors: string[] = [];
  const bus = createBus({ onError: (error, m, name) => errors.push(`${name} ${m.topic} ${String(error)}`) });
  const seen: Message[] = [];
  bus.subscribe("a", { name: "bad", policy: "block", capacity: 3 }, () => {
    throw new Error("no");
  });
  const good = bus.subscribe("a", { name: "good", policy: "block", capacity: 3 }, (m) => {
    seen.push(m);
  });
  void bus.publish(message("a"));
  await good.drained();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(seen.length, 1);
  assert.deepEqual(errors, ["bad a Error: no"]);
});

test("messages are frozen when asked, so that nobody changes what others read", () => {
  const bus = createBus({ onError: assert.ifError, freeze: true });
  const m = message("a", { x: { y: 1 } });
  void bus.publish(m);
  assert.throws(() => {
    (m.payload as { x: { y: number } }).x.y = 2;
  }, TypeError);
});

test("block: publishers that wait keep their order, and a close lets all of them go", async () => {
  const bus = createBus({ onError: assert.ifError });
  const gate = Promise.withResolvers<void>();
  const seen: unknown[] = [];
  const handle = bus.subscribe("a", { name: "t", policy: "block", capacity: 1 }, async (m) => {
    await gate.promise;
    seen.push((m as JsonMessage).payload);
  });
  const waits = Array.from({ length: 6 }, (_, i) => bus.publish(message("a", i)));
  assert.equal(bus.stats()[0]?.waiting, 6, "those that wait to get in are waiting too");
  gate.resolve();
  await handle.drained();
  assert.deepEqual(seen, [0, 1, 2, 3, 4, 5]);
  await Promise.all(waits);
  const never = bus.subscribe("b", { name: "n", policy: "block", capacity: 1 }, () => new Promise(() => undefined));
  const left = Array.from({ length: 4 }, (_, i) => bus.publish(message("b", i)));
  await new Promise((resolve) => setImmediate(resolve));
  never[Symbol.dispose]();
  await Promise.all(left);
  await never.drained();
});

test("block: publishers that do not wait are bounded too, and what is dropped is counted", async () => {
  const bus = createBus({ onError: assert.ifError });
  const gate = Promise.withResolvers<void>();
  let handled = 0;
  const handle = bus.subscribe("a", { name: "t", policy: "block", capacity: 10 }, async () => {
    await gate.promise;
    handled += 1;
  });
  for (let i = 0; i < 10_020; i += 1) void bus.publish(message("a", i));
  assert.equal(bus.stats()[0]?.dropped, 10);
  gate.resolve();
  await handle.drained();
  assert.equal(handled, 10_010);
});

test("latest: topics beyond the capacity push out the oldest, never a newer message of their own", async () => {
  const bus = createBus({ onError: assert.ifError });
  const seen: unknown[] = [];
  const handle = bus.subscribe("#", { name: "t", policy: "latest", capacity: 2 }, (m) => {
    seen.push([m.topic, (m as JsonMessage).payload]);
  });
  for (const [topic, payload] of [
    ["a", 1],
    ["b", 2],
    ["a", 3],
    ["c", 4],
    ["a", 5],
  ] as const)
    void bus.publish(message(topic, payload));
  await handle.drained();
  assert.deepEqual(seen, [
    ["c", 4],
    ["a", 5],
  ]);
  assert.equal(bus.stats()[0]?.dropped, 3, "a 1 replaced, a 3 and b 2 pushed out");
});

test("a busy subscriber leaves timers and sockets their turn", async () => {
  const bus = createBus({ onError: assert.ifError });
  let handled = 0;
  let atTimer = 0;
  const handle = bus.subscribe("a", { name: "t", policy: "block", capacity: 10_000 }, () => {
    handled += 1;
  });
  for (let i = 0; i < 10_000; i += 1) void bus.publish(message("a", i));
  setImmediate(() => {
    atTimer = handled;
  });
  await handle.drained();
  assert.ok(atTimer < 10_000, `${atTimer} of 10,000 were handled before anything else ran`);
});

test("a subscription that has ended gets nothing more, also what was waiting", async () => {
  const bus = createBus({ onError: assert.ifError });
  let seen = 0;
  const handle = bus.subscribe("a", { name: "t", policy: "block", capacity: 10 }, () => {
    seen += 1;
  });
  void bus.publish(message("a"));
  handle[Symbol.dispose]();
  void bus.publish(message("a"));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(seen, 0);
  assert.deepEqual([bus.stats(), bus.hasSubscriber("a")], [[], false]);
});
