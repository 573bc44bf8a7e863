import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import {
  type Client,
  type DeviceHealth,
  type Event,
  type LiveReading,
  type Message,
  type RulesOperations,
  topics,
} from "@jx/contracts";
import { type Bus, createBus, createLogger } from "@jx/runtime";
import { LiveFeed } from "./live.ts";

interface Told {
  readonly name: string;
  readonly data: unknown;
}

/** A viewer that reads the stream: all it was told so far, and a wait for what is still to come. */
async function watch(t: TestContext, port: number) {
  const told: Told[] = [];
  const sent = request({ port, host: "127.0.0.1" }).end();
  t.after(() => sent.destroy());
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  let text = "";
  response.setEncoding("utf8").on("data", (chunk: string) => {
    const frames = (text + chunk).split("\n\n");
    text = frames.pop() ?? "";
    for (const frame of frames) {
      const [, name = "", data = ""] = /^event: (\w+)\ndata: (.*)$/.exec(frame) ?? [];
      told.push({ name, data: JSON.parse(data) });
    }
  });
  response.on("error", () => {});
  return {
    told,
    response,
    async until(what: string, look: () => boolean, limitMs = 5_000): Promise<void> {
      const deadline = performance.now() + limitMs;
      while (!look()) {
        if (performance.now() > deadline) assert.fail(`${what}: ${JSON.stringify(told).slice(0, 2_000)}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    readings: () => told.filter(({ name }) => name === "readings").flatMap(({ data }) => data as LiveReading[]),
  };
}

interface SetUp {
  readonly bus: Bus;
  readonly feed: LiveFeed;
  readonly port: number;
  stored: number;
  health: DeviceHealth[];
  readonly responses: readonly ServerResponse[];
}

async function setUp(t: TestContext, maxReadings = 2_000): Promise<SetUp> {
  const bus = createBus({ onError: (error) => assert.fail(String(error)) });
  const it = { stored: 0, health: [] as DeviceHealth[] };
  const feed = new LiveFeed(
    { intervalMs: 10, stateIntervalMs: 50, maxReadings },
    {
      bus,
      log: createLogger({ level: "ERROR", write: () => {} }),
      rules: {
        allRules: async () => ({ rules: [{ name: "r", lastFiring: 9_007_199_254_740_993n }] }),
      } as unknown as Client<RulesOperations>,
      health: () => it.health,
      vitals: () => ({ rssBytes: 1, loopDelayMs: 0.5, eventsStored: it.stored }),
      signal: new AbortController().signal,
    },
  );
  const responses: ServerResponse[] = [];
  const server: Server = createServer((_request, response) => {
    responses.push(response);
    feed.add(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    feed[Symbol.dispose]();
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(it, { bus, feed, responses, port: (server.address() as AddressInfo).port });
}

function publish(bus: Bus, device: string, values: Readonly<Record<string, string | number>>): void {
  const event: Event = {
    id: "e",
    deviceName: device,
    profileName: "p",
    sourceName: "s",
    origin: 1n,
    tags: undefined,
    readings: Object.entries(values).map(([resourceName, value]) => ({
      deviceName: device,
      profileName: "p",
      resourceName,
      valueType: typeof value === "string" ? "String" : "Int32",
      value,
      origin: 1n,
      units: "",
      mediaType: "",
      tags: undefined,
    })),
  };
  const message: Message = {
    kind: "event",
    topic: `edgex/events/device/svc/p/${device}/s`,
    correlationId: "c",
    from: "inside",
    event,
  };
  void bus.publish(message);
}

test("a viewer is told all that is known, then what changes; 64-bit times as strings", async (t) => {
  const it = await setUp(t);
  it.health = [
    {
      deviceName: "d",
      serviceName: "s",
      state: "ok",
      lastOk: 1_795_504_174_458_234_630n,
      skippedPolls: 0,
      failures: 0,
    },
  ];
  publish(it.bus, "d", { a: 1, b: 2 });
  await new Promise((resolve) => setImmediate(resolve));
  const viewer = await watch(t, it.port);
  await viewer.until("what is known", () => viewer.readings().length >= 2);
  assert.deepEqual(
    viewer
      .readings()
      .slice(0, 2)
      .map(({ resource, value }) => [resource, value]),
    [
      ["a", 1],
      ["b", 2],
    ],
  );
  await viewer.until("rules, health and status", () => {
    const names = new Set(viewer.told.map(({ name }) => name));
    return names.has("rules") && names.has("health") && names.has("status");
  });
  assert.deepEqual(viewer.told.find(({ name }) => name === "rules")?.data, [
    { name: "r", lastFiring: "9007199254740993" },
  ]);
  const health = viewer.told.find(({ name }) => name === "health")?.data as { lastOk: string }[] | undefined;
  assert.equal(health?.[0]?.lastOk, "1795504174458234630");
  publish(it.bus, "d", { a: 3 });
  await viewer.until("the change", () =>
    viewer.readings().some(({ resource, value }) => resource === "a" && value === 3),
  );
});

test("events a second are an average since the last look, which may be long ago", async (t) => {
  const it = await setUp(t);
  it.stored = 1_000;
  await new Promise((resolve) => setTimeout(resolve, 200));
  const viewer = await watch(t, it.port);
  const rates = (): number[] =>
    viewer.told
      .filter(({ name }) => name === "status")
      .map(({ data }) => (data as { eventsPerSecond: number }).eventsPerSecond);
  await viewer.until("two looks", () => rates().length >= 2);
  const [first = 0, second] = rates();
  assert.ok(first > 100 && first <= 5_000, `1,000 events in more than 0.2 s: ${first}`);
  assert.equal(second, 0);
});

test("a device that is removed is forgotten, and viewers are told to ask again", async (t) => {
  const it = await setUp(t);
  publish(it.bus, "gone", { a: 1 });
  const details = { name: "gone" };
  void it.bus.publish({
    kind: "json",
    topic: "edgex/system-events/core-metadata/device/delete/svc/p",
    correlationId: "c",
    from: "inside",
    payload: {
      apiVersion: "v3",
      type: "device",
      action: "delete",
      source: "core-metadata",
      owner: "svc",
      tags: null,
      details,
      timestamp: 1n,
    },
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  const viewer = await watch(t, it.port);
  publish(it.bus, "there", { a: 1 });
  await viewer.until("another device", () => viewer.readings().length > 0);
  assert.deepEqual([...new Set(viewer.readings().map(({ device }) => device))], ["there"]);
});

test("viewers are told to ask again when changes of metadata may have been missed", async (t) => {
  const it = await setUp(t);
  const viewer = await watch(t, it.port);
  const head = { topic: topics.metadataBack, correlationId: "", from: "outside" } as const;
  void it.bus.publish({ kind: "json", ...head, payload: null });
  it.feed.missed();
  await viewer.until("two notices", () => viewer.told.filter(({ name }) => name === "metadata").length === 2);
});

test("more series than a socket takes at once all arrive", async (t) => {
  const it = await setUp(t, 500);
  const text = "x".repeat(300);
  for (let device = 0; device < 100; device++) {
    publish(it.bus, `d${device}`, Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`r${index}`, text])));
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  const viewer = await watch(t, it.port); // 20,000 series, 9 MB
  await viewer.until(
    "every series",
    () => new Set(viewer.readings().map(({ device, resource }) => `${device}.${resource}`)).size === 20_000,
    20_000,
  );
});

test("a viewer that does not read costs a bounded buffer and nobody else's news, and is told everything later", async (t) => {
  const it = await setUp(t);
  const slow = await watch(t, it.port);
  const healthy = await watch(t, it.port);
  slow.response.pause();
  const size = 200_000;
  const text = "x".repeat(size);
  const rounds = 80; // 16 MB, far beyond what the kernel holds for one connection
  const counts = (viewer: typeof slow) => viewer.readings().filter(({ resource }) => resource === "count");
  let most = 0;
  for (let round = 1; round <= rounds; round++) {
    publish(it.bus, "d", { big: text + round, count: round });
    await healthy.until(`round ${round}`, () => counts(healthy).at(-1)?.value === round, 2_000);
    most = Math.max(most, ...it.responses.map(({ writableLength }) => writableLength));
  }
  assert.ok(most <= 1_048_576 + 2 * size, `${most} bytes wait for one viewer`);
  slow.response.resume();
  await slow.until("it is told that messages were left out", () =>
    slow.told.some(({ name, data }) => name === "metadata" && (data as { type: string }).type === "everything"),
  );
  await slow.until("and everything as it is now", () => counts(slow).at(-1)?.value === rounds);
  assert.ok(counts(slow).length < rounds, "what was left out is not sent after all");
});

test("viewers that leave are forgotten, and the end of the feed ends the streams", async (t) => {
  const it = await setUp(t);
  const first = await watch(t, it.port);
  const second = await watch(t, it.port);
  assert.equal(it.feed.viewers, 2);
  first.response.destroy();
  await second.until("the viewer is gone", () => it.feed.viewers === 1);
  const ended = once(second.response, "end");
  it.feed[Symbol.dispose]();
  await ended;
});
