import {
  type DemoStatus,
  type DeviceHealth,
  gatewayOperations,
  rulesOperations,
  type SystemOverview,
  type SystemStatus,
} from "@jx/contracts";
import { type Clients, defineService, type Logger } from "@jx/runtime";
import type { Access } from "./access.ts";
import { GatewayConfig } from "./config.ts";
import { LiveFeed } from "./live.ts";
import { mountServices } from "./mounts.ts";
import { servePages } from "./pages.ts";

export { Access, newToken } from "./access.ts";

/** What the demo station can be asked; the composition root has the plant. */
export interface DemoControl {
  status(): Promise<DemoStatus>;
  on(): Promise<DemoStatus>;
  off(): Promise<DemoStatus>;
  /** The plant checks it: `{ fault: "overheat", pump: 1 }`. */
  fault(fault: Readonly<Record<string, unknown>>): Promise<DemoStatus>;
  clear(): Promise<DemoStatus>;
  reset(): Promise<DemoStatus>;
}

export interface GatewayDeps {
  readonly access: Access;
  /** Folder of the built console. */
  readonly pages: string;
  readonly clients: Clients;
  readonly log: Logger;
  readonly newId: () => string;
  readonly demo: DemoControl;
  readonly status: () => Promise<SystemStatus>;
  readonly system: () => Promise<SystemOverview>;
  readonly health: () => readonly DeviceHealth[];
  readonly vitals: () => { rssBytes: number; loopDelayMs: number; eventsStored: number };
  readonly configOrigins: () => { service: string; key: string; value: string; origin: string }[];
}

/** The page takes five silent seconds for a dead connection (apps/console, live-stream.ts). */
const STATE_INTERVAL_MS = 1_000;

/** The one public door: console, live stream, every service's interface. */
export function createGateway(deps: GatewayDeps) {
  let live: LiveFeed | undefined;
  let maxClients = 0;
  return defineService({
    key: "gateway",
    port: 4000,
    operations: gatewayOperations,
    sameOriginOnly: true,
    config: GatewayConfig,
    async extend(app) {
      deps.access.install(app);
      await servePages(app, deps.pages);
      mountServices(app, { clients: () => deps.clients, log: deps.log, newId: deps.newId });
      app.post("/api/v3/link", (_request, reply) => reply.send({ token: deps.access.renew() }));
      app.get("/api/v3/live", (_request, reply) => {
        if (live === undefined || live.viewers >= maxClients) {
          return reply
            .code(503)
            .send({ message: `no room for another viewer; at most ${maxClients} (gateway Live.MaxClients)` });
        }
        reply.hijack();
        live.add(reply.raw);
        return undefined;
      });
    },
    async start({ config, bus, log, clients, signal }) {
      const { IntervalMs, MaxReadings, MaxClients } = config.current.Live;
      maxClients = MaxClients;
      const rules = clients.of("rules", rulesOperations);
      const { health, vitals, demo } = deps;
      const feed = new LiveFeed(
        { intervalMs: IntervalMs, stateIntervalMs: STATE_INTERVAL_MS, maxReadings: MaxReadings },
        { bus, log, rules, health, vitals, signal },
      );
      live = feed;
      return {
        refresh: () => feed.missed(),
        handlers: {
          status: () => deps.status(),
          system: () => deps.system(),
          health: () => ({ devices: [...health()] }),
          configOrigins: () => ({ values: deps.configOrigins() }),
          demo: () => demo.status(),
          demoOn: () => demo.on(),
          demoOff: () => demo.off(),
          demoFault: ({ body }) => demo.fault(body),
          demoClear: () => demo.clear(),
          demoReset: () => demo.reset(),
        },
        async [Symbol.asyncDispose]() {
          feed[Symbol.dispose]();
        },
      };
    },
  });
}
