import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { metadataOperations, rulesOperations } from "@jx/contracts";
import { coreCommand } from "@jx/core-command";
import { coreData } from "@jx/core-data";
import { coreKeeper } from "@jx/core-keeper";
import { coreMetadata } from "@jx/core-metadata";
import { Demo } from "@jx/demo";
import { deviceModbus } from "@jx/device-modbus";
import { deviceVirtual } from "@jx/device-virtual";
import { Access, createGateway, newToken } from "@jx/gateway";
import { AppError } from "@jx/kit";
import { rules } from "@jx/rules";
import {
  type Bus,
  createBus,
  createLogger,
  createMetrics,
  createSystemClock,
  Host,
  observeProcess,
  RotatingFile,
} from "@jx/runtime";
import { lockFolder } from "@jx/stores";
import { startBroker } from "./broker.ts";
import { readConfigFile } from "./config-file.ts";
import { flagsOf, isWildcard } from "./flags.ts";
import type { EdgeOptions } from "./options.ts";
import { writeRunFile } from "./run-file.ts";
import { configOrigins, deviceHealth, systemStatus } from "./status.ts";
import { VERSION } from "./version.ts";
import { Vitals } from "./vitals.ts";

export interface Edge extends AsyncDisposable {
  readonly url: string;
  /** For the first sign-in when the console listens beyond loopback. */
  readonly oneTimeToken: string | undefined;
  readonly broker: { readonly host: string; readonly port: number } | undefined;
  readonly paths: { readonly data: string; readonly config: string; readonly rules: string; readonly logs: string };
  readonly warnings: readonly string[];
  readonly host: Host;
  readonly bus: Bus;
  eventsStored(): number;
}

/** The composition root of the edge, top to bottom: what is made, in which order, from what. */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const startedAt = Date.now();
  await using stack = new AsyncDisposableStack();
  const paths = {
    data: options.dataDir,
    config: options.configFile,
    rules: join(options.dataDir, "rules"),
    logs: join(options.dataDir, "logs"),
  };
  mkdirSync(paths.data, { recursive: true });
  stack.use(lockFolder(paths.data));

  const logFile = stack.use(new RotatingFile({ path: join(paths.logs, "edge.log"), maxBytes: 10_000_000, keep: 5 }));
  const log = createLogger({ level: "INFO", write: (line) => logFile.write(line) });
  const metrics = createMetrics();
  stack.use(observeProcess(metrics));
  const vitals = stack.use(new Vitals(metrics));
  const clock = createSystemClock({
    onStep: (ms) => log.warn({ ms }, "the wall clock stepped; what is collected goes on in order"),
  });
  const bus = createBus({
    onError: (error, message, subscriber) =>
      log.error({ error, subscriber, topic: message.topic }, "a subscriber failed"),
  });
  metrics.observe("jx_bus_dropped_total", "Messages dropped or replaced, by subscriber", () =>
    bus.stats().map(({ name, dropped }) => ({ labels: { subscriber: name }, value: dropped })),
  );
  metrics.observe("jx_bus_waiting", "Messages waiting, by subscriber", () =>
    bus.stats().map(({ name, waiting }) => ({ labels: { subscriber: name }, value: waiting })),
  );

  const host = new Host(
    {
      dataDir: options.dataDir,
      jxVersion: VERSION,
      environment: options.environment,
      file: readConfigFile(options.configFile),
      flags: flagsOf(options),
      remote: options.remote,
      alone: options.only.length === 1,
      overwriteConfig: options.overwriteConfig,
    },
    { log, bus, clock, metrics },
  );
  stack.use(host);

  const access = new Access({ required: options.listen !== undefined, adminToken: newToken() });
  const demo = new Demo(
    { stateFile: join(options.dataDir, "demo.json"), plantPort: options.plantPort, seed: 1 },
    {
      metadata: host.clients.of("core-metadata", metadataOperations),
      rules: host.clients.of("rules", rulesOperations),
      log,
    },
  );
  const { broker, warnings } = await startBroker(options, { bus, log, metrics }, stack);
  const deviceServices = [deviceVirtual, deviceModbus];
  const eventsStored = (): number => vitals.eventsStored();
  const gateway = createGateway({
    access,
    pages: fileURLToPath(new URL("../../console/dist/", import.meta.url)),
    clients: host.clients,
    log,
    metrics,
    newId: randomUUID,
    demo,
    status: () => systemStatus({ startedAt, paths, host, vitals, broker }),
    health: () => deviceHealth(deviceServices),
    vitals: () => vitals.read(),
    configOrigins: () => configOrigins(host),
  });

  const wanted = (key: string): boolean => options.only.length === 0 || options.only.includes(key);
  const parts = [coreKeeper, coreMetadata, coreData, coreCommand, ...deviceServices, rules, gateway] as const;
  const unknown = options.only.find((key) => !parts.some((part) => part.key === key));
  if (unknown !== undefined) {
    throw new AppError(
      "ContractInvalid",
      `--only ${unknown}: there is no such service; there are ${parts.map(({ key }) => key).join(", ")}`,
    );
  }
  if (wanted("core-keeper")) await host.start(coreKeeper);
  if (wanted("core-metadata")) await host.start(coreMetadata);
  if (wanted("core-data")) await host.start(coreData);
  if (wanted("core-command")) await host.start(coreCommand);
  if (wanted("rules")) await host.start(rules);
  for (const service of deviceServices) if (wanted(service.key)) await host.start(service);
  const door = wanted("gateway") ? await host.start(gateway) : undefined;
  const url = `http://${options.listen ?? "127.0.0.1"}:${door?.port ?? 0}`;
  if (door !== undefined) {
    // `jx` comes by an address that is listened on: with --listen 192.168.1.5 loopback is closed.
    const loopback = options.listen === undefined || isWildcard(options.listen);
    const local = loopback ? `http://127.0.0.1:${door.port}` : url;
    stack.use(
      writeRunFile(options.dataDir, {
        pid: process.pid,
        url: local,
        token: access.adminToken,
        version: VERSION,
        startedAt,
      }),
    );
  }
  if (options.demo && options.only.length === 0) {
    stack.use(demo);
    await demo.resume();
  }
  log.info({ version: VERSION, ms: Date.now() - startedAt }, "the edge is up");

  const running = stack.move();
  return {
    url,
    oneTimeToken: access.oneTimeToken,
    broker,
    paths,
    warnings,
    host,
    bus,
    eventsStored,
    [Symbol.asyncDispose]: async () => {
      await running.disposeAsync();
    },
  };
}
