/**
 * Events per second, one thread: `node --expose-gc engines/pangu/bench/engine.bench.ts`.
 * Load as in the shared-shape measurements of the design: 1000 devices × 10 resources, three readings an event, rules
 * 60 % two-resource Boolean, 20 % hysteresis, 10 % for, 10 % one comparison. The baselines run interleaved with the
 * engine and must fire the same: the naive scan of all rules, and the same walk behind an index of rules by resource.
 */
import { createEngine, type RuleIr, sealRule } from "../src/index.ts";
import type { CompareIr, ConditionIr, OperandIr, Relation } from "../src/ir.ts";
import { NaiveEngine } from "./naive-engine.ts";

const DEVICES = 1000;
const RESOURCES = 10;
const RULES = 10_000;

/** Small deterministic generator (mulberry32), so that every run has the same load. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function makeRules(devices: number): RuleIr[] {
  const next = random(1);
  const compare = (left: number, relation: Relation, hysteresis = 0): CompareIr => ({
    type: "compare",
    left,
    relation,
    right: { constant: relation === ">" ? 90 + 9 * next() : 10 * next() },
    hysteresis,
  });
  return Array.from({ length: RULES }, (_, i) => {
    const device = `device-${i % devices}`;
    const first = Math.floor(next() * RESOURCES);
    const operands = [first, (first + 1) % RESOURCES].map(
      (n): OperandIr => ({ device, resource: `resource-${n}`, kind: "number", valueType: "Float64", unit: "℃" }),
    );
    const shape = i % 10;
    const condition: ConditionIr =
      shape < 6
        ? { type: shape < 3 ? "all" : "any", parts: [compare(0, ">"), compare(1, "<")] }
        : shape < 8
          ? compare(0, ">", 5)
          : shape < 9
            ? { type: "hold", part: compare(0, ">"), ms: 500 }
            : compare(0, ">");
    return sealRule({ name: `rule-${i}`, priority: "normal", operands, condition, actions: [], line: i });
  });
}

function makeEvents(devices: number, count: number) {
  const next = random(2);
  return Array.from({ length: count }, (_, i) => {
    const deviceName = `device-${Math.floor(next() * devices)}`;
    const start = Math.floor(next() * RESOURCES);
    const readings = [0, 1, 2].map((n) => ({
      deviceName,
      resourceName: `resource-${(start + n) % RESOURCES}`,
      value: 100 * next(),
      origin: BigInt(i),
    }));
    return { id: `event-${i}`, readings };
  });
}

/** The naive walk over the rules of one device only: the index alone, without tables and incremental truth. */
class IndexedNaive {
  readonly #byDevice = new Map<string, NaiveEngine>();
  constructor(rules: readonly RuleIr[]) {
    for (const [device, own] of Map.groupBy(rules, ({ operands }) => operands[0]?.device ?? ""))
      this.#byDevice.set(device, new NaiveEngine(own));
  }
  step(event: ReturnType<typeof makeEvents>[number], now: number) {
    return this.#byDevice.get(event.readings[0]?.deviceName ?? "")?.step(event, now) ?? [];
  }
}

/** Events at which nothing changes: values move, no limit is crossed. */
function quiet(rules: readonly RuleIr[], events: ReturnType<typeof makeEvents>) {
  const engine = createEngine({ rules, isGood: () => true });
  const calm = events.map((event) => ({
    ...event,
    readings: event.readings.map((r) => ({ ...r, value: 40 + (Number(r.value) % 20) })),
  }));
  time((event, now) => engine.step(event, now), calm, 0, 200_000);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const { perSecond } = time((event, now) => engine.step(event, now), calm, 200_000, 300_000);
  return { perSecond, bytes: (process.memoryUsage().heapUsed - before) / 100_000 };
}

type Step = (event: ReturnType<typeof makeEvents>[number], now: number) => readonly unknown[];

function time(step: Step, events: ReturnType<typeof makeEvents>, from: number, to: number) {
  let fired = 0;
  const start = performance.now();
  for (let i = from; i < to; i++) fired += step(events[i % events.length] as (typeof events)[number], i).length;
  return { fired, perSecond: ((to - from) * 1000) / (performance.now() - start) };
}

/** A baseline that does other work would make the ratio worthless. */
function compareFirings(rules: readonly RuleIr[], events: ReturnType<typeof makeEvents>): void {
  const engine = createEngine({ rules, isGood: () => true });
  const naive = new NaiveEngine(rules);
  for (const [i, event] of events.entries()) {
    const [got, expected] = [engine.step(event, i), naive.step(event, i)].map((list) =>
      list
        .map(({ rule }) => rule)
        .sort()
        .join(),
    );
    if (got !== expected) throw new Error(`event ${i}: the engine fires [${got}], the baseline [${expected}]`);
  }
}

function measure(title: string, devices: number): void {
  const rules = makeRules(devices);
  const events = makeEvents(devices, 50_000);
  globalThis.gc?.();
  const before = process.memoryUsage();
  const started = performance.now();
  const engine = createEngine({ rules, isGood: () => true });
  const buildMs = performance.now() - started;
  globalThis.gc?.();
  const after = process.memoryUsage();
  const bytes = after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers;
  console.log(
    `${title}: ${RULES} rules, ${devices * RESOURCES} keys; built in ${buildMs.toFixed(0)} ms, about ${(bytes / RULES).toFixed(0)} B a rule`,
  );

  const { perSecond, bytes: perEvent } = quiet(rules, events);
  console.log(
    `  nothing changes ${Math.round(perSecond).toLocaleString("en").padStart(11)} events/s   ${perEvent.toFixed(1)} B allocated an event`,
  );

  compareFirings(rules, events.slice(0, 200));
  const indexed = new IndexedNaive(rules);
  const naive = new NaiveEngine(rules);
  const rows = [
    {
      name: "engine",
      step: ((e, t) => engine.step(e, t)) as Step,
      chunk: devices > 100 ? 100_000 : 5_000,
      at: 0,
      best: 0,
      fired: 0,
    },
    {
      name: "index + walk",
      step: ((e, t) => indexed.step(e, t)) as Step,
      chunk: devices > 100 ? 10_000 : 300,
      at: 0,
      best: 0,
      fired: 0,
    },
    { name: "scan all rules", step: ((e, t) => naive.step(e, t)) as Step, chunk: 100, at: 0, best: 0, fired: 0 },
  ];
  for (let round = 0; round < 5; round++) {
    for (const row of rows) {
      const { fired, perSecond } = time(row.step, events, row.at, row.at + row.chunk);
      row.at += row.chunk;
      row.fired += fired;
      row.best = Math.max(row.best, perSecond);
    }
  }
  const [own] = rows;
  for (const { name, best, fired, at } of rows) {
    const ratio = (own?.best ?? 0) / best;
    console.log(
      `  ${name.padEnd(15)} ${Math.round(best).toLocaleString("en").padStart(11)} events/s   engine is ${ratio.toFixed(1)}×   (${fired} firings in ${at} events)`,
    );
  }
}

measure("wide", DEVICES);
measure("dense", 10);
