import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError } from "@jx/kit";
import { AppendQueue } from "./append-queue.ts";
import { event, reading } from "./sample-events.ts";

/** Keeps what it is sent, and numbers it. */
function queue(maxPendingBytes: number) {
  const sent: number[] = [];
  let next = 1;
  const made = new AppendQueue({ maxPendingReadings: 1_000, maxPendingBytes }, async (_fresh, { counts }) => {
    sent.push(counts.length);
    const first = next;
    next += counts.length;
    return first;
  });
  return { sent, queue: made };
}
const image = (bytes: number) =>
  event({ readings: [reading({ valueType: "Binary", value: new Uint8Array(bytes), mediaType: "image/png" })] });

test("an event that does not fit beside others of the same turn goes in a batch of its own", async () => {
  const { sent, queue: under } = queue(100);
  const all = [image(30), image(30), image(60)].map((each) => under.append([each]));
  assert.deepEqual(
    [await Promise.all(all), sent],
    [
      [1n, 2n, 3n],
      [2, 1],
    ],
  );
});

test("one that is too large by itself is refused, and takes nothing along", async () => {
  const { sent, queue: under } = queue(100);
  const [before, large] = [under.append([image(30)]), under.append([image(101)])];
  await assert.rejects(large, (error) => isAppError(error, "LimitExceeded"));
  const after = under.append([image(30)]);
  assert.deepEqual([await before, await after, sent], [1n, 2n, [1, 1]]);
});
