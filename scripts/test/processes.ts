// Finds processes by a mark in their environment: unlike a process group it survives setsid and double forks.
import { readdirSync, readFileSync } from "node:fs";

/** Running processes whose initial environment holds `entry` (`NAME=value`); Linux only, elsewhere none is found. */
export function findProcesses(entry: string): { pid: number; command: string }[] {
  if (process.platform !== "linux") return [];
  const found: { pid: number; command: string }[] = [];
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      if (!readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(entry)) continue;
      found.push({ pid, command: readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim() });
    } catch {
      // It ended meanwhile, or belongs to somebody else.
    }
  }
  return found;
}
