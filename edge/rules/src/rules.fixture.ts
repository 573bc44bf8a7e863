/** The rules service alone, on a real engine, compiler and database; what devices do is recorded and played. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import {
  type Client,
  type CommandOperations,
  type Event,
  type Firing,
  type Handlers,
  type MetadataOperations,
  type Reading,
  type ReadingValue,
  type RulesOperations,
  topics,
} from "@jx/contracts";
import { type Bus, type Clients, createBus, createLogger, createMetrics, createSystemClock } from "@jx/runtime";
import { rules } from "./index.ts";

/** What the device p offers; a test may change it. */
export interface Plant {
  /** resource → value now; a write changes it unless `stuck`. */
  readonly values: Map<string, ReadingValue>;
  readonly written: string[];
  stuck: boolean;
  /** Thrown by writes, or by reads. */
  writeError: Error | undefined;
  readError: Error | undefined;
  /** Resolves before a write is done, when a test wants to hold it. */
  hold: Promise<void> | undefined;
  unit: string;
  metadataError: Error | undefined;
  /** Metadata knows p. */
  there: boolean;
}

export function newPlant(): Plant {
  return {
    values: new Map<string, ReadingValue>([["stop", false]]),
    written: [],
    stuck: false,
    writeError: undefined,
    readError: undefined,
    hold: undefined,
    unit: "℃",
    metadataError: undefined,
    there: true,
  };
}

export interface Started extends AsyncDisposable {
  readonly handlers: Handlers<RulesOperations>;
  readonly bus: Bus;
  readonly logs: { level: string; msg: string }[];
  /** Publishes one event with these readings of p and waits until every subscriber had it. */
  read(values: Readonly<Record<string, ReadingValue>>, tags?: Reading["tags"]): Promise<Event>;
  /** Metadata says that a device was deleted. */
  removed(device: string): Promise<void>;
  firings(): Promise<readonly Firing[]>;
  names(): Promise<string[]>;
  /** As a crash leaves the folder: nothing is waited for but the threads. */
  abort(): void;
}

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "jx-rules-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface StartOptions {
  readonly keep?: number;
  /** ms added to the wall clock. */
  readonly wallOffset?: number;
}

export async function startRules(dataDir: string, plant: Plant, options: StartOptions = {}): Promise<Started> {
  const abort = new AbortController();
  const bus = createBus({ onError: assert.ifError, freeze: true });
  const logs: { level: string; msg: string }[] = [];
  const log = createLogger({ level: "DEBUG", write: (line) => logs.push(JSON.parse(line) as (typeof logs)[number]) });
  const current = {
    Writable: { VerifyTimeout: "300ms" },
    Service: { RequestTimeout: "60s" },
    History: { MaxFirings: options.keep ?? 10_000 },
  };
  const service = await rules.start({
    key: "rules",
    config: { current, onChange: () => () => undefined },
    log,
    bus,
    clock: createSystemClock({ wall: () => Date.now() + (options.wallOffset ?? 0) }),
    metrics: createMetrics(),
    telemetry: { add: () => ({ [Symbol.dispose]() {} }) },
    clients: clientsOf(plant),
    dataDir,
    baseAddress: "",
    newId: randomUUID,
    signal: abort.signal,
  });
  const seen = bus.subscribe("edgex/events/#", { name: "test", policy: "block", capacity: 100 }, () => undefined);
  const context = { correlationId: "test" };
  const { handlers } = service;
  return {
    handlers,
    bus,
    logs,
    async read(values, tags) {
      const event = eventOf(values, tags);
      await bus.publish({
        kind: "event",
        topic: topics.deviceEvent("device-test", "pump", "p", "all"),
        correlationId: "c",
        from: "inside",
        event,
      });
      await seen.drained();
      await new Promise((resolve) => setImmediate(resolve));
      return event;
    },
    async removed(device) {
      const topic = topics.systemEvent("device", "delete", "device-test", "pump");
      const payload = { type: "device", action: "delete", details: { name: device } };
      await bus.publish({ kind: "json", topic, correlationId: "c", from: "inside", payload });
      await new Promise((resolve) => setImmediate(resolve));
    },
    async firings() {
      return (await handlers.allFirings({ offset: 0, limit: -1 }, context)).firings;
    },
    async names() {
      return (await handlers.allRules({}, context)).rules.map(({ name }) => name);
    },
    abort: () => abort.abort(),
    async [Symbol.asyncDispose]() {
      abort.abort();
      await service[Symbol.asyncDispose]?.();
    },
  };
}

/** Until a condition holds; fails after 5 s. */
export async function until<T>(what: string, look: () => Promise<T | undefined | false> | T | undefined | false) {
  for (const end = performance.now() + 5_000; performance.now() < end; ) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return assert.fail(`${what}: not within 5 s`);
}

function clientsOf(plant: Plant): Clients {
  const resource = (name: string, valueType: string, units: string, readWrite: string) => ({
    name,
    properties: { valueType, readWrite, units },
  });
  const metadata = {
    allProfiles: async () => {
      if (plant.metadataError !== undefined) throw plant.metadataError;
      const deviceResources = [
        resource("t", "Float64", plant.unit, "R"),
        resource("on", "Bool", "", "R"),
        resource("stop", "Bool", "", "RW"),
        resource("level", "Float32", "%", "RW"),
      ];
      return { totalCount: 1, profiles: [{ name: "pump", deviceResources }] };
    },
    allDevices: async () => {
      const devices = plant.there ? [{ name: "p", profileName: "pump" }] : [];
      return { totalCount: devices.length, devices };
    },
  } as unknown as Client<MetadataOperations>;
  const command = {
    set: async ({ command: name, body }: { command: string; body: Record<string, string> }) => {
      plant.written.push(`${name}=${body[name]}`);
      await plant.hold;
      if (plant.writeError !== undefined) throw plant.writeError;
      if (!plant.stuck) plant.values.set(name, JSON.parse(body[name] ?? "null") as ReadingValue);
      return {};
    },
    get: async ({ command: name }: { command: string }) => {
      if (plant.readError !== undefined) throw plant.readError;
      return { event: eventOf({ [name]: plant.values.get(name) ?? null }) };
    },
  } as unknown as Client<CommandOperations>;
  const of = (key: string): unknown => (key === "core-metadata" ? metadata : command);
  return { of, at: of } as Clients;
}

let lastOrigin = 1_700_000_000_000_000_000n;

function eventOf(values: Readonly<Record<string, ReadingValue>>, tags?: Reading["tags"]): Event {
  lastOrigin += 1n;
  const head = { deviceName: "p", profileName: "pump", origin: lastOrigin };
  const readings = Object.entries(values).map(
    ([resourceName, value]): Reading => ({
      ...head,
      resourceName,
      valueType: typeof value === "boolean" ? "Bool" : "Float64",
      value,
      units: "",
      mediaType: "",
      tags,
    }),
  );
  return { id: randomUUID(), ...head, sourceName: "all", readings, tags: undefined };
}
