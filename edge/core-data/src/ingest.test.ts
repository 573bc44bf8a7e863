import assert from "node:assert/strict";
import { test } from "node:test";
import { type Event, topics } from "@jx/contracts";
import { AppError, deferred } from "@jx/kit";
import { createBus, createLogger, createMetrics } from "@jx/runtime";
import { Ingest } from "./ingest.ts";
import type { EventStore } from "./store/event-store.ts";
import { event, reading } from "./store/sample-events.ts";

/** A store that keeps what it gets, and refuses as a test wants it. */
function setup() {
  const disk = {
    kept: [] as Event[],
    appends: 0,
    pending: 0,
    mostPending: 0,
    gate: undefined as Promise<void> | undefined,
    refuse: (_batch: readonly Event[]): AppError | Error | undefined => undefined,
  };
  const store = {
    async append(batch: readonly Event[]) {
      disk.appends += 1;
      disk.pending += 1;
      disk.mostPending = Math.max(disk.mostPending, disk.pending);
      await disk.gate;
      disk.pending -= 1;
      const error = disk.refuse(batch);
      if (error !== undefined) throw error;
      disk.kept.push(...batch);
      return 0n;
    },
  } as unknown as EventStore;
  const abort = new AbortController();
  const metrics = createMetrics();
  const logs: string[] = [];
  const log = createLogger({ level: "INFO", write: (line) => logs.push(line) });
  let persist = true;
  const ingest = new Ingest({ append: store.append, log, metrics, signal: abort.signal, persist: () => persist });
  const bus = createBus({ onError: assert.ifError });
  const subscription = bus.subscribe("#", { name: "core-data", policy: "block", capacity: 10 }, (m) => ingest.take(m));
  const publish = (each: Event): Promise<void> | undefined =>
    bus.publish({
      kind: "event",
      topic: topics.deviceEvent("s", "p", "d", "x"),
      correlationId: "",
      from: "inside",
      event: each,
    });
  return {
    disk,
    ingest,
    publish,
    abort,
    metrics,
    logs,
    setPersist: (on: boolean) => {
      persist = on;
    },
    async drained() {
      await subscription.drained();
      await ingest.drained();
    },
  };
}

const ids = (events: readonly Event[]): string[] => events.map(({ id }) => id);

test("events of one turn go as one batch, in order", async () => {
  const { disk, publish, drained } = setup();
  const sent = Array.from({ length: 8 }, () => event());
  for (const each of sent) void publish(each);
  await drained();
  assert.equal(disk.appends, 1);
  assert.deepEqual(ids(disk.kept), ids(sent));
});

test("a store that is behind makes publishers wait, with a bound on what is handed over", async () => {
  const { disk, publish, drained } = setup();
  const gate = deferred<void>();
  disk.gate = gate.promise;
  const big = () => event({ readings: Array.from({ length: 1_000 }, () => reading()) });
  let published = 0;
  const publisher = (async () => {
    for (; published < 40; published += 1) await publish(big());
  })();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(published < 20, `${published} were taken while the disk stood still`);
  assert.ok(disk.mostPending <= 5);
  gate.resolve();
  await publisher;
  await drained();
  assert.equal(disk.kept.length, 40, "nothing is lost");
});

test("one event that fits nowhere does not take its batch along, and costs few appends", async () => {
  const { disk, publish, drained, metrics, logs } = setup();
  const bad = event({ deviceName: "bad" });
  const sent = [...Array.from({ length: 7 }, () => event()), bad, event()];
  disk.refuse = (batch) => (batch.includes(bad) ? new AppError("ContractInvalid", "no Int8") : undefined);
  for (const each of sent) void publish(each);
  await drained();
  assert.deepEqual(ids(disk.kept), ids(sent.filter((each) => each !== bad)));
  assert.ok(disk.appends <= 9, `${disk.appends} appends`);
  assert.match(metrics.text(), /^jx_core_data_events_refused_total 1$/m);
  assert.ok(logs.some((line) => /"deviceName":"bad".*"reason":"no Int8"/.test(line)));
});

test("an error that time cannot mend does not hold up what comes after", async () => {
  const { disk, publish, drained, metrics } = setup();
  const bad = event();
  disk.refuse = (batch) => (batch.includes(bad) ? new TypeError("x is undefined") : undefined);
  void publish(bad);
  await drained();
  void publish(event());
  await drained();
  assert.equal(disk.kept.length, 1);
  assert.match(metrics.text(), /^jx_core_data_events_refused_total 1$/m);
});

test("a full disk is waited for, told once, and then everything is there", async () => {
  const { disk, publish, drained, logs } = setup();
  let full = true;
  disk.refuse = () => (full ? new AppError("Storage", "the disk is full") : undefined);
  setTimeout(() => {
    full = false;
  }, 20);
  for (let i = 0; i < 5; i += 1) void publish(event());
  await drained();
  assert.equal(disk.kept.length, 5);
  assert.equal(logs.filter((line) => /cannot be stored/.test(line)).length, 1);
  assert.equal(logs.filter((line) => /takes events again/.test(line)).length, 1);
});

test("when the edge stops a full disk is tried a few times more, and what is lost is counted", async () => {
  const { disk, publish, drained, abort, metrics } = setup();
  let refusals = 0;
  disk.refuse = () => {
    refusals += 1;
    return new AppError("Storage", "the disk is full");
  };
  abort.abort();
  for (let i = 0; i < 3; i += 1) void publish(event());
  await drained();
  assert.equal(refusals, 5);
  assert.match(metrics.text(), /^jx_core_data_events_lost_total 3$/m);
});

test("PersistData=false passes events by, at once and as long as it says so", async () => {
  const { disk, publish, drained, setPersist } = setup();
  setPersist(false);
  void publish(event());
  await drained();
  setPersist(true);
  void publish(event());
  await drained();
  assert.equal(disk.kept.length, 1);
});
