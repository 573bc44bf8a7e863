import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { missing, startMosquitto } from "../integration/mqtt/mosquitto.ts";
import { FREE_PORTS } from "../support/edge-process.ts";
import { freePort } from "../support/free-port.ts";
import { IdleProcess } from "./parts/idle-process.ts";
import { temporaryFolder } from "./parts/launch.ts";
import type { ProcessMemory } from "./parts/process-memory.ts";
import { stageRelease } from "./parts/release-folder.ts";
import { type BenchOptions, figure, type Print, shown } from "./parts/report.ts";

export const name = "idle: start and memory of the release without devices, all in one process and each service alone";

/** In the order in which they need each other. */
const APART = ["core-keeper", "core-metadata", "core-data", "core-command", "device-virtual"];

/** EdgeX's Go services on 2 cores, the same dossier as parts/edgex-figures.ts: for orientation, another run. */
const EDGEX =
  "EdgeX's Go services idle (edgex-wire.md, another run): keeper 27, metadata 28, data 26, command 20, device-virtual " +
  "25 MB; Mosquitto 9–20, PostgreSQL 79 MB beside them; 5.8 s from cold start to the first stored event";

export async function run(print: Print, { quick, minutes }: BenchOptions): Promise<void> {
  using folder = temporaryFolder();
  const jx = join(await stageRelease(folder.path), "jx");
  const env = { ...FREE_PORTS, NODE_COMPILE_CACHE: join(folder.path, "compiled") };
  const common = ["start", "--port", "0", "--no-demo"];
  const start = (data: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): IdleProcess =>
    new IdleProcess(jx, [...common, "--data", join(folder.path, data), ...args], { ...env, ...more });
  const wait = quick ? 2_000 : minutes * 60_000;
  {
    await using first = start("one", ["--mqtt-port", "0"]); // fills the compile cache
    await first.up();
  }
  {
    await using one = start("one", ["--mqtt-port", "0"]);
    const up = await one.up();
    await sleep(wait);
    tell(print, "all in one process, its broker included", up, one.memory());
  }
  const without = missing();
  if (without !== false) return print(`apart: not measured, ${without}`);
  await using stack = new AsyncDisposableStack();
  const broker = stack.use(await startMosquitto());
  const ports = new Map<string, number>();
  for (const service of APART) ports.set(service, await freePort());
  const running: { service: string; edge: IdleProcess; up: number }[] = [];
  for (const service of APART) {
    const remote = APART.filter((key) => key !== service).flatMap((key) => [
      "--remote",
      `${key}=http://127.0.0.1:${ports.get(key)}`,
    ]);
    const door = ["--only", service, "--mqtt-broker", `127.0.0.1:${broker.port}`, ...remote];
    const port = { [`${service.replaceAll("-", "_").toUpperCase()}_SERVICE_PORT`]: String(ports.get(service)) };
    const edge = stack.use(start(service, door, port));
    running.push({ service, edge, up: await edge.up() });
  }
  await sleep(wait);
  const memories = running.map(({ service, edge, up }) => tell(print, `${service} alone`, up, edge.memory()));
  const sum = (key: keyof ProcessMemory): number => memories.reduce((all, memory) => all + memory[key], 0);
  print(
    `the five together, without Mosquitto: ${shown(sum("rss"))} MB resident, ${shown(sum("anonymous"))} MB of it anonymous; ` +
      "what files back is in memory once, and counted five times",
    figure("RSS apart, sum of five", sum("rss"), "MB"),
    figure("anonymous apart, sum of five", sum("anonymous"), "MB"),
  );
  print(EDGEX);
}

function tell(print: Print, what: string, up: number, memory: ProcessMemory): ProcessMemory {
  print(
    `${what.padEnd(40)} up in ${shown(up)} ms, ${shown(memory.rss)} MB resident, ${shown(memory.anonymous)} MB anonymous`,
    figure(`${what}: up`, up, "ms"),
    figure(`${what}: RSS`, memory.rss, "MB"),
  );
  return memory;
}
