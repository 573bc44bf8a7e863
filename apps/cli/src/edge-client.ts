import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Client,
  type CommandOperations,
  type DataOperations,
  type GatewayOperations,
  type KeeperOperations,
  type LiveMessage,
  type MetadataOperations,
  RUN_FILE,
  type RulesOperations,
  type RunFile,
} from "@jx/contracts";
import { AppError, messageOf } from "@jx/kit";
import { liveMessages, lost } from "./live-stream.ts";
import { INSTALLED_DATA, startCommand } from "./place.ts";
import { problem } from "./problem.ts";

/** The running edge, through its one door. */
export interface Edge {
  readonly run: RunFile;
  readonly metadata: Client<MetadataOperations>;
  readonly data: Client<DataOperations>;
  readonly command: Client<CommandOperations>;
  readonly keeper: Client<KeeperOperations>;
  readonly rules: Client<RulesOperations>;
  readonly gateway: Client<GatewayOperations>;
  /** A new one-time token for the console. */
  link(): Promise<string>;
  live(signal: AbortSignal): AsyncIterable<LiveMessage>;
}

/** Longer than the edge's own limit for a device that does not answer. */
const TIMEOUT_MS = 20_000;

/** @throws AppError no-edge: there is no run file, or it may not be read. */
export function readRunFile(dataDir: string): RunFile {
  const path = join(dataDir, RUN_FILE);
  try {
    return JSON.parse(readFileSync(path, "utf8")) as RunFile;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EACCES") {
      throw problem(
        "no-edge",
        `${path} 属于另一个用户：请用 sudo 运行，或以启动边缘的用户运行。`,
        `${path} belongs to another user: run this with sudo, or as the user who started the edge.`,
        error,
      );
    }
    if (code !== "ENOENT" && code !== "ENOTDIR") {
      throw problem("no-edge", `${path} 无法读取：${messageOf(error)}`, `${path} cannot be read: ${messageOf(error)}`);
    }
    throw noEdge(dataDir, error);
  }
}

export function noEdge(dataDir: string, cause?: unknown): Error {
  const elsewhere =
    dataDir !== INSTALLED_DATA && existsSync(INSTALLED_DATA) && existsSync(join(INSTALLED_DATA, RUN_FILE));
  const zh = elsewhere ? `\n系统服务的数据在 ${INSTALLED_DATA}：请试 sudo jx --data ${INSTALLED_DATA} status` : "";
  const en = elsewhere ? `\nThe system service has ${INSTALLED_DATA}: try sudo jx --data ${INSTALLED_DATA} status` : "";
  return problem(
    "no-edge",
    `没有正在运行的边缘（数据目录 ${dataDir}）。\n启动：${startCommand()}；数据在别处时加 --data DIR 或设置 JX_DATA；找原因：jx doctor。${zh}`,
    `No edge is running on the data folder ${dataDir}.\nStart one with ${startCommand()}; name another folder with --data DIR or JX_DATA; jx doctor finds out why it does not start.${en}`,
    cause,
  );
}

/** @throws AppError no-edge when a process uses the folder and is no door for us: services that run apart have no gateway. */
async function checkHolder(dataDir: string): Promise<void> {
  const { describeHolder, lockHolder } = await import("@jx/stores");
  const holder = lockHolder(join(dataDir, "lock"));
  if (holder === undefined) return;
  throw problem(
    "no-edge",
    `${describeHolder(holder, "zh")} 使用数据目录 ${dataDir}，但其中没有 gateway（或仍在启动）。\n请用 --data 指定运行 gateway 的进程的数据目录；本进程用 jx logs 和 jx doctor 查看。`,
    `${describeHolder(holder)} uses the data folder ${dataDir} and has no gateway, or is still starting.\nName the data folder of the process that runs the gateway with --data; jx logs and jx doctor look at this one.`,
  );
}

/** @throws AppError no-edge. Whether something answers is seen at the first call. */
export async function connectEdge(dataDir: string): Promise<Edge> {
  if (!existsSync(join(dataDir, RUN_FILE))) await checkHolder(dataDir);
  const run = readRunFile(dataDir);
  const [{ httpClient }, tables] = await Promise.all([import("@jx/runtime"), import("@jx/contracts")]);
  const headers = { authorization: `Bearer ${run.token}` };
  const at = (mount: string) => {
    return { baseUrl: `${run.url}${mount}/api/v3`, timeoutMs: TIMEOUT_MS, newId: randomUUID, headers };
  };
  return {
    run,
    metadata: httpClient(tables.metadataOperations, at("/core-metadata")),
    data: httpClient(tables.dataOperations, at("/core-data")),
    command: httpClient(tables.commandOperations, at("/core-command")),
    keeper: httpClient(tables.keeperOperations, at("/core-keeper")),
    rules: httpClient(tables.rulesOperations, at("/rules")),
    gateway: httpClient(tables.gatewayOperations, at("")),
    link: () => newLink(`${run.url}/api/v3/link`, headers),
    live: (signal) => liveMessages(`${run.url}/api/v3/live`, headers, signal),
  };
}

async function newLink(url: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(url, { method: "POST", headers, signal }).catch((cause) => {
    throw lost(url, cause);
  });
  if (!response.ok) throw new AppError("ServerError", `the edge gave no link: status ${response.status}`);
  return ((await response.json()) as { token: string }).token;
}
