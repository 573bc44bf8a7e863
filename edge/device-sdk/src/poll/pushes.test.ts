import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeviceProfile } from "@jx/contracts";
import { deferred } from "@jx/kit";
import { Type } from "typebox";
import type { AnyDriver, AnyResource, PushedSample } from "../driver.ts";
import { defineDeviceService } from "../service.ts";
import { type Bench, bench, device, KEY, until } from "../test-parts.ts";

const profile: DeviceProfile = {
  name: "profile",
  deviceResources: ["a", "b", "w"].map((name) => ({
    name,
    properties: { valueType: "Float64", readWrite: name === "w" ? ("W" as const) : ("R" as const), scale: 2 },
  })),
};

/** A driver whose device speaks when the test says so. */
function talkative() {
  const queue: (readonly PushedSample<unknown>[])[] = [];
  let wake = deferred<void>();
  const state = { opened: 0, resources: [] as readonly AnyResource[], ended: 0 };
  const driver: AnyDriver = {
    protocol: "scripted",
    protocolSchema: Type.Object({}),
    attributeSchema: Type.Object({}),
    pushes: true,
    sessionKey: () => "broker",
    plan: () => [],
    open: async () => {
      state.opened += 1;
      const closed = deferred<undefined>();
      return {
        maxInFlight: 1,
        closed: closed.promise,
        read: async () => [],
        write: async () => undefined,
        async *subscribe(resources, _properties, { signal }) {
          state.resources = resources;
          signal.addEventListener("abort", () => wake.resolve(), { once: true });
          try {
            while (!signal.aborted) {
              for (let next = queue.shift(); next !== undefined; next = queue.shift()) yield next;
              await wake.promise;
              wake = deferred();
            }
          } finally {
            state.ended += 1;
          }
        },
        async [Symbol.asyncDispose]() {
          closed.resolve(undefined);
        },
      };
    },
  };
  const say = (values: Readonly<Record<string, number>>): void => {
    queue.push(
      Object.entries(values).map(([name, value]) => {
        const resource = state.resources.find((candidate) => candidate.name === name);
        assert.ok(resource);
        return { resource, sample: { value, origin: 42n, quality: "uncertain", reason: "restart" } };
      }),
    );
    wake.resolve();
  };
  return { driver, state, say };
}

async function start(parts: Bench, driver: AnyDriver) {
  parts.metadata.profiles.set("profile", profile);
  parts.metadata.devices.set("d", device("d"));
  return defineDeviceService({ key: KEY, port: 0, description: "test", drivers: [driver] }).start(parts.context);
}

test("what a device sends by itself becomes events, with its own time and quality", async () => {
  const parts = bench();
  const { driver, state, say } = talkative();
  const service = await start(parts, driver);
  await until(() => state.resources.length > 0, "the subscription");
  assert.deepEqual(
    state.resources.map(({ name }) => name),
    ["a", "b"],
    "what cannot be read is not subscribed",
  );
  say({ a: 1, b: 2 });
  say({ a: 3 });
  await until(() => parts.events.length === 3, "three events");
  assert.deepEqual(
    parts.events.map(({ sourceName, readings: [reading] }) => [sourceName, reading?.value, reading?.origin]),
    [
      ["a", 2, 42n],
      ["b", 4, 42n],
      ["a", 6, 42n],
    ],
  );
  assert.deepEqual(parts.events[0]?.readings[0]?.tags, { quality: "uncertain", reason: "restart" });
  assert.equal(service.health()[0]?.state, "ok");
  await service[Symbol.asyncDispose]();
  await until(() => state.ended === 1, "the end of the subscription");
});

test("while the bus is full the oldest values of each resource are dropped and counted", async () => {
  const parts = bench();
  const { driver, state, say } = talkative();
  await using service = await start(parts, driver);
  const gate = deferred<void>();
  parts.bus.subscribe("edgex/events/#", { name: "slow", policy: "block", capacity: 1 }, () => gate.promise);
  await until(() => state.resources.length > 0, "the subscription");
  for (let i = 1; i <= 100; i += 1) say({ a: i });
  say({ b: 7 });
  await until(() => (service.health()[0]?.droppedSamples ?? 0) > 50, "drops");
  gate.resolve();
  await until(() => parts.events.at(-1)?.readings[0]?.value === 200, "the newest value");
  const dropped = service.health()[0]?.droppedSamples ?? 0;
  await until(() => parts.events.length + dropped === 101, "every value accounted for");
  assert.ok(
    parts.events.some(({ sourceName }) => sourceName === "b"),
    "one resource does not push out another",
  );
});

test("EnableAsyncReadings false: nothing is subscribed", async () => {
  const parts = bench();
  parts.configure(({ Device }) => {
    Device.EnableAsyncReadings = false;
  });
  const { driver, state } = talkative();
  await using service = await start(parts, driver);
  assert.ok(service);
  await until(() => state.opened === 1, "the connection");
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual([state.resources, parts.events], [[], []]);
});
