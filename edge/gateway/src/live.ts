import type { ServerResponse } from "node:http";
import {
  type Client,
  type DeviceHealth,
  type EventMessage,
  filters,
  type JsonMessage,
  type LiveMessage,
  type RulesOperations,
  type SystemEvent,
  stringifyJson,
  topics,
} from "@jx/contracts";
import { messageOf } from "@jx/kit";
import type { Bus, Logger } from "@jx/runtime";
import { LatestValues } from "./latest-values.ts";

export interface LiveOptions {
  /** Between messages of readings. */
  readonly intervalMs: number;
  /** Between looks at rules, health and the process. */
  readonly stateIntervalMs: number;
  readonly maxReadings: number;
}

export interface LiveDeps {
  readonly bus: Bus;
  readonly log: Logger;
  readonly rules: Client<RulesOperations>;
  readonly health: () => readonly DeviceHealth[];
  readonly vitals: () => { rssBytes: number; loopDelayMs: number; eventsStored: number };
  readonly signal: AbortSignal;
}

interface Viewer {
  readonly response: ServerResponse;
  /** What it has still to be told from the beginning, in pieces. */
  rest: Iterator<string> | undefined;
  /** A message was left out because its socket was full: it is told everything again once that has drained. */
  behind: boolean;
}

/** Bytes that may wait in one viewer's socket before messages are left out, and while it is told everything. */
const MAX_BUFFERED = 1_048_576;
const FEED_BUFFERED = 262_144;

/** The one stream (contracts live.ts): bus → newest value of each series → every viewer, a few times a second. */
export class LiveFeed implements Disposable {
  readonly #options: LiveOptions;
  readonly #deps: LiveDeps;
  readonly #values = new LatestValues();
  readonly #viewers = new Set<Viewer>();
  readonly #stack = new DisposableStack();
  #lastRules = "";
  #lastHealth = "";
  #lastStored = 0;
  #lastStoredAt = performance.now();
  #deferred = 0;

  constructor(options: LiveOptions, deps: LiveDeps) {
    this.#options = options;
    this.#deps = deps;
    const { bus } = deps;
    this.#stack.use(
      bus.subscribe(filters.allEvents, { name: "live", policy: "latest", capacity: 16_384 }, (message) => {
        this.#values.add((message as EventMessage).event);
      }),
    );
    this.#stack.use(
      bus.subscribe(filters.firings, { name: "live firings", policy: "drop-oldest", capacity: 256 }, (message) => {
        this.#broadcast("firing", stringifyJson(times((message as JsonMessage).payload)));
      }),
    );
    this.#stack.use(
      bus.subscribe(
        filters.systemEvents,
        { name: "live metadata", policy: "drop-oldest", capacity: 256 },
        (message) => {
          this.#metadataChanged((message as JsonMessage).payload as SystemEvent);
        },
      ),
    );
    this.#stack.use(
      bus.subscribe(topics.metadataBack, { name: "live missed", policy: "latest", capacity: 1 }, () => this.missed()),
    );
    const fast = setInterval(() => this.#sendReadings(), options.intervalMs);
    const slow = setInterval(() => this.#slowTick(), options.stateIntervalMs);
    this.#stack.defer(() => clearInterval(fast));
    this.#stack.defer(() => clearInterval(slow));
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  /** Pages read again what they show of metadata, as after a time in which they were too slow. */
  missed(): void {
    this.#broadcast("metadata", LEFT_OUT);
  }

  /** Takes over an answered request and feeds it until it closes. */
  add(response: ServerResponse): void {
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    const viewer: Viewer = { response, rest: this.#everything(), behind: false };
    response.on("close", () => this.#viewers.delete(viewer));
    response.on("error", () => this.#viewers.delete(viewer));
    response.on("drain", () => this.#drained(viewer));
    this.#viewers.add(viewer);
    this.#feed(viewer);
    // Rules and health are looked at for viewers only: the first one must not wait for the next tick.
    if (this.#viewers.size === 1) void this.#sendStates();
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
    for (const { response } of this.#viewers) response.end();
    this.#viewers.clear();
  }

  /** All that is known, a piece at a time: fifty thousand series at once would fill any socket. */
  *#everything(): Generator<string> {
    for (const piece of this.#values.all(this.#options.maxReadings)) yield frame("readings", stringifyJson(piece));
    if (this.#lastRules !== "") yield frame("rules", this.#lastRules);
    if (this.#lastHealth !== "") yield frame("health", this.#lastHealth);
  }

  #feed(viewer: Viewer): void {
    while (viewer.rest !== undefined && viewer.response.writableLength < FEED_BUFFERED) {
      const { done, value } = viewer.rest.next();
      if (done === true) viewer.rest = undefined;
      else viewer.response.write(value);
    }
  }

  #drained(viewer: Viewer): void {
    if (viewer.behind) {
      viewer.behind = false;
      viewer.rest = this.#everything();
      viewer.response.write(frame("metadata", LEFT_OUT));
    }
    this.#feed(viewer);
  }

  #sendReadings(): void {
    if (this.#viewers.size === 0) return;
    const changed = this.#values.takeChanged(this.#options.maxReadings);
    this.#deferred = this.#values.waiting;
    if (changed.length > 0) this.#broadcast("readings", stringifyJson(changed));
  }

  #slowTick(): void {
    if (this.#viewers.size > 0) {
      void this.#sendStates();
      this.#sendStatus();
      return;
    }
    this.#values.forgetChanges();
    this.#lastRules = "";
    this.#lastHealth = "";
  }

  async #sendStates(): Promise<void> {
    try {
      const { rules } = await this.#deps.rules.allRules({});
      const text = stringifyJson(times(rules));
      if (text !== this.#lastRules) this.#broadcast("rules", text);
      this.#lastRules = text;
    } catch (error) {
      this.#deps.log.debug({ reason: messageOf(error) }, "the rules service did not answer the live feed");
    }
    const health = stringifyJson(times(this.#deps.health()));
    if (health !== this.#lastHealth) this.#broadcast("health", health);
    this.#lastHealth = health;
  }

  #sendStatus(): void {
    const vitals = this.#deps.vitals();
    const eventsPerSecond = this.#eventRate(vitals.eventsStored);
    this.#broadcast(
      "status",
      JSON.stringify({ now: Date.now(), ...vitals, eventsPerSecond, deferred: this.#deferred }),
    );
  }

  /** Since the last status, which may be long ago when nobody looked. */
  #eventRate(stored: number): number {
    const now = performance.now();
    const rate = (1_000 * (stored - this.#lastStored)) / Math.max(1, now - this.#lastStoredAt);
    this.#lastStored = stored;
    this.#lastStoredAt = now;
    return Math.max(0, Math.round(rate));
  }

  #metadataChanged(event: SystemEvent): void {
    const subject = (event.details as { name?: string } | undefined)?.name ?? "";
    if (event.type === "device" && event.action === "delete") this.#values.remove(subject);
    this.#broadcast("metadata", JSON.stringify({ type: event.type, action: event.action, subject }));
  }

  #broadcast(name: LiveMessage["name"], data: string): void {
    const text = frame(name, data);
    for (const viewer of this.#viewers) {
      if (viewer.response.writableLength > MAX_BUFFERED) viewer.behind = true;
      if (!viewer.behind) viewer.response.write(text);
    }
  }
}

const LEFT_OUT = JSON.stringify({ type: "everything", action: "update", subject: "" });

function frame(name: LiveMessage["name"], data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}

/** 64-bit times become strings: a page's JSON.parse would round them. */
function times(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return value.map(times);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, times(inner)]));
}
