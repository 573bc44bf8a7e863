/** Starts the edge as a person does, in a process group of its own, on free ports, and sees that nothing is left of it. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { SystemStatus } from "@jx/contracts";
import { findProcesses } from "../../scripts/test/processes.ts";
import { askJson } from "./http.ts";
import { until } from "./wait.ts";

const MAIN = fileURLToPath(new URL("../../apps/edge/src/main.ts", import.meta.url));
const SERVICES = [
  "CORE_DATA",
  "CORE_METADATA",
  "CORE_COMMAND",
  "CORE_KEEPER",
  "RULES",
  "DEVICE_VIRTUAL",
  "DEVICE_MODBUS",
];
export const FREE_PORTS: Readonly<Record<string, string>> = Object.fromEntries(
  SERVICES.map((name) => [`${name}_SERVICE_PORT`, "0"]),
);

export interface EdgeSetup {
  /** Data folder; a new one that goes with the test when left out. */
  readonly data?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** As the plain program starts, with the demo station; off by default, because few tests need it. */
  readonly demo?: boolean;
}

export interface EdgeProcess {
  readonly child: ChildProcess;
  readonly data: string;
  /** The gateway: "http://127.0.0.1:40001". */
  readonly url: string;
  /** For programs of this machine's user. */
  readonly token: string;
  /** Where a service listens: `api("core-data")` is "http://127.0.0.1:40002/api/v3". */
  api(service: string): string;
  status(): Promise<SystemStatus>;
  /** All that the process has printed. */
  output(): string;
  /** Ctrl-C; asserts the end, that it was a clean one, and that no process is left. Gives what was printed. */
  stop(): Promise<string>;
  /** kill -9 of the edge alone, as a crash is; the plant must end by itself. */
  crash(): Promise<void>;
}

/** A folder that goes with the test. */
export function temporaryFolder(t: TestContext, name = "jx-e2e-"): string {
  const folder = mkdtempSync(join(tmpdir(), name));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts the edge and waits until it is up; it is ended with the test at the latest. */
export async function startEdgeProcess(t: TestContext, setup: EdgeSetup = {}): Promise<EdgeProcess> {
  const data = setup.data ?? temporaryFolder(t);
  const spawned = spawnEdge(t, data, setup);
  const { child } = spawned;
  const run = await until("the edge writes run.json", () => {
    assert.equal(child.exitCode, null, `the edge ended while starting:\n${spawned.output()}`);
    return readRunFile(data, child.pid);
  });
  const headers = { authorization: `Bearer ${run.token}` };
  const status = async (): Promise<SystemStatus> => askJson(`${run.url}/api/v3/status`, { headers });
  await until("the edge says that it is up", () => /up in \d+ ms|启动用时/.test(spawned.output()));
  const ports = new Map((await status()).services.map(({ key, port }) => [key, port]));
  return {
    child,
    data,
    url: run.url,
    token: run.token,
    api: (service) => `http://127.0.0.1:${ports.get(service) ?? assert.fail(`no service ${service}`)}/api/v3`,
    status,
    output: spawned.output,
    ...endsOf(spawned),
  };
}

/** One service alone in its process (`--only`): up when it says so. */
export async function startServiceProcess(
  t: TestContext,
  service: string,
  setup: EdgeSetup,
): Promise<Pick<EdgeProcess, "output" | "stop" | "crash">> {
  const spawned = spawnEdge(t, setup.data ?? temporaryFolder(t), {
    ...setup,
    args: ["--only", service, ...(setup.args ?? [])],
  });
  await until(`${service} says that it is up`, () => {
    assert.equal(spawned.child.exitCode, null, `${service} ended while starting:\n${spawned.output()}`);
    return /up in \d+ ms/.test(spawned.output());
  });
  return { output: spawned.output, ...endsOf(spawned) };
}

function endsOf(spawned: ReturnType<typeof spawnEdge>): Pick<EdgeProcess, "stop" | "crash"> {
  const { child } = spawned;
  return {
    async stop() {
      child.kill("SIGINT");
      await spawned.ended(15_000);
      assert.equal(child.exitCode, 0, `the edge did not end well:\n${spawned.output()}`);
      await spawned.nothingLeft();
      return spawned.output();
    },
    async crash() {
      child.kill("SIGKILL");
      await spawned.ended(5_000);
      await spawned.nothingLeft();
    },
  };
}

/** A start that must be refused: its exit code and what it printed. */
export async function refusedStart(
  t: TestContext,
  data: string,
  setup: EdgeSetup = {},
): Promise<{ code: number | null; output: string }> {
  const spawned = spawnEdge(t, data, setup);
  await spawned.ended(20_000);
  await spawned.nothingLeft();
  return { code: spawned.child.exitCode, output: spawned.output() };
}

/** A start that is killed (kill -9) after `afterMs`, wherever it is by then. */
export async function killedStart(t: TestContext, data: string, afterMs: number, setup: EdgeSetup = {}): Promise<void> {
  const spawned = spawnEdge(t, data, setup);
  await sleep(afterMs);
  spawned.child.kill("SIGKILL");
  await spawned.ended(5_000);
  await spawned.nothingLeft();
}

function spawnEdge(t: TestContext, data: string, { args = [], env = {}, demo = false }: EdgeSetup) {
  const mark = randomUUID();
  const options = [
    "--data",
    data,
    "--port",
    "0",
    "--mqtt-port",
    "0",
    "--plant-port",
    "0",
    ...(demo ? [] : ["--no-demo"]),
  ];
  const child = spawn(process.execPath, [MAIN, ...options, ...args], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...FREE_PORTS, JX_LANG: "en", ...env, JX_EDGE_MARK: mark },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  const closed = once(child, "close");
  const left = () => findProcesses(`JX_EDGE_MARK=${mark}`);
  t.after(() => {
    for (const { pid } of left()) process.kill(pid, "SIGKILL");
  });
  return {
    child,
    output: () => text,
    async ended(limitMs: number): Promise<void> {
      const late = setTimeout(() => child.kill("SIGABRT"), limitMs);
      await closed;
      clearTimeout(late);
      assert.notEqual(child.signalCode, "SIGABRT", `the edge was still running after ${limitMs} ms:\n${text}`);
    },
    async nothingLeft(): Promise<void> {
      await until("every process of the edge has ended", () => left().length === 0, 3_000).catch(() =>
        assert.fail(`processes are left: ${JSON.stringify(left())}`),
      );
    },
  };
}

/** The run file of this very process; an older one, left by a crash, is not it. */
function readRunFile(data: string, pid: number | undefined): { url: string; token: string } | undefined {
  try {
    const run = JSON.parse(readFileSync(join(data, "run.json"), "utf8")) as { pid: number; url: string; token: string };
    return run.pid === pid ? run : undefined;
  } catch {
    return undefined;
  }
}
