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
} from "@jx/contracts";
import { messageOf } from "@jx/kit";
import type { Bus, Logger } from "@jx/runtime";
import { LatestValues } from "./latest-values.ts";

export interface LiveOptions {
  readonly intervalMs: number;
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
  /** Its socket was full: it gets everything again once there is room. */
  behind: boolean;
}

/** Bytes that may wait in one viewer's socket before it is left out. */
const MAX_BUFFERED = 1_048_576;
const SLOW_TICK_MS = 1_000;

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
    const fast = setInterval(() => this.#sendReadings(), options.intervalMs);
    const slow = setInterval(() => void this.#sendStates(), SLOW_TICK_MS);
    this.#stack.defer(() => clearInterval(fast));
    this.#stack.defer(() => clearInterval(slow));
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  /** Takes over an answered request and feeds it until it closes. */
  add(response: ServerResponse): void {
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    const viewer: Viewer = { response, behind: false };
    response.on("close", () => this.#viewers.delete(viewer));
    response.on("error", () => this.#viewers.delete(viewer));
    this.#viewers.add(viewer);
    this.#catchUp(viewer);
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
    for (const { response } of this.#viewers) response.end();
    this.#viewers.clear();
  }

  #catchUp(viewer: Viewer): void {
    viewer.behind = false;
    for (const piece of this.#values.all(this.#options.maxReadings))
      this.#send(viewer, "readings", stringifyJson(piece));
    if (this.#lastRules !== "") this.#send(viewer, "rules", this.#lastRules);
    if (this.#lastHealth !== "") this.#send(viewer, "health", this.#lastHealth);
  }

  #sendReadings(): void {
    if (this.#viewers.size === 0) return;
    const changed = this.#values.takeChanged(this.#options.maxReadings);
    if (changed.length > 0) this.#broadcast("readings", stringifyJson(changed));
  }

  async #sendStates(): Promise<void> {
    if (this.#viewers.size === 0) {
      this.#values.takeChanged(Number.MAX_SAFE_INTEGER);
      return;
    }
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
    const vitals = this.#deps.vitals();
    const eventsPerSecond = Math.max(0, vitals.eventsStored - this.#lastStored);
    this.#lastStored = vitals.eventsStored;
    this.#broadcast(
      "status",
      JSON.stringify({ now: Date.now(), ...vitals, eventsPerSecond, deferred: this.#values.waiting }),
    );
  }

  #metadataChanged(event: SystemEvent): void {
    const subject = (event.details as { name?: string } | undefined)?.name ?? "";
    if (event.type === "device" && event.action === "delete") this.#values.remove(subject);
    this.#broadcast("metadata", JSON.stringify({ type: event.type, action: event.action, subject }));
  }

  #broadcast(name: LiveMessage["name"], data: string): void {
    for (const viewer of this.#viewers) {
      if (viewer.behind && viewer.response.writableLength === 0) this.#catchUp(viewer);
      else this.#send(viewer, name, data);
    }
  }

  #send(viewer: Viewer, name: LiveMessage["name"], data: string): void {
    if (viewer.response.writableLength > MAX_BUFFERED) viewer.behind = true;
    if (!viewer.behind) viewer.response.write(`event: ${name}\ndata: ${data}\n\n`);
  }
}

/** 64-bit times become strings: a page's JSON.parse would round them. */
function times(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return value.map(times);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, times(inner)]));
}
