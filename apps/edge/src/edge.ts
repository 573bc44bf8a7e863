import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { keeperOperations, metadataOperations, rulesOperations } from "@jx/contracts";
import { coreCommand } from "@jx/core-command";
import { coreData } from "@jx/core-data";
import { coreKeeper, seedCommonConfig } from "@jx/core-keeper";
import { coreMetadata } from "@jx/core-metadata";
import { Demo } from "@jx/demo";
import { Access, createGateway, newToken } from "@jx/gateway";
import type { Told } from "@jx/kit";
import { rules } from "@jx/rules";
import {
  awaitKeeper,
  type Bus,
  COMMON_CONFIG,
  createLogger,
  Host,
  hostInUrl,
  type LeveledLogger,
  type Logger,
  RotatingFile,
} from "@jx/runtime";
import { lockFolder } from "@jx/stores";
import { startBroker } from "./broker.ts";
import { busWire } from "./bus-wire.ts";
import { commonFacts } from "./common-facts.ts";
import { readConfiguration } from "./config-file.ts";
import { chooseDatabase } from "./database.ts";
import { resumeDemo } from "./demo.ts";
import { flagsOf, localHost } from "./flags.ts";
import { baseTopic } from "./message-bus.ts";
import type { EdgeOptions } from "./options.ts";
import { peerCounts } from "./peer-counts.ts";
import { peerVersions } from "./peer-versions.ts";
import { processCounts } from "./process-counts.ts";
import { openProcessParts } from "./process-parts.ts";
import { writeRunFile, writeServicesFile } from "./run-file.ts";
import { deviceServices, type Selection, selectServices } from "./services.ts";
import { configOrigins, deviceHealth, systemStatus } from "./status.ts";
import { systemOverview } from "./system.ts";
import { VERSION } from "./version.ts";
import { startWarnings, withoutDemo } from "./warnings.ts";

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
  const selection = selectServices(options);
  stack.use(lockFolder(paths.data));

  const logFile = stack.use(new RotatingFile({ path: join(paths.logs, "edge.log"), maxBytes: 10_000_000, keep: 5 }));
  const log = createLogger({ level: "INFO", write: (line) => logFile.write(line) });
  try {
    return await compose(options, { startedAt, stack, paths, selection, log, logFile, signal, tell });
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
  readonly selection: Selection;
  readonly log: LeveledLogger;
  readonly logFile: RotatingFile;
  readonly signal: AbortSignal | undefined;
  readonly tell: (told: Told) => void;
}

async function compose(options: EdgeOptions, beginning: Beginning): Promise<Edge> {
  const { startedAt, stack, paths, selection, log, logFile, signal } = beginning;
  const { wanted, alone, devices } = selection;
  const tell = (told: Told): void => {
    log.info({}, told.message);
    beginning.tell(told);
  };
  const { bus, clock, metrics, vitals } = openProcessParts(log, logFile, stack);
  // Ends after the host: the plant goes when the device service has let go of it.
  const afterHost = stack.use(new AsyncDisposableStack());
  const file = readConfiguration(options, deviceServices);
  const database = await chooseDatabase(options, selection, { file, signal, onWait: tell });
  const host = new Host(
    {
      dataDir: options.dataDir,
      database: database.address,
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
      onWait: beginning.tell,
      ...(signal === undefined ? {} : { signal }),
    },
  );
  stack.use(host);
  const keeper = host.clients.of("core-keeper", keeperOperations);

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

  if (options.keeper !== undefined) await awaitKeeper(options.keeper, { keeper, signal, tell });
  const commonSources = { file: file[COMMON_CONFIG] ?? new Map(), environment: options.environment };
  if (wanted("core-keeper")) {
    await host.start(coreKeeper);
    await seedCommonConfig(keeper, undefined, commonSources);
  }
  if (wanted("core-metadata")) await host.start(coreMetadata);
  if (wanted("core-data")) await host.start(coreData);
  if (wanted("core-command")) await host.start(coreCommand);
  if (wanted("rules")) await host.start(rules);
  for (const service of devices) await host.start(service);
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
    status: () => systemStatus({ startedAt, paths, host, vitals, broker, store: database.store }),
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
  const warnings = [...joined.warnings, ...startWarnings(options, { database, host, file, names: selection.names })];
  // Somebody else's system gets no demo devices, and the demo's belong to a service without instance.
  const wantsDemo = options.only.length === 0 && options.keeper === undefined && options.instance === undefined;
  if (options.demo && wantsDemo) {
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
