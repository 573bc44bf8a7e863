import { metadataOperations, topics } from "@jx/contracts";
import { defineService } from "@jx/runtime";
import { Catalog } from "./catalog.ts";
import { MetadataConfig } from "./config.ts";
import { metadataHandlers } from "./handlers.ts";
import { openDocumentStore } from "./store/open.ts";
import { SystemEvents } from "./system-events.ts";
import { readUnits } from "./units.ts";
import { DeviceValidator } from "./validator.ts";

/** Core metadata: device services, profiles, devices and provision watchers, and what changes in them told on the bus. */
export const coreMetadata = defineService({
  key: "core-metadata",
  port: 59881,
  operations: metadataOperations,
  keepsTime: true,
  config: MetadataConfig,
  async start(context) {
    await using opened = new AsyncDisposableStack();
    const store = opened.use(await openDocumentStore(context));
    context.log.info(store.report, "metadata opened");
    const handlers = metadataHandlers({
      catalog: await Catalog.load(store),
      events: new SystemEvents(context),
      validator: new DeviceValidator(context),
      units: await readUnits(context.config.current.UoM.UoMFile),
      config: context.config,
      clock: context.clock,
      newId: context.newId,
    });
    const running = opened.move();
    return {
      handlers,
      // Changes told while the broker was away, or by a process that ended before they were sent, have reached nobody.
      refresh() {
        const head = { topic: topics.metadataBack, correlationId: context.newId(), from: "inside" } as const;
        void context.bus.publish({ kind: "json", ...head, payload: null });
      },
      [Symbol.asyncDispose]: () => running.disposeAsync(),
    };
  },
});
