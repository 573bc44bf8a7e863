import { setImmediate as nextTurn } from "node:timers/promises";
import { API_VERSION, topics } from "@jx/contracts";
import { type Clock, MAX_TIMER_MS, messageOf, parseDurationMs } from "@jx/kit";
import type { Bus } from "../bus/bus.ts";
import type { Logger } from "../log/logger.ts";
import type { Labels } from "./metrics.ts";

/** What a timer or a histogram has seen. */
export interface Distribution {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly stddev: number;
  readonly variance: number;
}

interface Named {
  /** EdgeX's name: "EventsPersisted"; with a suffix where there is one for each of many: "LastConnected-Pump1". */
  readonly name: string;
  readonly tags?: Labels;
}
interface Single extends Named {
  readonly kind: "counter" | "gauge" | "gaugeFloat64";
  /** Asked when the metric is told. */
  readonly read: () => number | bigint;
}
interface Spread extends Named {
  readonly kind: "timer" | "histogram";
  /** Asked when the metric is told. */
  readonly read: () => Distribution;
}
/** A metric as EdgeX's peers know it. */
export type TelemetryMetric = Single | Spread;

/** What a service tells about itself on the bus, under edgex/telemetry. */
export interface Telemetry {
  /** Tells the metric in each interval while Writable.Telemetry turns it on. Disposing it ends that. */
  add(metric: TelemetryMetric): Disposable;
}

/** Writable.Telemetry. */
export interface TelemetrySettings {
  /** Go duration; 0s: never. */
  readonly Interval: string;
  readonly Metrics: Readonly<Record<string, boolean>>;
  readonly Tags: Readonly<Record<string, string>>;
}

export interface TelemetryDeps {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly newId: () => string;
}

/** A short interval in keeper must not turn into a flood. */
const SHORTEST_MS = 100;
/** One metric a device: more devices than any service has. */
const MAX_METRICS = 20_000;
/** So many are a few hundred microseconds of work, and fit every queue of the bus. */
const PER_TURN = 64;

/**
 * Publishes a service's metrics as go-mod-bootstrap's metrics manager and reporter do (bootstrap/metrics/*.go): all that
 * are turned on, once per interval, each as a message of its own.
 */
export class TelemetryReporter implements Telemetry, Disposable {
  readonly #service: string;
  readonly #deps: TelemetryDeps;
  readonly #metrics = new Set<TelemetryMetric>();
  #settings: TelemetrySettings;
  #timer: NodeJS.Timeout | undefined;
  #telling = false;
  #ended = false;

  constructor(service: string, settings: TelemetrySettings, deps: TelemetryDeps) {
    this.#service = service;
    this.#settings = settings;
    this.#deps = deps;
    this.#start();
  }

  add(metric: TelemetryMetric): Disposable {
    if (this.#metrics.size < MAX_METRICS) this.#metrics.add(metric);
    return { [Symbol.dispose]: () => void this.#metrics.delete(metric) };
  }

  /** Takes over changed settings at once; the interval begins anew only when it changed itself. */
  follow(settings: TelemetrySettings): void {
    const before = this.#settings;
    this.#settings = settings;
    if (before.Interval !== settings.Interval) this.#start();
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    clearInterval(this.#timer);
  }

  #start(): void {
    clearInterval(this.#timer);
    const ms = parseDurationMs(this.#settings.Interval);
    if (ms <= 0) return;
    this.#timer = setInterval(() => void this.#tell(), Math.min(MAX_TIMER_MS, Math.max(SHORTEST_MS, ms)));
    this.#timer.unref();
  }

  /** A few per turn of the loop: a service may have a metric for each of its thousands of devices. */
  async #tell(): Promise<void> {
    if (this.#telling) return;
    this.#telling = true;
    let told = 0;
    for (const metric of this.#metrics) {
      if (this.#ended) break;
      const name = enabledName(metric.name, this.#settings.Metrics);
      if (name === undefined) continue;
      try {
        const full = this.#publish(name, metric);
        if (full !== undefined) await full;
      } catch (error) {
        this.#deps.log.warn({ metric: metric.name, reason: messageOf(error) }, "a metric could not be told");
      }
      told += 1;
      if (told % PER_TURN === 0) await nextTurn();
    }
    this.#telling = false;
  }

  /** A promise while the bus has no room. */
  #publish(name: string, metric: TelemetryMetric): Promise<void> | undefined {
    const tags = { ...this.#settings.Tags, service: this.#service, ...metric.tags };
    const payload = {
      apiVersion: API_VERSION,
      name,
      fields: fieldsOf(metric),
      tags: Object.entries(tags).map(([tag, value]) => ({ name: tag, value })),
      timestamp: this.#deps.clock.now(),
    };
    const { bus, newId } = this.#deps;
    const topic = topics.telemetry(this.#service, name);
    return bus.publish({ kind: "json", topic, payload, correlationId: newId(), from: "inside" });
  }
}

function fieldsOf(metric: TelemetryMetric): { name: string; value: number | bigint }[] {
  const { kind } = metric;
  const value = metric.read();
  if (typeof value !== "object") return [{ name: kind === "counter" ? "counter-count" : `${kind}-value`, value }];
  const { count, min, max, mean, stddev, variance } = value;
  const fields = Object.entries({ count, min, max, mean, stddev, variance });
  return fields.map(([field, each]) => ({ name: `${kind}-${field}`, value: each }));
}

/**
 * The configured name under which a metric is told: the one it starts with, when that is true. Where several fit, Go
 * takes any of them; the longest says most.
 */
function enabledName(metric: string, configured: TelemetrySettings["Metrics"]): string | undefined {
  let found: string | undefined;
  for (const name of Object.keys(configured)) {
    if (metric.startsWith(name) && name.length >= (found?.length ?? 0)) found = name;
  }
  return found !== undefined && configured[found] === true ? found : undefined;
}
