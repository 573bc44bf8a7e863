import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { keeperOperations, metadataOperations, rulesOperations } from "@jx/contracts";
import { coreCommand } from "@jx/core-command";
import { coreData } from "@jx/core-data";
import { coreKeeper, seedCommonConfig } from "@jx/core-keeper";
import { coreMetadata } from "@jx/core-metadata";
import { Demo } from "@jx/demo";
import { deviceModbus } from "@jx/device-modbus";
import { instanceOf } from "@jx/device-sdk";
import { deviceVirtual } from "@jx/device-virtual";
import { Access, createGateway, newToken } from "@jx/gateway";
import { AppError, abortReason, messageOf, type Told } from "@jx/kit";
import { rules } from "@jx/rules";
import {
  awaitKeeper,
  type Bus,
  COMMON_CONFIG,
  createBus,
  createLogger,
  createMetrics,
  createSystemClock,
  type Flat,
  Host,
  hostInUrl,
  type LeveledLogger,
  type Logger,
  observeProcess,
  RateLimit,
  RotatingFile,
} from "@jx/runtime";
import { databaseAddress, inspectPostgres, lockFolder } from "@jx/stores";
import { startBroker } from "./broker.ts";
import { observeBus } from "./bus-metrics.ts";
import { busWire } from "./bus-wire.ts";
import { commonFacts } from "./common-facts.ts";
import { commonSetting } from "./common-setting.ts";
import { readCommonConfigFile, readConfigFile } from "./config-file.ts";
import { flagsOf, localHost } from "./flags.ts";
import { withInstance } from "./instance-option.ts";
import { baseTopic } from "./message-bus.ts";
import type { EdgeOptions } from "./options.ts";
import { peerCounts } from "./peer-counts.ts";
import { peerVersions } from "./peer-versions.ts";
import { processCounts } from "./process-counts.ts";
import { writeRunFile, writeServicesFile } from "./run-file.ts";
import { configOrigins, deviceHealth, storeOf, systemStatus } from "./status.ts";
import { systemOverview } from "./system.ts";
import { VERSION } from "./version.ts";
import { Vitals } from "./vitals.ts";
import { commonFileUnused, outvoted, unknownSections, unusedFiles, withoutDemo } from "./warnings.ts";

const deviceServices = [deviceVirtual, deviceModbus] as const;
/** The services that keep their tables where --store says. */
const KEEP_TABLES = [coreKeeper, coreMetadata, coreData] as const;
/** Where they are with SQLite. */
const FILES = ["core-keeper/keeper.db", "core-metadata/metadata.db", "core-data/events.db"];
const SERVICES: readonly string[] = [
  ...[coreKeeper, coreMetadata, coreData, coreCommand, rules, ...deviceServices].map(({ key }) => key),
  "gateway",
];

/** How long a database server may take to come up beside us, ms. */
const SERVER_WAIT_MS = 60_000;

export interface Edge extends AsyncDisposable {
  /** Of the console; undefined where the gateway does not run. */
  readonly url: string | undefined;
  /** For the first sign-in when the console listens beyond loopback. */
  readonly oneTimeToken: string | undefined;
  readonly broker: { readonly host: string; readonly port: number } | undefined;
  readonly paths: { readonly data: string; readonly config: string; readonly rules: string; readonly logs: string };
  readonly warnings: readonly string[];
  readonly host: Host;
  readonly bus: Bus;
  readonly log: Logger;
  eventsStored(): number;
}

/**
 * The composition root of the edge, top to bottom: what is made, in which order, from what. The signal ends a start
 * under way; what runs is ended by disposing the edge.
 */
export async function startEdge(
  options: EdgeOptions,
  signal?: AbortSignal,
  tell: (told: Told) => void = () => undefined,
): Promise<Edge> {
  const startedAt = Date.now();
  await using stack = new AsyncDisposableStack();
  const paths = {
    data: options.dataDir,
    config: options.configFile,
    rules: join(options.dataDir, "rules"),
    logs: join(options.dataDir, "logs"),
  };
  checkKeys(options);
  stack.use(lockFolder(paths.data));

  const logFile = stack.use(new RotatingFile({ path: join(paths.logs, "edge.log"), maxBytes: 10_000_000, keep: 5 }));
  const log = createLogger({ level: "INFO", write: (line) => logFile.write(line) });
  try {
    return await compose(options, { startedAt, stack, paths, log, logFile, signal, tell });
  } catch (error) {
    // A person is told in their own language, the log in English.
    if (signal?.aborted !== true) log.error({ error }, "the edge did not start");
    throw error;
  }
}

/** What there is from the first moment of a start on. */
interface Beginning {
  /** Date.now() */
  readonly startedAt: number;
  /** What has been opened; the edge that runs takes it over. */
  readonly stack: AsyncDisposableStack;
  readonly paths: Edge["paths"];
  readonly log: LeveledLogger;
  readonly logFile: RotatingFile;
  readonly signal: AbortSignal | undefined;
  readonly tell: (told: Told) => void;
}

async function compose(options: EdgeOptions, beginning: Beginning): Promise<Edge> {
  const { startedAt, stack, paths, log, logFile, signal, tell } = beginning;
  const metrics = createMetrics();
  stack.use(observeProcess(metrics));
  const vitals = stack.use(new Vitals(metrics));
  const clock = createSystemClock({
    onStep: (ms) => log.warn({ ms }, "the wall clock stepped; what is collected goes on in order"),
  });
  const quiet = new RateLimit();
  const bus = createBus({
    onError(error, { topic }, subscriber) {
      const repeated = quiet.hit(subscriber);
      if (repeated !== undefined) log.error({ error, subscriber, topic, repeated }, "a subscriber failed");
    },
  });
  observeBus(bus, metrics);
  metrics.observe("jx_log_lost_total", "Log lines that the disk refused", () => logFile.lost, "counter");

  // Ends after the host: the plant goes when the device service has let go of it.
  const afterHost = stack.use(new AsyncDisposableStack());
  const file = configuration(options);
  const alone = options.only.length === 1;
  const wanted = (key: string): boolean =>
    options.only.length === 0 ? key !== "core-keeper" || options.keeper === undefined : options.only.includes(key);
  const sources = { environment: options.environment, file, alone };
  const database = KEEP_TABLES.some(({ key }) => wanted(key))
    ? databaseAddress(options.store, options.environment, (key) => commonSetting(key, sources))
    : undefined;
  // First of all: what is wrong with the server is told before anything has been opened.
  const looking = { waitMs: SERVER_WAIT_MS, signal, onWait: (told: Told) => tellWaiting(told, log, tell) };
  const server = database === undefined ? undefined : await inspectPostgres(database, looking);
  // The firings of rules are in a file wherever the tables of the others are.
  const store = storeOf(
    [...KEEP_TABLES, rules].some(({ key }) => wanted(key)),
    server,
  );
  const host = new Host(
    {
      dataDir: options.dataDir,
      database,
      jxVersion: VERSION,
      environment: options.environment,
      file,
      flags: flagsOf(options),
      remote: options.remote,
      alone,
      overwriteConfig: options.overwriteConfig,
    },
    {
      log,
      bus,
      clock,
      metrics,
      counts: () => processCounts({ bus, metrics }),
      onWait: tell,
      ...(signal === undefined ? {} : { signal }),
    },
  );
  stack.use(host);

  const access = new Access({ required: options.listen !== undefined, adminToken: newToken() });
  const demo = afterHost.use(
    new Demo(
      { stateFile: join(options.dataDir, "demo.json"), plantPort: options.plantPort, seed: 1 },
      {
        metadata: host.clients.of("core-metadata", metadataOperations),
        rules: host.clients.of("rules", rulesOperations),
        log,
      },
    ),
  );

  if (options.keeper !== undefined) {
    const keeper = host.clients.of("core-keeper", keeperOperations);
    await awaitKeeper(options.keeper, { keeper, signal, tell: (told) => tellWaiting(told, log, tell) });
  }
  const commonSources = { file: file[COMMON_CONFIG] ?? new Map(), environment: options.environment };
  if (wanted("core-keeper")) {
    await host.start(coreKeeper);
    await seedCommonConfig(host.clients.of("core-keeper", keeperOperations), undefined, commonSources);
  }
  if (wanted("core-metadata")) await host.start(coreMetadata);
  if (wanted("core-data")) await host.start(coreData);
  if (wanted("core-command")) await host.start(coreCommand);
  if (wanted("rules")) await host.start(rules);
  const { instance } = options;
  const devices = deviceServices.map((service) => ({
    kind: service.key,
    service: instance === undefined ? service : instanceOf(service, instance),
  }));
  for (const { kind, service } of devices) if (wanted(kind)) await host.start(service);
  const keeper = host.clients.of("core-keeper", keeperOperations);
  const peerDeps = { nowMs: () => performance.now(), newId: randomUUID };
  const others = { peers: peerVersions(peerDeps), peerCounts: peerCounts(peerDeps) };
  let broker: Edge["broker"];
  const gateway = createGateway({
    access,
    pages: fileURLToPath(new URL("../../console/dist/", import.meta.url)),
    clients: host.clients,
    log,
    newId: randomUUID,
    demo,
    status: () => systemStatus({ startedAt, paths, host, vitals, broker, store }),
    system: () =>
      systemOverview({ host, keeper, keeperAddress: options.remote["core-keeper"], bus, metrics, ...others }),
    health: () => deviceHealth(deviceServices),
    vitals: () => vitals.read(),
    configOrigins: () => configOrigins(host),
  });

  const door = wanted("gateway") ? await host.start(gateway) : undefined;
  // After the services, because their configuration says how messages look there; they need nothing of it to start.
  const base = baseTopic(host);
  const wire = { ...busWire(host, options.environment), ...(base === undefined ? {} : { baseTopic: base }) };
  const joined = await startBroker(options, wire, host, { bus, log, metrics }, stack);
  broker = joined.broker;
  if (wanted("core-keeper")) {
    await seedCommonConfig(keeper, commonFacts(host, broker, wire.escapeNames, options), commonSources);
  }
  const about = { pid: process.pid, version: VERSION, startedAt };
  const addresses = host.services.map(({ key, baseAddress: address }) => ({ key, address }));
  stack.use(writeServicesFile(options.dataDir, { ...about, services: addresses }));
  if (door !== undefined) {
    const { adminToken: token } = access;
    const url = `http://${localHost(options)}:${door.port}`;
    stack.use(writeRunFile(options.dataDir, { ...about, url, token }));
  }
  const warnings = [
    ...joined.warnings,
    ...unusedFiles(
      database === undefined ? [] : FILES.filter((name) => existsSync(join(paths.data, name))),
      options.language,
    ),
    ...outvoted(
      host.services.flatMap(({ key, config }) => config.outvoted.map((name) => `${key}/${name}`)),
      options.language,
    ),
    ...unknownSections(
      Object.keys(file),
      [...new Set([...SERVICES, ...devices.map(({ service }) => service.key), COMMON_CONFIG])],
      options.language,
    ),
  ];
  if (options.keeper !== undefined && options.commonConfigFile !== undefined)
    warnings.push(commonFileUnused(options.commonConfigFile, options.language));
  // Somebody else's system gets no demo devices, and the demo's belong to a service without instance.
  if (options.demo && options.only.length === 0 && options.keeper === undefined && instance === undefined) {
    const problem = await resumeDemo(demo, log, signal);
    if (problem !== undefined) warnings.push(withoutDemo(problem, options.language));
  }
  log.info({ version: VERSION, ms: Date.now() - startedAt }, "the edge is up");

  const running = stack.move();
  return {
    url: door === undefined ? undefined : `http://${hostInUrl(options.listen ?? "127.0.0.1")}:${door.port}`,
    oneTimeToken: access.oneTimeToken,
    broker,
    paths,
    warnings,
    host,
    bus,
    log,
    eventsStored: () => vitals.eventsStored(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function checkKeys({ only, keeper }: EdgeOptions): void {
  const unknown = only.find((key) => !SERVICES.includes(key));
  if (unknown !== undefined) {
    const text = `--only ${unknown}: there is no such service; there are ${SERVICES.join(", ")}`;
    throw new AppError("ContractInvalid", text, { code: "only-unknown", details: { name: unknown, known: SERVICES } });
  }
  if (keeper !== undefined && only.includes("core-keeper")) {
    const text = `--only core-keeper, but keeper is ${keeper.address} (--keeper, EDGEX_CONFIG_PROVIDER); leave out one`;
    throw new AppError("ContractInvalid", text, { code: "only-keeper", details: { address: keeper.address } });
  }
}

/** The configuration file; what all services share may stand in a file of its own, and in the first one over it. */
function configuration(options: EdgeOptions): Readonly<Record<string, Flat>> {
  const devices = deviceServices.map(({ key }) => key);
  const file = withInstance(readConfigFile(options.configFile), devices, options.instance);
  if (options.commonConfigFile === undefined || options.keeper !== undefined) return file;
  const common = readCommonConfigFile(options.commonConfigFile);
  return { ...file, [COMMON_CONFIG]: new Map([...common, ...(file[COMMON_CONFIG] ?? [])]) };
}

function tellWaiting(told: Told, log: Logger, tell: (told: Told) => void): void {
  log.info({}, told.message);
  tell(told);
}

/** Without its demo an edge is an edge: what keeps the plant from running is told, and is no reason to end. */
async function resumeDemo(demo: Demo, log: Logger, signal: AbortSignal | undefined): Promise<string | undefined> {
  const stop = (): void => void demo[Symbol.asyncDispose]();
  signal?.addEventListener("abort", stop, { once: true });
  let problem: string | undefined;
  try {
    await demo.resume();
  } catch (error) {
    log.error({ error }, "the demo station did not start");
    problem = messageOf(error);
  }
  signal?.removeEventListener("abort", stop);
  if (signal?.aborted === true) throw abortReason(signal);
  return problem;
}
