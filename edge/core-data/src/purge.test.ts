/** Missed system events: EdgeX's core data deletes by the event alone (core/data/controller/messaging/system_event.go). */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Device, topics } from "@jx/contracts";
import { AppError } from "@jx/kit";
import { createBus, createLogger } from "@jx/runtime";
import { purgeWithDevices } from "./purge.ts";

async function setup(t: TestContext, ...names: string[]) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const bus = createBus({ onError: assert.ifError });
  const world = { names, isOn: true, away: false, during: async (): Promise<void> => undefined };
  const purged: string[] = [];
  const purging = purgeWithDevices({
    bus,
    store: {
      async deleteByDevice(name) {
        purged.push(name);
        return 1;
      },
    },
    log: createLogger({ level: "ERROR", write: (line) => assert.fail(line) }),
    async devices() {
      if (world.away) throw new AppError("ServiceUnavailable", "core-metadata is not there");
      const list = world.names.map((name) => ({ name }) as Device);
      await world.during();
      return list;
    },
    isOn: () => world.isOn,
  });
  t.after(() => purging[Symbol.dispose]());
  await nextTurn();
  const publish = async (topic: string, payload: unknown): Promise<void> => {
    await bus.publish({ kind: "json", topic, payload, correlationId: "", from: "outside" });
    await nextTurn();
  };
  return {
    world,
    purged,
    tell: (action: "add" | "delete", name: string) =>
      publish(topics.systemEvent("device", action, "svc", "p"), { type: "device", action, details: { name } }),
    /** Tells that metadata was away, and lets the time pass within which metadata is looked at. */
    async back() {
      await publish(topics.metadataBack, null);
      t.mock.timers.tick(10_000);
      await nextTurn();
    },
  };
}

test("a device that was deleted while nobody told takes its events along, once", async (t) => {
  const { world, purged, back, tell } = await setup(t, "a", "b");
  await tell("add", "c");
  world.names = ["b"];
  await back();
  assert.deepEqual(purged, ["a", "c"]);
  await back();
  assert.deepEqual(purged, ["a", "c"]);
});

test("one that was deleted with a system event is not deleted again", async (t) => {
  const { world, purged, back, tell } = await setup(t, "a", "b");
  world.names = ["b"];
  await tell("delete", "a");
  await back();
  assert.deepEqual(purged, ["a"]);
});

test("what is told during the look counts, whatever the list says", async (t) => {
  const { world, purged, back, tell } = await setup(t, "a", "b");
  world.during = async () => {
    await tell("delete", "a");
    await tell("add", "c");
  };
  await back();
  world.during = async () => undefined;
  world.names = ["b", "c"];
  await back();
  assert.deepEqual(purged, ["a"]);
});

test("nothing goes while metadata is away, when it knows none any more, or when it is not wanted", async (t) => {
  const { world, purged, back } = await setup(t, "a", "b");
  world.away = true;
  await back();
  Object.assign(world, { away: false, names: ["z"] });
  await back();
  world.isOn = false;
  world.names = ["y"];
  await back();
  world.isOn = true;
  await back();
  assert.deepEqual(purged, []);
  world.names = ["x", "y"];
  await back();
  world.names = ["x"];
  await back();
  assert.deepEqual(purged, ["y"]);
});
