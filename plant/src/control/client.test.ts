import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { PlantClient } from "./client.ts";
import type { PlantEvent } from "./protocol.ts";

function pair(timeoutMs = 1000) {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const events: PlantEvent[] = [];
  const client = new PlantClient({ timeoutMs, onEvent: (event) => void events.push(event) }, { stdin, stdout });
  const say = (line: object): void => void stdout.write(`${JSON.stringify(line)}\n`);
  const asked = (): { id: number }[] =>
    String(stdin.read() ?? "")
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text));
  return { client, stdin, stdout, events, say, asked };
}

test("answers find their request in any order; foreign output and events pass", async () => {
  const { client, stdout, events, say, asked } = pair();
  stdout.write("debugger listening\n");
  say({ ready: { port: 1, host: "h", pid: 2 } });
  assert.deepEqual(await client.ready(), { port: 1, host: "h", pid: 2 });
  const one = client.inject({ fault: "overheat", pump: 1 });
  const two = client.faults();
  assert.deepEqual(asked(), [
    { id: 1, do: "inject", fault: "overheat", pump: 1 },
    { id: 2, do: "faults" },
  ]);
  say({ event: "trouble", at: 0, message: "m" });
  say({ id: 99, ok: "of nobody" });
  say({ id: 2, ok: { active: {} } });
  say({ id: 1, error: { kind: "NotFound", message: "no such pump" } });
  assert.deepEqual(await two, { active: {} });
  await assert.rejects(one, { kind: "NotFound", message: "no such pump" });
  assert.deepEqual(events, [{ event: "trouble", at: 0, message: "m" }]);
});

test("a plant that does not answer is a Timeout; at most 64 requests wait", async () => {
  const { client } = pair(20);
  await assert.rejects(client.ready(), { kind: "Timeout", message: /starting the plant/ });
  const waiting = Array.from({ length: 64 }, () => client.truth());
  await assert.rejects(client.truth(), { kind: "LimitExceeded" });
  for (const result of await Promise.allSettled(waiting)) assert.equal(result.status, "rejected");
  await assert.rejects(client.truth(), { kind: "Timeout" });
});

test("the plant's end rejects what waits, and what comes after; a failed start says why", async () => {
  const { client, stdout } = pair();
  const waiting = client.truth();
  stdout.end();
  await assert.rejects(waiting, { kind: "ServiceUnavailable" });
  await assert.rejects(client.ready(), { kind: "ServiceUnavailable" });
  await assert.rejects(client.truth(), { kind: "ServiceUnavailable" });

  const failed = pair();
  failed.say({ failed: { message: "port 5 is taken" } });
  await assert.rejects(failed.client.ready(), { message: "the plant did not start: port 5 is taken" });
});
