/** Devices that vanish, answer late or answer with exceptions: health says so, nothing is invented, and all is well again after. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type DeviceHealth, type Event, eventFromJson, parseJson } from "@jx/contracts";
import { type EdgeProcess, startEdgeProcess } from "../../support/edge-process.ts";
import { ask, askJson } from "../../support/http.ts";
import { until } from "../../support/wait.ts";

const PUMP = "CCW-Pump-1";
/** Both groups are polled so often. */
const POLL_MS = 500;

test("a plant that drops its connections, is slow, and answers with exceptions", async (t) => {
  const edge = await startEdgeProcess(t, { demo: true });
  await state(edge, "ok");

  await t.test("it vanishes in the middle of a read and returns", async () => {
    await fault(edge, { fault: "drop", seconds: 3 });
    const down = await state(edge, "down");
    assert.match(down.lastError ?? "", /ECONNREFUSED|closed|reset|connect/i);
    const before = (await events(edge)).length;
    const read = await ask(`${edge.api("core-command")}/device/name/${PUMP}/BearingTempDE`);
    assert.equal(read.status, 500);
    assert.match(read.text, /error reading .*BearingTempDE for CCW-Pump-1 -.*is not connected/);
    assert.equal((await events(edge)).length, before, "a device that does not answer has no new values");
    const up = await state(edge, "ok");
    assert.ok(up.failures >= down.failures, "failures stay counted");
    await until("values come again", async () => (await events(edge)).length > before + 2);
  });

  await t.test("it answers later than the driver waits", async () => {
    await fault(edge, { fault: "slow", ms: 2_500, unit: 1 });
    const late = await until("health tells", async () => {
      const health = await healthOf(edge);
      return health.state === "ok" ? undefined : health;
    });
    assert.match(late.lastError ?? "", /within|time|answer/i);
    await clear(edge);
    await state(edge, "ok");
    assert.ok((await healthOf(edge)).skippedPolls > 0, "polls that found the one before still on its way were skipped");
  });

  await t.test("it answers with an exception", async () => {
    await fault(edge, { fault: "exception", code: 4, unit: 1 });
    const bad = await until("health tells", async () => {
      const health = await healthOf(edge);
      return /exception/i.test(health.lastError ?? "") && health.state !== "ok" ? health : undefined;
    });
    assert.match(bad.lastError ?? "", /4|device failure/i);
    const read = await ask(`${edge.api("core-command")}/device/name/${PUMP}/BearingTempDE`);
    assert.equal(read.status, 500);
    assert.match(read.text, /exception/i);
    const before = (await events(edge)).length;
    await new Promise((resolve) => setTimeout(resolve, 3 * POLL_MS));
    assert.equal((await events(edge)).length, before, "no event without a value");
    await clear(edge);
    await state(edge, "ok");
  });

  await t.test("every stored value is one that the pump can have shown", async () => {
    const list = await events(edge);
    assert.ok(list.length > 2, "values came before and after the faults");
    const origins = list.map(({ origin }) => origin);
    assert.equal(new Set(origins).size, origins.length, "no moment is there twice");
    for (const { readings } of list) {
      for (const { resourceName, value, tags } of readings) {
        assert.equal(tags, undefined, `${resourceName} is good`);
        if (resourceName === "BearingTempDE") assert.ok(Number(value) > 20 && Number(value) < 80, String(value));
        if (resourceName === "Speed") assert.ok(Number(value) >= 0 && Number(value) < 1_600, String(value));
      }
    }
  });
  await edge.stop();
});

test("a start on a dead plant's devices: they are down, all else works, and the end is clean", async (t) => {
  const first = await startEdgeProcess(t, { demo: true });
  await state(first, "ok");
  await first.stop();
  // Without the demo nobody starts the plant, but its devices are still there.
  const edge = await startEdgeProcess(t, { data: first.data });
  await state(edge, "down");
  const before = (await events(edge)).length;
  assert.equal((await ask(`${edge.api("core-metadata")}/device/name/${PUMP}`)).status, 200);
  await new Promise((resolve) => setTimeout(resolve, 2 * POLL_MS));
  assert.equal((await events(edge)).length, before);
  await edge.stop();
});

async function healthOf(edge: EdgeProcess): Promise<DeviceHealth> {
  const { devices } = await askJson<{ devices: DeviceHealth[] }>(`${edge.url}/api/v3/health`);
  return devices.find(({ deviceName }) => deviceName === PUMP) ?? assert.fail(`no health of ${PUMP}`);
}

function state(edge: EdgeProcess, wanted: DeviceHealth["state"]): Promise<DeviceHealth> {
  return until(`${PUMP} is ${wanted}`, async () => {
    const health = await healthOf(edge).catch(() => undefined);
    return health?.state === wanted ? health : undefined;
  });
}

const fault = (edge: EdgeProcess, body: object): Promise<unknown> => askJson(`${edge.url}/api/v3/demo/fault`, { body });
const clear = (edge: EdgeProcess): Promise<unknown> => askJson(`${edge.url}/api/v3/demo/clear`, { method: "POST" });

/** What polling has stored of the pump, newest first. */
async function events(edge: EdgeProcess): Promise<Event[]> {
  const { text } = await ask(`${edge.api("core-data")}/event/device/name/${PUMP}?limit=1024`);
  return (parseJson(text) as { events: unknown[] }).events.map((each) => eventFromJson(each));
}
