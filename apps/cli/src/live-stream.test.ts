import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError } from "@jx/kit";
import fc from "fast-check";
import { parseEventStream } from "./live-stream.ts";

async function* chunks(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test("messages come out whole, however the bytes are cut", async () => {
  const messages = [
    { name: "status", data: { now: 1 } },
    { name: "metadata", data: { subject: "水泵 – ℃" } },
  ];
  const bytes = new TextEncoder().encode(
    messages.map(({ name, data }) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join(""),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: bytes.length }), { maxLength: 10 }), async (cuts) => {
      const ends = [...cuts.sort((a, b) => a - b), bytes.length];
      const pieces = ends.map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
      assert.deepEqual(await collect(parseEventStream(chunks(pieces))), messages);
    }),
  );
});

test("a message without an end does not fill the memory", async () => {
  const flood = Array.from({ length: 10 }, () => new Uint8Array(1 << 20).fill(0x61));
  await assert.rejects(collect(parseEventStream(chunks(flood))), (error) => isAppError(error, "Communication"));
});
