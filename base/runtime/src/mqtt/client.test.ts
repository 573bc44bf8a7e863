import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openBroker } from "./broker.ts";
import { connectBroker, Echoes } from "./client.ts";
import { bench, eventMessage, until } from "./test-kit.fixture.ts";

const stack = new AsyncDisposableStack();
after(() => stack.disposeAsync());

const insideOnly = { port: 0, host: "127.0.0.1" };

test("two edges on one broker: each event is handled once on either side", async () => {
  // The third bus belongs to the broker's host; A and B are the edges.
  const broker = stack.use(await openBroker(insideOnly, bench()));
  const [a, b] = [bench(), bench()];
  const doorA = stack.use(await connectBroker({ host: "127.0.0.1", port: broker.port }, a));
  const doorB = stack.use(await connectBroker({ host: "127.0.0.1", port: broker.port }, b));
  await Promise.all([doorA.ready, doorB.ready]);
  for (let i = 0; i < 50; i += 1) await a.bus.publish(eventMessage(i));
  await b.bus.publish(eventMessage(99));
  await until("everything on both", () => a.seen.length === 51 && b.seen.length === 51);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(a.seen.length, 51, "A's own 50 came back as echoes and were dropped");
  assert.equal(b.seen.length, 51);
  assert.equal(a.seen.filter(({ from }) => from === "outside").length, 1);
  assert.equal(b.seen.filter(({ from }) => from === "outside").length, 50);
});

test("the connection comes back by itself, and what was lost meanwhile is counted", async () => {
  const first = await openBroker(insideOnly, bench());
  const edge = bench();
  const door = stack.use(await connectBroker({ host: "127.0.0.1", port: first.port, reconnectMs: 20 }, edge));
  await door.ready;
  await first[Symbol.asyncDispose]();
  await until("away", () => !door.connected);
  await edge.bus.publish(eventMessage(1));
  await until("the loss is counted", () => edge.metrics.text().includes('reason="not-connected"} 1'));
  const far = bench();
  stack.use(await openBroker({ ...insideOnly, port: first.port }, far));
  await until("back", () => door.connected);
  await edge.bus.publish(eventMessage(2));
  await until("the next event arrives", () => far.seen.length === 1);
});

test("each expected echo counts once, and forgotten ones do not pile up", () => {
  const echoes = new Echoes();
  const bytes = Buffer.from("x");
  echoes.expect("t", bytes);
  assert.equal(echoes.take("other", bytes), false);
  assert.equal(echoes.take("t", bytes), true);
  assert.equal(echoes.take("t", bytes), false);
  for (let i = 0; i < 10_001; i += 1) echoes.expect("t", Buffer.from(String(i)));
  assert.equal(echoes.take("t", Buffer.from("0")), false);
  assert.equal(echoes.take("t", Buffer.from("10000")), true);
});
