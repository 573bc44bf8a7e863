/** A host with services that write down their life, and a keeper in little. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import {
  defineTable,
  type Handlers,
  type KeeperOperations,
  type KeyValue,
  keeperOperations,
  Type,
  topics,
} from "@jx/contracts";
import { AppError } from "@jx/kit";
import { createBus } from "../bus/bus.ts";
import { createSystemClock } from "../clock/system-clock.ts";
import { flatten } from "../config/flat.ts";
import { createLogger } from "../log/pino-logger.ts";
import { createMetrics } from "../metrics/metrics.ts";
import { defineService } from "../service.ts";
import { Host, type HostDeps, type HostOptions } from "./host.ts";

const Text = Type.Object({ text: Type.String() });
export const operations = defineTable({
  hello: { method: "GET", path: "/hello", summary: "", output: Text, framing: "single", status: 200, errors: [] },
});
const config = Type.Object({
  Writable: Type.Object({
    Word: Type.String({ default: "hi" }),
    Pause: Type.String({ "x-go": "duration", default: "1s" }),
  }),
  Login: Type.Object({ Password: Type.String({ default: "" }) }),
});

export function setup(
  t: TestContext,
  options: Partial<HostOptions> = {},
  signal?: AbortSignal,
  counts?: HostDeps["counts"],
) {
  const dataDir = mkdtempSync(join(tmpdir(), "jx-host-"));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const logs: { level: string; service?: string; msg: string }[] = [];
  const log = createLogger({ level: "INFO", write: (line) => logs.push(JSON.parse(line) as (typeof logs)[number]) });
  const bus = createBus({ onError: assert.ifError });
  const steps: string[] = [];
  const host = new Host(
    {
      dataDir,
      jxVersion: "0.0.0",
      environment: {},
      file: {},
      flags: {},
      remote: {},
      alone: false,
      overwriteConfig: false,
      ...options,
    },
    {
      log,
      bus,
      clock: createSystemClock(),
      metrics: createMetrics(),
      ...(signal === undefined ? {} : { signal }),
      ...(counts === undefined ? {} : { counts }),
    },
  );
  t.after(() => host[Symbol.asyncDispose]());
  /** A service that writes down its life. */
  const service = (key: string, start: () => Promise<void> = async () => undefined) =>
    defineService({
      key,
      port: 0,
      operations,
      config,
      async start({ config: live, signal: end, log: own }) {
        end.addEventListener("abort", () => steps.push(`${key} told`));
        await start();
        steps.push(`${key} started`);
        return {
          handlers: {
            hello: () => {
              own.debug({}, "said hello");
              return { text: live.current.Writable.Word };
            },
          },
          async [Symbol.asyncDispose]() {
            steps.push(`${key} ended`);
          },
        };
      },
    });
  return { host, bus, logs, steps, service, dataDir };
}

/** Core keeper in little: key-values that can be put and asked for, and a registry that remembers. */
export function keeper(
  bus: ReturnType<typeof createBus>,
  values: Map<string, string>,
  registry: string[] = [],
  beforePut: (key: string) => void = () => undefined,
) {
  return defineService({
    key: "core-keeper",
    port: 0,
    operations: keeperOperations,
    config: Type.Object({}),
    async start() {
      const handlers: Partial<Handlers<KeeperOperations>> = {
        getKey({ key }) {
          const rows = [...values].filter(([name]) => name === key || name.startsWith(`${key}/`));
          if (rows.length === 0) throw new AppError("NotFound", `no key starting with '${key}' found`);
          return { response: rows.map(([name, value]): KeyValue => ({ key: name, value, Created: 0, Modified: 0 })) };
        },
        async putKey({ key, body }, { correlationId }) {
          beforePut(key);
          const flat = typeof body.value === "object" ? flatten(body.value, key) : [[key, String(body.value)] as const];
          for (const [name, value] of flat) values.set(name, value);
          const payload = { key, value: body.value };
          await bus.publish({
            kind: "json",
            topic: topics.configChange(key),
            payload,
            correlationId,
            from: "inside",
          });
          return { response: [key] };
        },
        register({ body: { registration } }) {
          if (registry.some((row) => row.startsWith(registration.serviceId)))
            throw new AppError("DuplicateName", "already exists");
          registry.push(`${registration.serviceId} ${registration.status ?? "UNKNOWN"}`);
          return { serviceName: registration.serviceId };
        },
        updateRegistration({ body: { registration } }) {
          registry.push(`${registration.serviceId} ${registration.status ?? "UNKNOWN"}`);
          return {};
        },
      };
      return { handlers: handlers as Handlers<KeeperOperations> };
    },
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });
}

export async function within(ms: number, look: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + ms; performance.now() < end; ) {
    if (await look()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`not within ${ms} ms`);
}
