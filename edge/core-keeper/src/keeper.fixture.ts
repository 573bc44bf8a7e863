/** Core keeper over a memory store, called as any other service calls it. */
import { type Client, inProcessClient, type JsonMessage, type KeeperOperations, keeperOperations } from "@jx/contracts";
import { isAppError } from "@jx/kit";
import { createBus, type Logger } from "@jx/runtime";
import { keeperHandlers } from "./handlers.ts";
import { KeyValues } from "./key-values.ts";
import { Registry } from "./registry.ts";
import { memoryStore } from "./store/memory.fixture.ts";

const silent: Logger = {
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silent,
};

export interface Harness extends Disposable {
  readonly client: Client<KeeperOperations>;
  /** Change notices so far: topic, payload and correlation id. */
  notices(): Promise<[topic: string, payload: unknown, correlationId: string][]>;
}

export async function harness(store = memoryStore()): Promise<Harness> {
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
  const end = new AbortController();
  const registry = new Registry(
    { store, nowMs, probeTimeoutMs: () => 5_000, log: silent, signal: end.signal },
    registrations,
  );
  const handlers = keeperHandlers({ bus, values: new KeyValues(store, entries, nowMs), registry });
  const seen: JsonMessage[] = [];
  const watcher = bus.subscribe(
    "edgex/configs/#",
    { name: "watch", policy: "block", capacity: 1000 },
    (message) => void seen.push(message as JsonMessage),
  );
  return {
    client: inProcessClient(
      keeperOperations,
      () => handlers,
      () => "new-id",
    ),
    async notices() {
      await watcher.drained();
      return seen.splice(0).map(({ topic, payload, correlationId }) => [topic, payload, correlationId]);
    },
    [Symbol.dispose]() {
      end.abort();
      registry[Symbol.dispose]();
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
    return `${error.kind} ${error.message}`;
  }
}
