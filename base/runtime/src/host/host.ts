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
  type ProcessCounts,
  processOperations,
  type Table,
} from "@jx/contracts";
import { AppError, abortReason, type Clock, parseDurationMs, type Told } from "@jx/kit";
import type { PostgresAddress } from "@jx/stores";
import type { TObject } from "typebox";
import type { Bus } from "../bus/bus.ts";
import type { Flat } from "../config/flat.ts";
import { COMMON_CONFIG } from "../config/keeper-layers.ts";
import { maskedTree } from "../config/masked.ts";
import { loadServiceConfig, type ServiceConfig } from "../config/service-config.ts";
import { hostInUrl } from "../http/host-in-url.ts";
import { send } from "../http/replies.ts";
import { addRoutes, type RouteDeps } from "../http/routes.ts";
import { createServer, listen, type ServerOptions } from "../http/server.ts";
import type { LeveledLogger } from "../log/pino-logger.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { TelemetryReporter } from "../metrics/telemetry.ts";
import type { RunningService, ServiceDefinition } from "../service.ts";
import { portHolder } from "../system/port-holder.ts";
import { ClientRegistry } from "./clients.ts";
import { commonHandlers } from "./common-handlers.ts";
import { optimizesEvents, takingOptimizedEvents } from "./optimized-events.ts";
import { deregister, register } from "./registration.ts";
import { RegistryAddresses } from "./registry-addresses.ts";
import { SecretStore } from "./secret-store.ts";

export interface HostOptions {
  readonly dataDir: string;
  /** Where services that can keep their tables on PostgreSQL do so; undefined: in files below dataDir. */
  readonly database?: PostgresAddress | undefined;
  readonly jxVersion: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The configuration file, already parsed: service key (or "all") → flat values. */
  readonly file: Readonly<Record<string, Flat>>;
  /** Values from flags, per service key (or "all"). */
  readonly flags: Readonly<Record<string, Flat>>;
  /** Services that run elsewhere: key → base address. Where core-keeper does, its registry tells about those not named. */
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
  /** Ends what runs, and a start under way; the host ends its services when it is disposed all the same. */
  readonly signal?: AbortSignal;
  /** What the process has waiting and has dropped, told at every service's port. */
  readonly counts?: () => Omit<ProcessCounts, "process" | "services">;
  /** Told when a start has to wait for something, for a person who watches it. */
  readonly onWait?: (told: Told) => void;
}

export interface Hosted {
  readonly key: string;
  readonly port: number;
  readonly baseAddress: string;
  readonly config: ServiceConfig<TObject>;
  readonly secrets: SecretStore;
}

/** Runs services: gives each its configuration, context, listener and registration, and ends them in reverse order. */
export class Host implements AsyncDisposable {
  readonly clients: ClientRegistry;
  readonly #options: HostOptions;
  readonly #deps: HostDeps;
  readonly #process = randomUUID();
  readonly #abort = new AbortController();
  readonly #signal: AbortSignal;
  readonly #started: { hosted: Hosted; refresh: () => void; opened: AsyncDisposableStack }[] = [];
  #keeper: Client<KeeperOperations> | undefined;

  constructor(options: HostOptions, deps: HostDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#signal = deps.signal === undefined ? this.#abort.signal : AbortSignal.any([deps.signal, this.#abort.signal]);
    const registry =
      options.remote["core-keeper"] === undefined ? undefined : new RegistryAddresses(() => this.#keeper);
    this.clients = new ClientRegistry({ remote: options.remote, timeoutMs: 15_000 }, { newId: randomUUID, registry });
    if (options.remote["core-keeper"] !== undefined) this.#keeper = this.clients.of("core-keeper", keeperOperations);
  }

  get services(): readonly Hosted[] {
    return this.#started.map(({ hosted }) => hosted);
  }

  /** Starts a service. What it had opened is closed again when it fails, or when the host is ended meanwhile. */
  async start<T extends Table, C extends TObject>(definition: ServiceDefinition<T, C>): Promise<Hosted> {
    const { key } = definition;
    if (this.#signal.aborted) throw abortReason(this.#signal);
    await using opened = new AsyncDisposableStack();
    const log = this.#deps.log.child({ service: key }) as LeveledLogger;
    const config = opened.use(await this.#configure(definition, log));
    log.setLevel(config.common.Writable.LogLevel);
    config.onChange(() => log.setLevel(config.common.Writable.LogLevel));

    // Ended in reverse: first nobody can call the service, then the service itself.
    let running: RunningService<T> | undefined;
    opened.defer(async () => running?.[Symbol.asyncDispose]?.());
    opened.defer(() => this.clients.remove(key));
    const secrets = new SecretStore(key, config, this.#keeperOf(key));
    const common = this.#common(definition, config, secrets);
    const port = await this.#listen(definition, config, log, opened, common, () => {
      if (running !== undefined) return running.handlers;
      throw new AppError("ServiceUnavailable", `${key} is still starting`);
    });
    const baseAddress = `http://${hostInUrl(config.common.Service.Host)}:${port}`;
    const dataDir = join(this.#options.dataDir, key);
    mkdirSync(dataDir, { recursive: true });
    const telemetry = opened.use(this.#telemetry(key, config, log));
    secrets.count(telemetry);
    running = await definition.start({
      key,
      config,
      log,
      bus: this.#deps.bus,
      clock: this.#deps.clock,
      metrics: this.#deps.metrics,
      telemetry,
      clients: this.clients,
      dataDir,
      database: this.#options.database,
      baseAddress,
      newId: randomUUID,
      signal: this.#signal,
    });
    this.clients.add<Table>(key, { ...common, ...running.handlers } as Handlers<Table>);
    const hosted: Hosted = { key, port, baseAddress, config: config as unknown as ServiceConfig<TObject>, secrets };
    if (key === "core-keeper") this.#keeper = this.clients.of("core-keeper", keeperOperations);
    const registry = this.#keeperOf(key);
    if (registry !== undefined) {
      await register(registry, hosted, log);
      opened.defer(() => deregister(registry, hosted, log));
    }
    if (this.#signal.aborted) throw abortReason(this.#signal);
    const refresh = (): void => {
      config.refresh();
      running?.refresh?.();
    };
    this.#started.push({ hosted, refresh, opened: opened.move() });
    log.info({ port }, "service started");
    return hosted;
  }

  /** The bus was away, and its notices with it: all that follows them looks again. */
  refresh(): void {
    for (const { refresh } of this.#started) refresh();
  }

  /** Ends everything, last started first; each part's failure is logged and does not stop the rest. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort(new AppError("Aborted", "the edge is stopping"));
    for (const { hosted, opened } of this.#started.splice(0).reverse()) {
      try {
        await opened.disposeAsync();
      } catch (error) {
        this.#deps.log.error({ service: hosted.key, error }, "a service did not stop cleanly");
      }
    }
  }

  async #configure<T extends Table, C extends TObject>(
    definition: ServiceDefinition<T, C>,
    log: LeveledLogger,
  ): Promise<ServiceConfig<C>> {
    const { file, flags, environment, alone, overwriteConfig } = this.#options;
    const { key, kind } = definition;
    const config = await loadServiceConfig(
      {
        key,
        kind,
        schema: definition.config,
        port: definition.port,
        alone,
        common: file[COMMON_CONFIG] ?? new Map(),
        layers: {
          file: new Map([...(file.all ?? []), ...(file[key] ?? [])]),
          flags: new Map([...(flags.all ?? []), ...(flags[key] ?? [])]),
          environment,
          overwrite: overwriteConfig,
        },
      },
      { keeper: this.#keeperOf(key), bus: this.#deps.bus, log },
    );
    const known = new Set(config.describe().map((value) => value.key));
    const unknown = [...(file[key]?.keys() ?? [])].filter((name) => !known.has(name));
    if (unknown.length > 0) log.warn({ keys: unknown }, "the configuration file has keys that this service does not");
    return config;
  }

  async #listen<T extends Table, C extends TObject>(
    definition: ServiceDefinition<T, C>,
    config: ServiceConfig<C>,
    log: LeveledLogger,
    opened: AsyncDisposableStack,
    common: Handlers<typeof commonOperations>,
    handlers: () => Handlers<T>,
  ): Promise<number> {
    const { Service } = config.common;
    const options: ServerOptions = {
      name: definition.key,
      host: Service.ServerBindAddr === "" ? "127.0.0.1" : Service.ServerBindAddr,
      port: Service.Port,
      allowedHosts: [Service.Host, Service.ServerBindAddr, ...Service.AllowedHosts.split(",")].filter((h) => h !== ""),
      ...bodyLimit(Service.MaxRequestSize, definition.maxBodyKb?.(config.current) ?? 0),
      ...(definition.sameOriginOnly === true ? {} : { cors: () => config.common.Service.CORSConfiguration }),
    };
    const app = createServer(options);
    opened.defer(() => app.close());
    await definition.extend?.(app);
    const timeoutMs = (): number => parseDurationMs(config.common.Service.RequestTimeout);
    const deps = { log, newId: randomUUID, ...(definition.keepsTime === true ? {} : { timeoutMs }) };
    addRoutes(app, "/api/v3", commonOperations, common, deps);
    const own = this.#ownRoutes(app, deps);
    const { operations } = definition;
    const table = optimizesEvents(config.common, this.#options.environment)
      ? takingOptimizedEvents(operations)
      : operations;
    addRoutes(app, "/api/v3", table, late(operations, handlers), deps);
    app.get("/api/v3/openapi.json", (_request, reply) =>
      send(reply, {
        status: 200,
        body: JSON.stringify(openApi(definition.key, { ...commonOperations, ...own, ...operations })),
      }),
    );
    const onWait = (told: Told): void => {
      log.warn({ port: options.port }, told.message);
      this.#deps.onWait?.(told);
    };
    return listen(app, options, { whoHolds: portHolder, signal: this.#signal, onWait });
  }

  /** What EdgeX has not: the counters of the process, whichever of its services is asked. */
  #ownRoutes(app: ReturnType<typeof createServer>, deps: RouteDeps): Table {
    const { metrics, counts } = this.#deps;
    app.get("/metrics", (_request, reply) => reply.type("text/plain; version=0.0.4").send(metrics.text()));
    if (counts === undefined) return {};
    const services = (): string[] => this.services.map(({ key }) => key);
    addRoutes(
      app,
      "/api/v3",
      processOperations,
      { counts: () => ({ process: this.#process, services: services(), ...counts() }) },
      deps,
    );
    return processOperations;
  }

  #common<T extends Table, C extends TObject>(
    { key, kind }: ServiceDefinition<T, C>,
    config: ServiceConfig<C>,
    secrets: SecretStore,
  ): Handlers<typeof commonOperations> {
    return commonHandlers({
      serviceName: key,
      jxVersion: this.#options.jxVersion,
      sdk: kind !== undefined,
      now: Date.now,
      config: () => maskedTree(config.current),
      storeSecret: (name, data) => secrets.store(name, data),
    });
  }

  /** Keeper as a service sees it; keeper itself has none, as upstream. */
  #keeperOf(key: string): Client<KeeperOperations> | undefined {
    return key === "core-keeper" ? undefined : this.#keeper;
  }

  #telemetry(key: string, config: ServiceConfig<TObject>, log: LeveledLogger): TelemetryReporter {
    const { bus, clock } = this.#deps;
    const deps = { bus, clock, log, newId: randomUUID };
    const reporter = new TelemetryReporter(key, config.common.Writable.Telemetry, deps);
    config.onChange(() => reporter.follow(config.common.Writable.Telemetry));
    return reporter;
  }
}

/** In EdgeX 0 is no limit at all but core data's of 25,000 kB for an event; ours holds for every service. */
const MAX_BODY_KB = 25_000;

/** Of Service.MaxRequestSize and the service's own bound, in kB, the lower; 0 is none. */
function bodyLimit(setting: number, own: number): Pick<ServerOptions, "maxBodyBytes" | "maxBodySetting"> {
  return setting === 0 || (own > 0 && own < setting)
    ? { maxBodyBytes: (own > 0 ? own : MAX_BODY_KB) * 1024 }
    : { maxBodyBytes: setting * 1024, maxBodySetting: "Service.MaxRequestSize" };
}

/** Handlers that are looked up at each call: the listener is up before the service is. */
function late<T extends Table>(table: T, handlers: () => Handlers<T>): Handlers<T> {
  const out: Record<string, unknown> = {};
  for (const name of Object.keys(table)) {
    const call = (input: never, context: never) => handlers()[name]?.(input, context);
    out[name] = Object.assign(call, { admit: () => handlers()[name]?.admit?.() });
  }
  return out as Handlers<T>;
}
