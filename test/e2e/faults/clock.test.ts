/** A wall clock that stands in 1970, jumps forward, and steps back an hour: collection goes on, in order. DESIGN §8.4. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { dataOperations, metadataOperations } from "@jx/contracts";
import { createSystemClock } from "@jx/runtime";
import { type Hosted, startHosted } from "../../support/hosted.ts";
import { OWN_DEVICE, OWN_PROFILE } from "../../support/own-device.ts";
import { until } from "../../support/wait.ts";

const HOUR_MS = 3_600_000;
/** Events between two steps of the clock. */
const SOME = 15;

test("collection goes on in order while the wall clock jumps", async (t) => {
  let offsetMs = -Date.now() + 5_000; // five seconds after 1970
  const steps: number[] = [];
  const clock = createSystemClock({ wall: () => Date.now() + offsetMs, onStep: (ms) => steps.push(ms) });
  const services = ["core-keeper", "core-metadata", "core-data", "core-command", "device-virtual"] as const;
  await using hosted = await startHosted({ services, clock });
  const metadata = hosted.host.clients.of("core-metadata", metadataOperations);
  await metadata.addProfiles({ body: [{ profile: OWN_PROFILE }] });
  const autoEvents = [{ sourceName: "Count", interval: "20ms" }];
  const [added] = await metadata.addDevices({ body: [{ device: { ...OWN_DEVICE, autoEvents } }] });
  assert.equal(added?.statusCode, 201, added?.message);

  const moments: readonly (readonly [name: string, jumpTo: () => number])[] = [
    ["in 1970", () => offsetMs],
    ["today", () => 0],
    ["an hour back", () => -HOUR_MS],
    ["a day ahead", () => 24 * HOUR_MS],
    ["today again", () => 0],
  ];
  let seen = 0;
  for (const [name, jumpTo] of moments) {
    offsetMs = jumpTo();
    seen = await until(`events come: ${name}`, async () => {
      const count = (await counts(hosted)).length;
      return count >= seen + SOME ? count : undefined;
    });
  }
  const values = await counts(hosted);
  assert.deepEqual(
    values.map(({ value }) => value),
    values.map((_, i) => BigInt(i)),
    "in the order of their origins the counter's values have no gap and none is there twice",
  );
  const origins = values.map(({ origin }) => origin);
  assert.ok(
    origins.every((origin, i) => i === 0 || origin > (origins[i - 1] ?? 0n)),
    "origins strictly increase",
  );
  assert.ok((origins[0] ?? 0n) < 3_600_000_000_000n, "the first is of 1970");
  assert.ok(
    steps.some((ms) => ms < -HOUR_MS / 2),
    "the step back was noticed",
  );
  assert.ok(
    steps.some((ms) => ms > HOUR_MS),
    "the step ahead was noticed",
  );
  t.diagnostic(`${values.length} events over ${steps.length} steps of the clock, in order, none missing`);
});

/** The counter's readings in the order of their origins. */
async function counts(hosted: Hosted): Promise<{ origin: bigint; value: bigint }[]> {
  const data = hosted.host.clients.of("core-data", dataOperations);
  const { readings } = await data.readingsByDeviceAndResource({ name: "own-device", resource: "Count", limit: 1024 });
  return readings.map(({ origin, value }) => ({ origin, value: value as bigint })).reverse();
}
