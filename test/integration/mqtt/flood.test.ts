/** One subscriber stopped by SIGSTOP, a flood of 20,000 events, and another subscriber who must not notice. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { EventMessage } from "@jx/contracts";
import { type Bus, createBus, createMetrics, type Logger, openBroker } from "@jx/runtime";
import { missing, subscribe, until } from "./mosquitto.ts";

const silent = (): void => undefined;
const log: Logger = { trace: silent, debug: silent, info: silent, warn: silent, error: silent, child: () => log };

const EVENTS = 20_000;
/** Makes an event 5 kB, so that 20,000 kept for the paused one would be 100 MB. */
const FILLER = "x".repeat(4_000);
/** Events per burst; about one burst per millisecond. */
const BURST = 10;

function event(i: number): EventMessage {
  const names = { deviceName: "pump-1", profileName: "cooling-pump" };
  const origin = 1795472304567279158n + BigInt(i);
  const readings = ["a", "b", "c", "d", "e"].map((resourceName) => ({
    ...names,
    resourceName,
    valueType: "Float64" as const,
    value: i,
    origin,
    units: "℃",
    mediaType: "",
    tags: undefined,
  }));
  const id = crypto.randomUUID();
  return {
    kind: "event",
    topic: "edgex/events/device/device-modbus/cooling-pump/pump-1/all",
    correlationId: id,
    from: "inside",
    event: { ...names, id, sourceName: "all", origin, readings, tags: { filler: FILLER } },
  };
}

async function publishPaced(bus: Bus, message: EventMessage, i: number): Promise<void> {
  void bus.publish(message);
  if (i % BURST === BURST - 1) await new Promise((resolve) => setTimeout(resolve, 1));
}

function larger(a: NodeJS.MemoryUsage, b: NodeJS.MemoryUsage): NodeJS.MemoryUsage {
  return { ...a, rss: Math.max(a.rss, b.rss), arrayBuffers: Math.max(a.arrayBuffers, b.arrayBuffers) };
}

test("a paused subscriber costs the others nothing", { skip: missing(), timeout: 120_000 }, async (t) => {
  await using stack = new AsyncDisposableStack();
  const metrics = createMetrics();
  const bus = createBus({ onError: assert.ifError });
  const broker = stack.use(await openBroker({ port: 0 }, { bus, log, metrics }));
  const healthy = stack.use(await subscribe(broker.port, "edgex/#", false));
  const paused = stack.use(await subscribe(broker.port, "edgex/#"));
  paused.process.kill("SIGSTOP");
  // Rings and caches reach their size before memory is compared.
  for (let i = 0; i < 2_000; i += 1) await publishPaced(bus, event(i), i);
  await until("the warm-up", () => healthy.got.length === 2_000);
  const before = process.memoryUsage();
  let peak = before;
  const start = performance.now();
  for (let i = 0; i < EVENTS; i += 1) {
    await publishPaced(bus, event(i), i);
    if (i % 1_000 === 0) peak = larger(peak, process.memoryUsage());
  }
  const seconds = (performance.now() - start) / 1_000;
  const mirror = (): number => bus.stats().find(({ name }) => name === "mqtt-broker")?.dropped ?? 0;
  await until("the healthy subscriber's last event", () => healthy.got.length + mirror() >= EVENTS + 2_000, 60_000);

  const gaps = healthy.got.slice(1).map(({ at }, i) => at - (healthy.got[i]?.at ?? at));
  const shed = Number(/reason="slow-client"\} (\d+)/.exec(metrics.text())?.[1] ?? 0);
  const growth = (kind: "rss" | "arrayBuffers"): number => (peak[kind] - before[kind]) / 1e6;
  t.diagnostic(
    `${Math.round(EVENTS / seconds)} events/s; healthy got ${healthy.got.length}, largest gap ${Math.max(...gaps).toFixed(1)} ms; ` +
      `paused missed ${shed}; mirror dropped ${mirror()}; buffers +${growth("arrayBuffers").toFixed(0)} MB, RSS +${growth("rss").toFixed(0)} MB`,
  );
  assert.equal(healthy.got.length + mirror(), EVENTS + 2_000);
  assert.ok(shed > 0, "the paused subscriber must have been shed");
  assert.ok(growth("arrayBuffers") < 40, "what waits for the paused subscriber must be bounded");
  assert.ok(Math.max(...gaps) < 2_000, "the healthy subscriber stood still");

  const had = paused.got.length;
  paused.process.kill("SIGCONT");
  await until("the paused subscriber reads what its buffers held", () => paused.got.length > had);
  const later = paused.got.length;
  await until("and the newest again", () => {
    void bus.publish(event(EVENTS));
    return paused.got.length > later && paused.got.at(-1)?.payload.includes('"value":"2e+04"') === true;
  });
});
