/** Deleting by age takes everybody's events: edgex-behaviour.md §2.4. */
import assert from "node:assert/strict";
import type { Contract, Step } from "../contract.ts";
import { refusal } from "../refusal.ts";
import { until } from "../until.ts";
import { add, type Data, ORIGIN, sourceOf } from "./fixture.ts";

export const ageSteps: readonly Step<Data>[] = [
  {
    name: "what is older than an age is deleted, and nothing younger",
    zh: "超过指定时长的被删除，较新的保留",
    access: "alone",
    run: byAge,
  },
  { name: "an age that is no number", zh: "时长不是数字", access: "alone", run: noAge },
];

async function byAge(c: Contract<Data>): Promise<void> {
  const { client } = c;
  const [old, young] = [sourceOf(c, "old"), sourceOf(c, "young")];
  const now = BigInt(Date.now()) * 1_000_000n;
  await add(c, old.event(ORIGIN, [old.reading("r", "Int8", 1)]));
  await add(c, young.event(now, [young.reading("r", "Int8", 1, now)]));
  await client.deleteEventsByAge({ age: 3_600_000_000_000n });
  const count = async (name: string) => (await client.eventCountByDevice({ name })).count;
  await until("what is older than an hour is gone", async () => (await count(old.deviceName)) === 0);
  assert.equal(await count(young.deviceName), 1);
  await client.deleteEventsByDevice({ name: young.deviceName });
}

async function noAge({ client, transport }: Contract<Data>): Promise<void> {
  if (transport === "in process") return;
  assert.equal(
    await refusal(client.deleteEventsByAge({ age: "old" as unknown as bigint })),
    "400 age format parsing failed",
  );
}
