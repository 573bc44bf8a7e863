import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  commonOperations,
  processOperations,
  SERVICES_FILE,
  type ServicesFile,
  type SystemOverview,
  type SystemService,
} from "@jx/contracts";
import { messageOf } from "@jx/kit";
import { httpClient } from "@jx/runtime";
import { lockHolder } from "@jx/stores";
import { type Finding, ok } from "./finding.ts";

/** A healthy service answers at once; doctor asks several, ms. */
const TIMEOUT_MS = 2_000;

export interface Alone {
  readonly finding: Finding;
  readonly pid: number;
  readonly system: () => Promise<SystemOverview>;
}

/** The services that run on the data folder without a gateway, each asked at its own port; undefined when none does. */
export async function runningAlone(dataDir: string): Promise<Alone | undefined> {
  const file = readServicesFile(dataDir);
  if (file === undefined) return undefined;
  const { pid, version, services } = file;
  const keys = services.map(({ key }) => key);
  const holder = lockHolder(join(dataDir, "lock"));
  if (holder !== undefined && holder.pid !== pid) return undefined;
  const found = await Promise.all(services.map(look));
  // Where nobody says who holds the lock, a file that a crash left is known by the silence.
  if (holder === undefined && found.every(({ status }) => status === "DOWN")) return undefined;
  const finding = ok(
    "edge",
    `本目录运行 ${keys.join("、")} ${version}，没有 gateway（pid ${pid}）；整个系统请对 gateway 的数据目录运行 jx doctor`,
    `${keys.join(", ")} ${version} runs here without a gateway (pid ${pid}); jx doctor on the gateway's data folder sees the whole system`,
  );
  return { finding, pid, system: () => overview(found) };
}

/** Bytes: a dozen services are named in it. */
const MAX_FILE = 64_000;

function readServicesFile(dataDir: string): ServicesFile | undefined {
  try {
    const text = readFileSync(join(dataDir, SERVICES_FILE), "utf8");
    const file = JSON.parse(text.slice(0, MAX_FILE)) as ServicesFile;
    return Number.isInteger(file.pid) && Array.isArray(file.services) ? file : undefined;
  } catch {
    return undefined; // none, of another user, or half written by a disk that is full: the lock has its own finding
  }
}

async function look({ key: serviceId, address }: ServicesFile["services"][number]): Promise<SystemService> {
  const known = { serviceId, here: true, address };
  try {
    const { version, jxVersion } = await httpClient(commonOperations, at(address)).version({});
    return { ...known, status: "UP", version, ...(jxVersion === undefined ? {} : { jxVersion }) };
  } catch {
    return { ...known, status: "DOWN" };
  }
}

/** All run in one process, so one that answers tells its counts for all. */
async function overview(services: readonly SystemService[]): Promise<SystemOverview> {
  const first = services.find(({ status }) => status === "UP");
  if (first === undefined) return { services: [...services], queues: [], drops: [] };
  try {
    const { queues, drops, storeAway } = await httpClient(processOperations, at(first.address)).counts({});
    const away = (each: SystemService): boolean => storeAway.includes(each.serviceId);
    return { services: services.map((each) => (away(each) ? { ...each, storeAway: true } : each)), queues, drops };
  } catch (error) {
    const countsProblem = messageOf(error);
    return {
      services: services.map((each) => (each === first ? { ...each, countsProblem } : each)),
      queues: [],
      drops: [],
    };
  }
}

function at(address: string) {
  return { baseUrl: `${address}/api/v3`, timeoutMs: TIMEOUT_MS, newId: randomUUID };
}
