import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Event, type EventMessage, filters, topics } from "@jx/contracts";
import { AppError } from "@jx/kit";
import { type Clients, createBus, createLogger, createMetrics, createSystemClock } from "@jx/runtime";
import { coreData } from "./index.ts";
import { event, reading } from "./store/sample-events.ts";

const CONTEXT = { correlationId: "test" };
const PAGE = { offset: 0, limit: 20, numeric: false };

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "jx-core-data-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function start(dataDir: string, persist = true) {
  const abort = new AbortController();
  const metrics = createMetrics();
  const told = new Map<string, () => number>();
  const bus = createBus({ onError: assert.ifError, freeze: true });
  const current = {
    Writable: {
      PersistData: persist,
      EventPurge: false,
      Telemetry: { Metrics: { EventsPersisted: false, ReadingsPersisted: false } },
    },
    MaxEventSize: 0,
    Service: { MaxResultCount: 100 },
    Retention: { Interval: "1h", DefaultMaxCap: -1, DefaultMinCap: 1, DefaultDuration: "1h" },
  };
  const { handlers, ...rest } = await coreData.start({
    key: "core-data",
    config: { current, onChange: () => () => undefined },
    log: createLogger({ level: "WARN", write: () => undefined }),
    bus,
    clock: createSystemClock(),
    metrics,
    telemetry: {
      add(metric) {
        told.set(metric.name, metric.read as () => number);
        return { [Symbol.dispose]() {} };
      },
    },
    clients: {} as Clients,
    dataDir,
    baseAddress: "",
    newId: () => "",
    signal: abort.signal,
  });
  return {
    handlers,
    bus,
    current,
    metrics,
    told,
    publish: (each: Event) =>
      bus.publish({
        kind: "event",
        topic: topics.deviceEvent("s", each.profileName, each.deviceName, each.sourceName),
        correlationId: "",
        from: "inside",
        event: each,
      }),
    async [Symbol.asyncDispose]() {
      abort.abort(new AppError("Aborted", "end"));
      await rest[Symbol.asyncDispose]?.();
    },
  };
}

test("what was published before the end is there after it", async (t) => {
  const folder = temporaryFolder(t);
  {
    await using service = await start(folder);
    for (let i = 0; i < 5_000; i += 1) void service.publish(event({ origin: BigInt(i) }));
  }
  await using service = await start(folder);
  assert.deepEqual(await service.handlers.eventCount({}, CONTEXT), { count: 5_000 });
});

test("newest first; of equal origins the one stored last; readings inside an event by origin too", async (t) => {
  await using service = await start(temporaryFolder(t));
  const add = async (each: Event) =>
    service.handlers.addEvent(
      {
        service: "s",
        profile: each.profileName,
        device: each.deviceName,
        source: each.sourceName,
        body: { event: each },
      } as Parameters<typeof service.handlers.addEvent>[0],
      CONTEXT,
    );
  const sent = [event({ origin: 5n }), event({ origin: 9n }), event({ origin: 5n })];
  for (const each of sent) await add(each);
  const mixed = event({
    origin: 7n,
    readings: [
      reading({ resourceName: "old", origin: 1n }),
      reading({ resourceName: "new", origin: 3n }),
      reading({ resourceName: "mid", origin: 2n }),
    ],
  });
  await add(mixed);
  const { events, totalCount } = await service.handlers.allEvents(PAGE, CONTEXT);
  assert.equal(totalCount, 4);
  assert.deepEqual(
    events.map(({ id }) => id),
    [sent[1]?.id, mixed.id, sent[2]?.id, sent[0]?.id],
  );
  assert.deepEqual(
    events[1]?.readings.map(({ resourceName }) => resourceName),
    ["new", "mid", "old"],
  );
});

test("an event by REST goes out on the core topic, whether it is kept or not", async (t) => {
  const folder = temporaryFolder(t);
  await using service = await start(folder, false);
  const told: EventMessage[] = [];
  const subscription = service.bus.subscribe(filters.allEvents, { name: "t", policy: "block", capacity: 9 }, (m) => {
    told.push(m as EventMessage);
  });
  const each = event();
  const path = { service: "s v", profile: each.profileName, device: each.deviceName, source: each.sourceName };
  type Input = Parameters<typeof service.handlers.addEvent>[0];
  const send = async (part: object) =>
    service.handlers.addEvent({ ...path, body: { event: each }, ...part } as Input, CONTEXT);
  assert.deepEqual(await send({}), { id: each.id });
  await subscription.drained();
  assert.deepEqual(
    told.map(({ topic, correlationId }) => [topic, correlationId]),
    [["edgex/events/core/s v/pump/pump-1/temperature", "test"]],
  );
  assert.deepEqual(await service.handlers.eventCount({}, CONTEXT), { count: 0 });
  service.current.Writable.PersistData = true;
  await send({});
  assert.deepEqual(await service.handlers.eventCount({}, CONTEXT), { count: 1 });
  await assert.rejects(send({ profile: "x" }), /^AppError: event's profileName pump mismatches x$/);
});

test("an answer has at most MaxResultCount rows: -1 means so many, more is refused", async (t) => {
  await using service = await start(temporaryFolder(t));
  for (let i = 0; i < 150; i += 1) void service.publish(event({ origin: BigInt(i) }));
  await new Promise((resolve) => setTimeout(resolve, 200));
  const all = async (offset: number, limit: number) => service.handlers.allEvents({ ...PAGE, offset, limit }, CONTEXT);
  assert.equal((await all(0, -1)).events.length, 100);
  await assert.rejects(all(0, 101), /querystring limit's value 101 is out of min -1 ~ max 100 range\./);
  assert.deepEqual(await all(200, 0), { totalCount: 150, events: [] });
  assert.deepEqual((await all(150, 5)).events, []);
  await assert.rejects(all(151, 5), /query objects bounds out of range\. length:150 offset:151/);
  assert.equal((await all(-1, 5)).totalCount, 0);
});

test("what is on disk is counted, by the bus and by REST, and what is passed by is not", async (t) => {
  await using service = await start(temporaryFolder(t));
  const each = event({ readings: [reading(), reading()] });
  const { profileName: profile, deviceName: device, sourceName: source } = each;
  const path = { service: "s", profile, device, source };
  await service.handlers.addEvent(
    { ...path, body: { event: each } } as Parameters<typeof service.handlers.addEvent>[0],
    CONTEXT,
  );
  void service.publish(event());
  await until(async () => (await service.handlers.eventCount({}, CONTEXT)).count === 2);
  service.current.Writable.PersistData = false;
  void service.publish(event());
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.match(service.metrics.text(), /^jx_core_data_events_stored_total 2$/m);
  assert.match(service.metrics.text(), /^jx_core_data_readings_stored_total 3$/m);
  assert.deepEqual(
    [...service.told].map(([name, read]) => [name, read()]),
    [
      ["EventsPersisted", 2],
      ["ReadingsPersisted", 3],
    ],
  );
});

test("a deleted device takes its events along when EventPurge says so, and only then", async (t) => {
  await using service = await start(temporaryFolder(t));
  for (const deviceName of ["gone", "gone", "stays"]) void service.publish(event({ deviceName }));
  const count = async (name: string) => (await service.handlers.eventCountByDevice({ name }, CONTEXT)).count;
  await until(async () => (await service.handlers.eventCount({}, CONTEXT)).count === 3);
  const tell = (action: "delete" | "update", details: unknown) =>
    service.bus.publish({
      kind: "json",
      topic: topics.systemEvent("device", action, "svc", "pump"),
      correlationId: "",
      from: "outside",
      payload: { apiVersion: "v3", type: "device", action, source: "core-metadata", owner: "svc", details },
    });
  void tell("delete", { name: "gone" });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(await count("gone"), 2);
  service.current.Writable.EventPurge = true;
  for (const nonsense of [null, {}, { name: 7 }, "gone"]) void tell("delete", nonsense);
  void tell("update", { name: "gone" });
  void tell("delete", { name: "stays no more, or never was" });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual([await count("gone"), await count("stays")], [2, 1]);
  void tell("delete", { name: "gone" });
  await until(async () => (await count("gone")) === 0);
  assert.equal(await count("stays"), 1);
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await condition()); waited += 5) {
    assert.ok(waited < 5_000, "it did not come about within 5 s");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
