import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  type Client,
  commonOperations,
  type Handlers,
  type KeeperOperations,
  keeperOperations,
  openApi,
  type Table,
} from "@jx/contracts";
import { AppError, type Clock, isAppError, messageOf } from "@jx/kit";
import type { FastifyInstance } from "fastify";
import type { TObject } from "typebox";
import type { Bus } from "../bus/bus.ts";

import type { Flat } from "../config/flat.ts";
import { loadServiceConfig, type ServiceConfig } from "../config/service-config.ts";
import { addRoutes } from "../http/routes.ts";
import { createServer, listen, type ServerOptions } from "../http/server.ts";
import type { LeveledLogger } from "../log/pino-logger.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { RunningService, ServiceDefinition } from "../service.ts";
import { portHolder } from "../system/port-holder.ts";
import { ClientRegistry } from "./clients.ts";
import { commonHandlers } from "./common-handlers.ts";

export interface HostOptions {
  readonly dataDir: string;
  readonly jxVersion: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The configuration file, already parsed: service key (or "all") → flat values. */
  readonly file: Readonly<Record<string, Flat>>;
  /** Values from flags, per service key (or "all"). */
  readonly flags: Readonly<Record<string, Flat>>;
  /** Services that run elsewhere: key → base address. */
  readonly remote: Readonly<Record<string, string>>;
  /** Only one service runs in this process. */
  readonly alone: boolean;
  readonly overwriteConfig: boolean;
}

export interface HostDeps {
  readonly log: LeveledLogger;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

export interface Hosted {
  readonly key: string;
  readonly port: number;
  readonly baseAddress: string;
  readonly config: ServiceConfig<TObject>;
}

/** Runs services: gives each its configuration, context, listener and registration, and ends them in reverse order. */
export class Host implements AsyncDisposable {
  readonly clients: ClientRegistry;
  readonly #options: HostOptions;
  readonly #deps: HostDeps;
  readonly #abort = new AbortController();
  readonly #started: { hosted: Hosted; running: RunningService<Table>; app: FastifyInstance }[] = [];
  #keeper: Client<KeeperOperations> | undefined;

  constructor(options: HostOptions, deps: HostDeps) {
    this.#options = options;
    this.#deps = deps;
    this.clients = new ClientRegistry({ remote: options.remote, timeoutMs: 15_000 }, { newId: randomUUID });
    if (options.remote["core-keeper"] !== undefined) this.#keeper = this.clients.of("core-keeper", keeperOperations);
  }

  get services(): readonly Hosted[] {
    return this.#started.map(({ hosted }) => hosted);
  }

  async start<T extends Table, C extends TObject>(definition: ServiceDefinition<T, C>): Promise<Hosted> {
    const { key } = definition;
    const log = this.#deps.log.child({ service: key }) as LeveledLogger;
    const config = await this.#configure(definition, log);
    log.setLevel(config.common.Writable.LogLevel);
    config.onChange(() => log.setLevel(config.common.Writable.LogLevel));

    const running: { handlers: Handlers<T> | undefined } = { handlers: undefined };
    const { app, port } = await this.#listen(definition, config, log, () => {
      if (running.handlers !== undefined) return running.handlers;
      throw new AppError("ServiceUnavailable", `${key} is still starting`);
    });
    const baseAddress = `http://${config.common.Service.Host}:${port}`;
    const dataDir = join(this.#options.dataDir, key);
    mkdirSync(dataDir, { recursive: true });
    const service = await definition.start({
      key,
      config,
      log,
      bus: this.#deps.bus,
      clock: this.#deps.clock,
      metrics: this.#deps.metrics,
      clients: this.clients,
      dataDir,
      baseAddress,
      newId: randomUUID,
      signal: this.#abort.signal,
    });
    running.handlers = service.handlers;
    this.clients.add(key, service.handlers);
    const hosted: Hosted = { key, port, baseAddress, config: config as unknown as ServiceConfig<TObject> };
    this.#started.push({ hosted, running: service as unknown as RunningService<Table>, app });
    if (key === "core-keeper") this.#keeper = this.clients.of("core-keeper", keeperOperations);
    await this.#register(hosted, log);
    log.info({ port }, "service started");
    return hosted;
  }

  /** Ends everything, last started first; each part's failure is logged and does not stop the rest. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort(new AppError("Aborted", "the edge is stopping"));
    for (const { hosted, running, app } of this.#started.splice(0).reverse()) {
      try {
        await app.close();
        await running[Symbol.asyncDispose]?.();
        hosted.config[Symbol.dispose]();
      } catch (error) {
        this.#deps.log.error({ service: hosted.key, error }, "a service did not stop cleanly");
      }
      this.clients.remove(hosted.key);
    }
  }

  #configure<T extends Table, C extends TObject>(
    definition: ServiceDefinition<T, C>,
    log: LeveledLogger,
  ): Promise<ServiceConfig<C>> {
    const { file, flags, environment, alone, overwriteConfig } = this.#options;
    const { key } = definition;
    return loadServiceConfig(
      {
        key,
        schema: definition.config,
        port: definition.port,
        alone,
        layers: {
          file: new Map([...(file.all ?? []), ...(file[key] ?? [])]),
          flags: new Map([...(flags.all ?? []), ...(flags[key] ?? [])]),
          environment,
          overwrite: overwriteConfig,
        },
      },
      { keeper: key === "core-keeper" ? undefined : this.#keeper, bus: this.#deps.bus, log },
    );
  }

  async #listen<T extends Table, C extends TObject>(
    definition: ServiceDefinition<T, C>,
    config: ServiceConfig<C>,
    log: LeveledLogger,
    handlers: () => Handlers<T>,
  ): Promise<{ app: FastifyInstance; port: number }> {
    const { Service } = config.common;
    const options: ServerOptions = {
      name: definition.key,
      host: Service.ServerBindAddr === "" ? "127.0.0.1" : Service.ServerBindAddr,
      port: Service.Port,
      allowedHosts: [Service.Host, Service.ServerBindAddr, ...Service.AllowedHosts.split(",")].filter((h) => h !== ""),
      maxBodyBytes: Service.MaxRequestSize === 0 ? 1_073_741_824 : Service.MaxRequestSize * 1024,
    };
    const app = createServer(options);
    await definition.extend?.(app);
    const deps = { log, newId: randomUUID };
    const common = commonHandlers({
      serviceName: definition.key,
      jxVersion: this.#options.jxVersion,
      sdk: definition.sdk === true,
      now: Date.now,
      config: () => config.current,
    });
    addRoutes(app, "/api/v3", commonOperations, common, deps);
    addRoutes(app, "/api/v3", definition.operations, late(definition.operations, handlers), deps);
    app.get("/api/v3/openapi.json", (_request, reply) =>
      reply.type("application/json").send(openApi(definition.key, { ...commonOperations, ...definition.operations })),
    );
    return { app, port: await listen(app, options, portHolder) };
  }

  async #register(hosted: Hosted, log: LeveledLogger): Promise<void> {
    if (this.#keeper === undefined || hosted.key === "core-keeper") return;
    const registration = {
      serviceId: hosted.key,
      host: hosted.config.common.Service.Host,
      port: hosted.port,
      HealthCheck: { interval: hosted.config.common.Service.HealthCheckInterval, path: "/api/v3/ping", type: "http" },
    };
    try {
      await this.#keeper.register({ body: { registration } });
    } catch (error) {
      if (isAppError(error, "DuplicateName") || isAppError(error, "StatusConflict")) {
        await this.#keeper.updateRegistration({ body: { registration } });
      } else log.warn({ reason: messageOf(error) }, "the registry did not take this service");
    }
  }
}

/** Handlers that are looked up at each call: the listener is up before the service is. */
function late<T extends Table>(table: T, handlers: () => Handlers<T>): Handlers<T> {
  const out: Record<string, unknown> = {};
  for (const name of Object.keys(table)) {
    out[name] = (input: never, context: never) => handlers()[name]?.(input, context);
  }
  return out as Handlers<T>;
}
