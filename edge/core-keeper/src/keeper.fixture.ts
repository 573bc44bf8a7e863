/** Core keeper over a memory store, called as any other service calls it. */
import { type TestContext, test } from "node:test";
import {
  type Client,
  type Handlers,
  inProcessClient,
  type JsonMessage,
  type KeeperOperations,
  keeperOperations,
  STATUS_OF,
} from "@jx/contracts";
import { isAppError } from "@jx/kit";
import { addRoutes, createBus, createServer, httpClient, type Logger, listen } from "@jx/runtime";
import { keeperHandlers } from "./handlers.ts";
import { KeyValues } from "./key-values.ts";
import { Registry } from "./registry.ts";
import type { KeeperStore } from "./store/keeper-store.ts";
import { memoryStore } from "./store/memory.fixture.ts";

const silent: Logger = {
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silent,
};

export interface Harness {
  readonly client: Client<KeeperOperations>;
  /** A raw request and "status body" of its answer; over HTTP only. */
  readonly said?: (method: string, path: string, body: string) => Promise<string>;
  /** Change notices so far: topic, payload and correlation id. */
  notices(): Promise<[topic: string, payload: unknown, correlationId: string][]>;
}

/** Starts a keeper; what it opened is closed when the test, or the stack given, ends. */
export type Start = (store?: KeeperStore, until?: AsyncDisposableStack) => Promise<Harness>;

/** One test over both transports: what holds for a direct call holds for a request, to the letter. */
export function contract(name: string, run: (harness: Start, t: TestContext) => Promise<void>): void {
  for (const transport of ["in process", "HTTP"] as const) {
    test(`${name} (${transport})`, async (t) => {
      await using opened = new AsyncDisposableStack();
      await run((store = memoryStore(), until = opened) => harness(store, transport, until), t);
    });
  }
}

async function harness(
  store: KeeperStore,
  transport: "in process" | "HTTP",
  opened: AsyncDisposableStack,
): Promise<Harness> {
  const bus = createBus({
    onError: (error) => {
      throw error;
    },
    freeze: true,
  });
  let time = 1_795_472_792_350;
  const nowMs = (): number => {
    time += 1;
    return time;
  };
  const { entries, registrations } = await store.load();
  const registry = opened.use(
    new Registry(
      { store, nowMs, probeTimeoutMs: () => 5_000, log: silent, signal: new AbortController().signal },
      registrations,
    ),
  );
  const handlers = keeperHandlers({ bus, values: new KeyValues(store, entries, nowMs), registry });
  const seen: JsonMessage[] = [];
  const watcher = bus.subscribe(
    "edgex/configs/#",
    { name: "watch", policy: "block", capacity: 1000 },
    (message) => void seen.push(message as JsonMessage),
  );
  const ends =
    transport === "HTTP"
      ? await overHttp(handlers, opened)
      : { client: inProcessClient(keeperOperations, () => handlers, newId) };
  return {
    ...ends,
    async notices() {
      await watcher.drained();
      return seen.splice(0).map(({ topic, payload, correlationId }) => [topic, payload, correlationId]);
    },
  };
}

const newId = (): string => "new-id";

async function overHttp(
  handlers: Handlers<KeeperOperations>,
  opened: AsyncDisposableStack,
): Promise<Required<Pick<Harness, "client" | "said">>> {
  const options = { host: "127.0.0.1", port: 0, name: "core-keeper", allowedHosts: [], maxBodyBytes: 1_000_000 };
  const app = createServer(options);
  opened.defer(() => app.close());
  addRoutes(app, "/api/v3", keeperOperations, handlers, { log: silent, newId });
  const port = await listen(app, options, { whoHolds: () => undefined });
  const baseUrl = `http://127.0.0.1:${port}/api/v3`;
  return {
    client: httpClient(keeperOperations, { baseUrl, timeoutMs: 10_000, newId }),
    async said(method, path, body) {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(baseUrl + path, { method, headers, body });
      return `${answer.status} ${await answer.text()}`;
    },
  };
}

/** "400 text" of what a call rejects with, for tables of cases. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "accepted";
  } catch (error) {
    if (!isAppError(error)) throw error;
    return `${STATUS_OF[error.kind]} ${error.message}`;
  }
}
