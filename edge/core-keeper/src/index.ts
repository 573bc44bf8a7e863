import { keeperOperations, Type } from "@jx/contracts";
import { parseDurationMs } from "@jx/kit";
import { defineService } from "@jx/runtime";
import { keeperHandlers } from "./handlers.ts";
import { KeyValues } from "./key-values.ts";
import { Registry } from "./registry.ts";
import { openKeeperStore } from "./store/open.ts";

export { type CommonFacts, type Place, seedCommonConfig } from "./common-config.ts";

/** Core keeper: settings by key, told on the bus when they change, and the registry of services with their health. */
export const coreKeeper = defineService({
  key: "core-keeper",
  port: 59890,
  operations: keeperOperations,
  config: Type.Object({
    Service: Type.Object({
      RequestTimeout: Type.String({
        default: "5s",
        description: "How long a service may take to answer a health check",
      }),
    }),
  }),
  async start(context) {
    await using opened = new AsyncDisposableStack();
    const store = opened.use(await openKeeperStore(context));
    context.log.info(store.report, "settings opened");
    const { entries, registrations } = await store.load();
    const nowMs = (): number => Number(context.clock.now() / 1_000_000n);
    const values = new KeyValues(store, entries, nowMs);
    const probeTimeoutMs = (): number => parseDurationMs(context.config.current.Service.RequestTimeout);
    const { log, signal, bus } = context;
    const registry = opened.use(new Registry({ store, nowMs, probeTimeoutMs, log, signal }, registrations));
    const running = opened.move();
    return {
      handlers: keeperHandlers({ bus, values, registry }),
      [Symbol.asyncDispose]: () => running.disposeAsync(),
    };
  },
});
